"""Where a base model's weights lie; nothing is ever downloaded while a job waits."""

import hashlib
import re
from pathlib import Path

from chalicelib.contracts.failures import FailureCode
from gpu_handlers.base_models.descriptions import Description
from gpu_handlers.common.failures import JobError
from gpu_handlers.common.settings import settings


def find_folder(description: Description) -> Path:
    """The folder of a diffusers pipeline. Raises JobError when this worker lacks it."""
    if description.folder:
        return description.folder
    baked = settings().model_dir / description.name
    if (baked / "model_index.json").exists():
        return baked
    # RunPod's cached models lie as the hub's own cache does.
    owner, _, model = description.source.partition("/")
    cached = settings().model_cache / f"models--{owner}--{model}"
    main = cached / "refs" / "main"
    # Two workers that chose differently would refuse each other's LoRAs.
    named = main.read_text().strip() if main.exists() else "*"
    for index in sorted(cached.glob(f"snapshots/{named}/model_index.json")):
        return index.parent
    raise JobError(FailureCode.MODEL_NOT_FOUND, f"no weights of {description.name} on this worker")


def revision_of(folder: Path) -> str:
    """Which weights exactly: the hub's commit where the folder tells it, else their own hash."""
    told = folder / "revision"
    if told.exists():
        return told.read_text().strip()[:40]
    if re.fullmatch(r"[0-9a-f]{40}", folder.name):
        return folder.name
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.safetensors")):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]
