"""What RunPod sets in a worker's container, and whether the worker has come up in it."""

import requests

from local.programs import Probe


def worker_listens(url: str, *, endpoint: str, key: str) -> Probe:
    """Ready when RunPod counts a worker for the endpoint; `url` ends with the API's version."""

    def probe() -> bool:
        try:
            answer = requests.get(
                f"{url}/{endpoint}/health", headers={"Authorization": f"Bearer {key}"}, timeout=3
            )
        except requests.RequestException:
            return False
        return answer.ok and any(answer.json()["workers"].values())

    return probe


def worker_environment(*, origin: str, endpoint: str, worker: str, key: str) -> dict[str, str]:
    """The variables with which the SDK's loop takes jobs of one endpoint from `origin`."""
    base = f"{origin}/v2/{endpoint}"
    return {
        "RUNPOD_POD_ID": worker,
        "RUNPOD_ENDPOINT_ID": endpoint,
        "RUNPOD_AI_API_KEY": key,
        # The SDK appends `&…`, so each must have a query already.
        "RUNPOD_WEBHOOK_GET_JOB": f"{base}/job-take/$ID?gpu=cpu",
        "RUNPOD_WEBHOOK_POST_OUTPUT": f"{base}/job-done/$RUNPOD_POD_ID/$ID?gpu=cpu",
        "RUNPOD_WEBHOOK_PING": f"{base}/ping/$RUNPOD_POD_ID",
        "RUNPOD_PING_INTERVAL": "3000",
        "RUNPOD_SKIP_GPU_CHECK": "true",
        "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",
        "RUNPOD_DEBUG_LEVEL": "ERROR",
    }
