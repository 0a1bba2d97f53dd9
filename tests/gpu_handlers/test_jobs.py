"""Both handlers, run as RunPod runs them, on the true tiny base model."""

import asyncio
import hashlib
import io
import json
import threading
import time
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import save

from gpu_handlers.base_models import load, load_fresh
from gpu_handlers.common import running
from gpu_handlers.common.settings import settings
from gpu_handlers.inference import handler as inference
from gpu_handlers.inference.adapters import Adapters, fetch, read_lora
from gpu_handlers.training import handler as training
from tests.gpu_handlers.conftest import Platform, generation_input


def run(handler: Any, job_input: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = asyncio.run(handler({"id": "run-1", "input": job_input}))
    return answer


def failure(answer: dict[str, Any]) -> str:
    assert "Traceback" not in answer["error"]
    code: str = json.loads(answer["error"])["code"]
    return code


_TRAINED: list[bytes] = []


@pytest.fixture
def lora(platform: Platform, training_input: dict[str, Any]) -> bytes:
    """A LoRA trained once for all tests here."""
    if not _TRAINED:
        run(training.handler, training_input)
        _TRAINED.append(platform.written["lora"])
        platform.calls.clear()
        platform.written.clear()
    platform.objects["lora"] = _TRAINED[0]
    return _TRAINED[0]


def test_training_answers_what_it_posted_and_uploads_lora_and_samples(
    platform: Platform, training_input: dict[str, Any]
) -> None:
    answer = run(training.handler, training_input)
    assert platform.said("/api/webhooks/training/complete") == [answer]
    result = answer["result"]
    assert result["lora_sha256"] == hashlib.sha256(platform.written["lora"]).hexdigest()
    assert (result["steps"], result["samples"], result["base_model"]) == (6, 2, "tiny")
    sample = Image.open(io.BytesIO(platform.written["sample-0"]))
    assert sample.size == (512, 512)
    assert "김하늘" in sample.info["xmp"].decode()
    shown = [body["progress"] for body in platform.said("/api/styles/")]
    assert shown[0]["progress_percent"] == 0
    percents = [one["progress_percent"] for one in shown]
    assert percents == sorted(percents)
    assert max(percents) <= 99


def test_the_same_seed_trains_the_same_weights(
    platform: Platform, training_input: dict[str, Any]
) -> None:
    first = run(training.handler, training_input)["result"]["final_loss"]
    assert run(training.handler, training_input)["result"]["final_loss"] == pytest.approx(
        first, rel=1e-3
    )


def test_a_generation_of_each_ratio_is_signed_and_described(
    platform: Platform, lora: bytes
) -> None:
    for ratio, size, shown in (
        ("1:1", (512, 512), (512, 512)),
        ("2:2", (1024, 1024), (640, 640)),
        ("1:2", (512, 1024), (512, 1024)),
    ):
        answer = run(inference.handler, generation_input(lora, aspect_ratio=ratio))
        assert platform.said("/api/webhooks/inference/complete")[-1] == answer
        image = Image.open(io.BytesIO(platform.written["image"]))
        assert image.size == size == (answer["result"]["width"], answer["result"]["height"])
        written = hashlib.sha256(platform.written["image"]).hexdigest()
        assert answer["result"]["image_sha256"] == written
        assert answer["result"]["signature_rule"] == "sl-sig/1"
        thumbnail = Image.open(io.BytesIO(platform.written["thumbnail"]))
        assert max(thumbnail.size) == 256
        preview = Image.open(io.BytesIO(platform.written["preview"]))
        assert (preview.format, preview.size) == ("WEBP", shown)
        for small in (thumbnail, preview):
            assert "licenses/abc" in small.info["xmp"].decode()


def test_the_seed_decides_the_pixels_and_the_lora_changes_them(
    platform: Platform, lora: bytes
) -> None:
    hashes = [
        run(inference.handler, generation_input(lora, seed=seed))["result"]["pixel_sha256"]
        for seed in (3, 3, 4)
    ]
    assert hashes[0] == hashes[1] != hashes[2]
    family = load_fresh("tiny")

    def draw() -> bytes:
        [image] = family.generate(
            ["red house"], size=(512, 512), seeds=[3], step_done=lambda *_: None
        )
        return image.tobytes()

    plain = draw()
    Adapters(family).use(hashlib.sha256(lora).hexdigest(), lora)
    assert draw() != plain


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"not safetensors", "MODEL_CORRUPT"),
        (b"\x80\x04\x95pickle", "MODEL_CORRUPT"),
        (save({"x": torch.zeros(2)}, {"style_license": "{}"}), "MODEL_CORRUPT"),
        (
            save({"x": torch.full((2,), float("nan"))}, {"style_license": '{"rank": 4}'}),
            "MODEL_CORRUPT",
        ),
        (
            save({"x": torch.zeros(2)}, {"style_license": '{"rank": 4, "base_revision": "other"}'}),
            "MODEL_INCOMPATIBLE",
        ),
    ],
)
def test_a_file_that_is_no_lora_of_ours_is_refused(
    platform: Platform, content: bytes, code: str
) -> None:
    platform.objects["lora"] = content
    answer = run(inference.handler, generation_input(content))
    assert failure(answer) == code
    assert platform.said("/api/webhooks/inference/failed")[0]["error"]["code"] == code


def test_an_altered_lora_is_refused_and_a_missing_one_named(
    platform: Platform, lora: bytes
) -> None:
    platform.objects["lora"] = lora + b"x"
    assert failure(run(inference.handler, generation_input(lora))) == "MODEL_CORRUPT"
    platform.objects["lora"] = lora
    wanted = generation_input(lora, lora_sha256="1" * 64)
    assert failure(run(inference.handler, wanted)) == "MODEL_CORRUPT"


def test_a_lora_that_lost_weights_is_refused(platform: Platform, lora: bytes) -> None:
    read = read_lora(lora)
    read.weights.pop(sorted(read.weights)[0])
    assert read.references is not None
    kept = {**read.weights, **read.references.tensors()}
    partial = save(kept, {"style_license": json.dumps(read.configuration)})
    platform.objects["lora"] = partial
    assert failure(run(inference.handler, generation_input(partial))) == "MODEL_INCOMPATIBLE"
    platform.objects["lora"] = lora
    assert "result" in run(inference.handler, generation_input(lora))


def test_a_cached_lora_is_not_asked_for_again_unless_damaged(
    platform: Platform, lora: bytes
) -> None:
    sha256 = hashlib.sha256(lora).hexdigest()
    url = platform.urls()["read"]["lora"]
    fetch(url, sha256)
    assert fetch("http://127.0.0.1:9/gone", sha256) == lora
    (settings().adapter_cache / f"{sha256}.safetensors").write_bytes(lora[:1000])
    assert fetch(url, sha256) == lora


def test_a_lora_that_comes_slowly_holds_up_no_other(platform: Platform) -> None:
    files = {name: name.encode() * 100 for name in ("slow", "quick")}
    platform.objects |= files
    platform.gates["slow"] = threading.Event()
    fetched: list[bytes] = []

    def ask(name: str) -> None:
        sha256 = hashlib.sha256(files[name]).hexdigest()
        fetched.append(fetch(f"{platform.url}/s3/{name}", sha256))

    waiting = [threading.Thread(target=ask, args=["slow"]) for _ in range(2)]
    for thread in waiting:
        thread.start()
    ask("quick")
    assert fetched == [files["quick"]]
    platform.gates["slow"].set()
    for thread in waiting:
        thread.join(30)
    assert fetched == [files["quick"], files["slow"], files["slow"]]


def test_an_unreadable_artwork_is_named(platform: Platform, training_input: dict[str, Any]) -> None:
    third = training_input["artworks"][2]["artwork_id"]
    platform.objects[third] = platform.objects[third][:2000]
    answer = run(training.handler, training_input)
    assert failure(answer) == "IMAGE_UNREADABLE"
    assert "artwork 3" in json.loads(answer["error"])["message"]


def test_bad_input_is_refused_without_a_call(platform: Platform) -> None:
    assert failure(run(inference.handler, {"job_id": "x"})) == "INVALID_INPUT"
    assert failure(run(training.handler, {})) == "INVALID_INPUT"
    assert platform.calls == []


def test_an_unknown_base_model_is_final(platform: Platform, lora: bytes) -> None:
    wanted = generation_input(lora, base_model="unheard-of")
    assert failure(run(inference.handler, wanted)) == "MODEL_NOT_FOUND"


def test_an_api_that_stumbles_is_asked_again(platform: Platform, lora: bytes) -> None:
    platform.failures_left = 2
    assert "result" in run(inference.handler, generation_input(lora))


def test_a_superseded_attempt_stops_without_a_word(platform: Platform, lora: bytes) -> None:
    platform.superseded = True
    platform.written.clear()
    assert failure(run(inference.handler, generation_input(lora))) == "CANCELED"
    assert platform.written == {}
    assert platform.said("/api/webhooks/inference/failed") == []


def test_an_out_of_memory_error_is_classified(
    platform: Platform, lora: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*_: Any, **__: Any) -> None:
        raise torch.cuda.OutOfMemoryError("secret path /x/y")

    monkeypatch.setattr(type(load("tiny")), "generate", burst)
    answer = run(inference.handler, generation_input(lora))
    assert failure(answer) == "CUDA_OOM"
    assert "secret" not in answer["error"]


def test_a_cancelled_job_frees_the_gpu_within_a_step(
    platform: Platform, lora: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENERATION_STEPS", "40")
    settings.cache_clear()
    begun = threading.Event()
    real = running._attempt

    def attempt(*given: Any) -> Any:
        begun.set()
        return real(*given)

    monkeypatch.setattr(running, "_attempt", attempt)

    async def cancel() -> float:
        task = asyncio.create_task(inference.handler({"input": generation_input(lora)}))
        while not platform.said("/api/generations/"):
            assert not task.done(), task.result()
            await asyncio.sleep(0.05)
        asked = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - asked

    asyncio.run(cancel())
    assert begun.is_set()
    assert "image" not in platform.written
    assert platform.said("/api/webhooks/inference/") == []
