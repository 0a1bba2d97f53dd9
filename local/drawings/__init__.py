"""Pictures drawn from nothing: what the tiny base learned from, and artists for the benchmarks."""
