"""Adapters on a worker: on disk by content hash, the latest ones resident beside the model."""

import hashlib
import json
import threading
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors

from chalicelib.contracts.failures import FailureCode
from gpu_handlers.base_models.family import Family
from gpu_handlers.common import storage
from gpu_handlers.common.failures import JobError
from gpu_handlers.common.settings import settings

RESIDENT_MAX = 8
DISK_MAX = 64
SIZE_BYTES_MAX = 1_000_000_000
RANK_MAX = 128


class Adapters:
    """The LoRAs of one loaded base model. `fetch` may run beside a generation, `use` may not."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._resident: OrderedDict[str, None] = OrderedDict()
        self._disk = threading.Lock()

    def fetch(self, url: str, sha256: str) -> bytes:
        """The file, from disk or by its URL. Raises JobError: missing, altered, storage away."""
        path = settings().adapter_cache / f"{sha256}.safetensors"
        with self._disk:
            if kept := _read_intact(path, sha256):
                return kept
            content = storage.download(url, size_bytes_max=SIZE_BYTES_MAX, sha256=sha256)
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".new")
            fresh.write_bytes(content)
            fresh.rename(path)
            files = sorted(path.parent.glob("*.safetensors"), key=lambda one: one.stat().st_mtime)
            for old in files[:-DISK_MAX]:
                old.unlink(missing_ok=True)
        return content

    def use(self, sha256: str, content: bytes) -> None:
        """Make images with this adapter; raises JobError for a file that doesn't fit."""
        name = f"lora_{sha256[:16]}"
        if name not in self._resident:
            weights, configuration = read_lora(content)
            if configuration.get("base_revision") != self._family.revision:
                raise JobError(FailureCode.MODEL_INCOMPATIBLE, "trained on another base model")
            try:
                self._family.attach(name, weights, configuration)
            except (ValueError, KeyError, TypeError) as error:
                raise JobError(FailureCode.MODEL_INCOMPATIBLE, str(error)) from error
        self._resident[name] = None
        self._resident.move_to_end(name)
        self._family.use(name)
        while len(self._resident) > RESIDENT_MAX:
            oldest, _ = self._resident.popitem(last=False)
            self._family.detach(oldest)


def _read_intact(path: Path, sha256: str) -> bytes | None:
    """A file of the disk cache; None for one that is not there or has been damaged since."""
    if not path.exists():
        return None
    path.touch()
    content = path.read_bytes()
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def read_lora(content: bytes) -> tuple[dict[str, torch.Tensor], dict[str, object]]:
    """Weights and configuration of a LoRA file; never unpickles. Raises JobError."""
    try:
        weights = load_safetensors(content)
        length = int.from_bytes(content[:8], "little")
        header = json.loads(content[8 : 8 + length]).get("__metadata__", {})
        configuration = json.loads(header["style_license"])
        rank = int(configuration["rank"])
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise JobError(FailureCode.MODEL_CORRUPT, "not a LoRA of ours") from error
    if not 1 <= rank <= RANK_MAX or not all(
        bool(torch.isfinite(tensor).all()) for tensor in weights.values()
    ):
        raise JobError(FailureCode.MODEL_CORRUPT, "weights out of range")
    return weights, configuration
