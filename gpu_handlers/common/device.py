"""Where and in which precision the model runs."""

from functools import cache
from pathlib import Path

import torch


@cache
def device() -> torch.device:
    """The GPU if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@cache
def autocast_dtype() -> torch.dtype | None:
    """bfloat16 where the hardware multiplies it natively, None where it would only cost."""
    if device().type == "cuda":
        return torch.bfloat16
    cpu = Path("/proc/cpuinfo")
    flags = cpu.read_text() if cpu.exists() else ""
    return torch.bfloat16 if "amx_bf16" in flags or "avx512_bf16" in flags else None


def mixed_precision(weights: torch.dtype = torch.float32) -> torch.autocast:
    """The context in which forward passes run; none for weights that are halved themselves."""
    dtype = autocast_dtype() if weights is torch.float32 else None
    return torch.autocast(device().type, dtype=dtype or torch.bfloat16, enabled=dtype is not None)


def weights_dtype() -> torch.dtype:
    """What weights are kept in: half as large on a GPU, single precision on a CPU."""
    return torch.bfloat16 if device().type == "cuda" else torch.float32
