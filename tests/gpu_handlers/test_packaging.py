"""The images hold what the workers need and nothing else of ours (docs/GPU.md)."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.contracts.jobs import GenerationJob
from chalicelib.dispatch.inputs import GENERATION_SECONDS, training_deadline_seconds
from gpu_handlers.common import fitness
from gpu_handlers.common.settings import settings
from tests.gpu_handlers.conftest import Platform
from tests.gpu_handlers.test_jobs import lora

__all__ = ["lora"]
ROOT = Path(__file__).parents[2]
WORKERS = ("inference", "training")


def instructions(worker: str) -> list[tuple[str, str]]:
    """A Dockerfile's instructions with their arguments."""
    text = (ROOT / f"gpu_handlers/{worker}/Dockerfile").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    return [tuple(line.split(" ", 1)) for line in joined.splitlines() if line]  # type: ignore[misc]


def build(worker: str, folder: Path) -> Path:
    """What the COPY instructions put into the image."""
    for name, told in instructions(worker):
        if name == "COPY":
            source, target = told.split()
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, folder / target, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / source, folder / target)
    return folder


@pytest.mark.parametrize("worker", WORKERS)
def test_an_image_is_pinned_and_runs_as_nobody_in_particular(worker: str) -> None:
    told = dict(instructions(worker))
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", told["FROM"])
    assert told["USER"] not in ("root", "0")
    names = [name for name, _ in instructions(worker)]
    assert names.index("USER") == len(names) - 2
    assert json.loads(told["CMD"]) == ["python", "-m", f"gpu_handlers.{worker}.handler"]
    pins = (ROOT / "gpu_handlers/requirements.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\d.]+", pin) for pin in pins if not pin.startswith("#"))
    assert not re.search(r"TOKEN|KEY|SECRET", str(instructions(worker)))


@pytest.mark.parametrize("worker", WORKERS)
def test_an_image_imports_nothing_that_it_lacks(worker: str, tmp_path: Path) -> None:
    folder = build(worker, tmp_path)
    assert not (folder / "chalicelib/kit").exists()
    subprocess.run(
        [sys.executable, "-c", f"import gpu_handlers.{worker}.handler"],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        check=True,
        capture_output=True,
    )


def test_runpods_own_local_mode_makes_an_image(
    platform: Platform, lora: bytes, tmp_path: Path
) -> None:
    folder = build("inference", tmp_path)
    job = json.loads((folder / "gpu_handlers/inference/test_input.json").read_text("utf-8"))
    GenerationJob.model_validate(job["input"])
    job["input"]["lora_sha256"] = hashlib.sha256(lora).hexdigest()
    (folder / "test_input.json").write_text(json.dumps(job))
    ran = subprocess.run(
        [sys.executable, "-m", "gpu_handlers.inference.handler"],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert platform.written["image"].startswith(b"\x89PNG")
    [done] = platform.said("/api/webhooks/inference/complete")
    assert done["result"]["base_model"] == "tiny"


def test_all_that_is_installed_is_locked_by_hash() -> None:
    lock = (ROOT / "gpu_handlers/requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    entries = [entry.split() for entry in re.split(r"\n(?=\w)", lock.replace("\\\n", ""))]
    versions = dict(entry[0].split("==") for entry in entries)
    assert all(re.fullmatch("--hash=sha256:[0-9a-f]{64}", one) for e in entries for one in e[1:])
    assert all(len(entry) > 1 for entry in entries)
    wanted = (ROOT / "gpu_handlers/requirements.txt").read_text(encoding="utf-8").splitlines()
    for name, version in (pin.split("==") for pin in wanted if not pin.startswith("#")):
        assert versions[name.lower()] == version, "run `make lock`"
    # torch's CUDA wants a host whose driver knows it.
    cuda = ".".join(versions["cuda-toolkit"].split(".")[:2])
    hub, tests, endpoints = (
        json.loads((ROOT / name).read_text("utf-8"))
        for name in (".runpod/hub.json", ".runpod/tests.json", "gpu_handlers/endpoints.json")
    )
    hosts = [hub["config"], tests["config"], *endpoints.values()]
    assert all(min(one["allowedCudaVersions"]) >= cuda for one in hosts)


def test_endpoints_give_each_job_its_time() -> None:
    endpoints = json.loads((ROOT / "gpu_handlers/endpoints.json").read_text("utf-8"))
    assert set(endpoints) == set(WORKERS)
    # The longest job that is sent; each also says its own limit in its policy.
    longest = {"inference": GENERATION_SECONDS, "training": training_deadline_seconds(100) + 600}
    for worker, settings_of in endpoints.items():
        assert settings_of["executionTimeoutMs"] >= longest[worker] * 1000
        assert settings_of["workersMin"] == 0


def test_the_hub_files_are_what_runpod_documents() -> None:
    hub = json.loads((ROOT / ".runpod/hub.json").read_text("utf-8"))
    assert {"title", "description", "type", "category", "config"} <= set(hub)
    assert (hub["type"], hub["config"]["runsOn"]) == ("serverless", "GPU")
    assert all({"key", "input"} == set(one) for one in hub["config"]["env"])
    tests = json.loads((ROOT / ".runpod/tests.json").read_text("utf-8"))
    assert all({"name", "input", "timeout"} == set(one) for one in tests["tests"])
    assert {"gpuTypeId", "gpuCount", "env"} <= set(tests["config"])


def test_a_worker_without_gpu_or_weights_takes_no_jobs(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def told(**environment: Any) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()

    told(BASE_MODEL="tiny")
    fitness.require_gpu()
    fitness.require_disk()
    fitness.require_weights()
    told(REQUIRE_GPU="1", BASE_MODEL="sdxl", MODEL_DIR=str(tmp_path))
    with pytest.raises(RuntimeError, match="no GPU"):
        fitness.require_gpu()
    with pytest.raises(Exception, match="no weights of sdxl"):
        fitness.require_weights()
