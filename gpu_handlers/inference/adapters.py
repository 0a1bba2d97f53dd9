"""Adapters on a worker: on disk by content hash, the latest ones resident beside the model."""

import hashlib
import json
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors

from chalicelib.contracts.failures import FailureCode
from gpu_handlers.base_models.family import Family
from gpu_handlers.common import storage
from gpu_handlers.common.failures import JobError
from gpu_handlers.common.likeness import ARTWORKS, HASHES, PICTURES, References
from gpu_handlers.common.settings import settings

RESIDENT_MAX = 8
DISK_MAX = 64
SIZE_BYTES_MAX = 1_000_000_000
RANK_MAX = 128


# One LoRA comes in once, whoever waits for it; different ones nearly always side by side.
_COMING = [threading.Lock() for _ in range(64)]
_DISK = threading.Lock()


def fetch(url: str, sha256: str) -> bytes:
    """The file, from disk or by its URL. Raises JobError: missing, altered, storage away."""
    path = settings().adapter_cache / f"{sha256}.safetensors"
    with _COMING[int(sha256, 16) % len(_COMING)]:
        if kept := _read_intact(path, sha256):
            return kept
        content = storage.download(url, size_bytes_max=SIZE_BYTES_MAX, sha256=sha256)
        with _DISK:
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".new")
            fresh.write_bytes(content)
            fresh.rename(path)
            files = sorted(path.parent.glob("*.safetensors"), key=lambda one: one.stat().st_mtime)
            for old in files[:-DISK_MAX]:
                old.unlink(missing_ok=True)
    return content


@dataclass(frozen=True)
class Lora:
    """What a LoRA's file holds; styles of long ago have no references."""

    weights: dict[str, torch.Tensor]
    configuration: dict[str, object]
    references: References | None


class Adapters:
    """The LoRAs of one loaded base model; not for two threads at once."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._resident: OrderedDict[str, References | None] = OrderedDict()

    def use(self, sha256: str, content: bytes) -> References | None:
        """Make images with this adapter from now on; answers its artworks' likeness.

        Raises JobError for a file that doesn't fit.
        """
        name = f"lora_{sha256[:16]}"
        if name not in self._resident:
            self._resident[name] = self._attach(name, read_lora(content))
        self._resident.move_to_end(name)
        self._family.use(name)
        while len(self._resident) > RESIDENT_MAX:
            oldest, _ = self._resident.popitem(last=False)
            self._family.detach(oldest)
        return self._resident[name]

    def _attach(self, name: str, lora: Lora) -> References | None:
        if lora.configuration.get("base_revision") != self._family.revision:
            raise JobError(FailureCode.MODEL_INCOMPATIBLE, "trained on another base model")
        try:
            self._family.attach(name, lora.weights, lora.configuration)
        except (ValueError, KeyError, TypeError) as error:
            raise JobError(FailureCode.MODEL_INCOMPATIBLE, str(error)) from error
        return lora.references


def _read_intact(path: Path, sha256: str) -> bytes | None:
    """A file of the disk cache; None for one that is not there or has been damaged since."""
    try:
        content = path.read_bytes()
        os.utime(path)
    except FileNotFoundError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def read_lora(content: bytes) -> Lora:
    """A LoRA file, taken apart; never unpickles. Raises JobError."""
    try:
        weights = load_safetensors(content)
        length = int.from_bytes(content[:8], "little")
        header = json.loads(content[8 : 8 + length]).get("__metadata__", {})
        configuration = json.loads(header["style_license"])
        rank = int(configuration["rank"])
        references = None
        if ARTWORKS in configuration:
            told = {name: weights.pop(name) for name in (PICTURES, HASHES)}
            references = References.of_file(configuration[ARTWORKS], told)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise JobError(FailureCode.MODEL_CORRUPT, "not a LoRA of ours") from error
    if not 1 <= rank <= RANK_MAX or not all(
        bool(torch.isfinite(tensor).all()) for tensor in weights.values()
    ):
        raise JobError(FailureCode.MODEL_CORRUPT, "weights out of range")
    return Lora(weights, configuration, references)
