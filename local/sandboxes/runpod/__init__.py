"""A stand-in for RunPod: its client API, and the protocol its SDK's worker loop speaks."""
