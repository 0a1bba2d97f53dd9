"""What a worker makes is compared with the style's artworks before anything leaves it."""

import hashlib
import io
import json
from typing import Any
from uuid import UUID

import pytest
from PIL import Image, ImageOps

from gpu_handlers.base_models import load
from gpu_handlers.common.likeness import closest, describe, is_copy
from gpu_handlers.inference import handler as inference
from gpu_handlers.inference.adapters import read_lora
from tests.gpu_handlers.conftest import Platform, artwork, generation_input
from tests.gpu_handlers.test_jobs import failure, lora, run

__all__ = ["lora"]


def test_a_lora_knows_its_artworks(platform: Platform, lora: bytes) -> None:
    references = read_lora(lora).references
    assert references is not None
    assert len(references.artworks) == 10
    found = closest(Image.open(io.BytesIO(artwork(3))), references)
    assert (found.similarity, found.hash_distance) == (1.0, 0)
    assert found.artwork_id == references.artworks[3]


def test_a_picture_that_is_an_artwork_never_leaves_the_worker(
    platform: Platform, lora: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    stolen = ImageOps.mirror(Image.open(io.BytesIO(artwork(3)))).resize((512, 512))
    monkeypatch.setattr(type(load("tiny")), "generate", lambda *_, **__: [stolen])
    answer = run(inference.handler, generation_input(lora))
    assert failure(answer) == "COPY_OF_ARTWORK"
    assert platform.written == {}
    [told] = platform.said("/api/webhooks/inference/failed")
    assert told["closest"]["similarity"] > 0.93
    assert json.loads(answer["error"])["code"] == told["error"]["code"]


def test_an_honest_picture_is_delivered_with_what_it_was_closest_to(
    platform: Platform, lora: bytes
) -> None:
    result = run(inference.handler, generation_input(lora))["result"]
    references = read_lora(lora).references
    assert references is not None
    assert UUID(result["closest"]["artwork_id"]) in references.artworks
    assert 0 <= result["closest"]["similarity"] < 0.93


def test_a_style_of_long_ago_is_not_compared(platform: Platform, lora: bytes) -> None:
    from safetensors.torch import save  # noqa: PLC0415

    read = read_lora(lora)
    told: dict[str, Any] = {**read.configuration}
    told.pop("artworks")
    old = save(read.weights, {"style_license": json.dumps(told)})
    platform.objects["lora"] = old
    result = run(inference.handler, generation_input(old))["result"]
    assert result["closest"] is None
    assert result["image_sha256"] == hashlib.sha256(platform.written["image"]).hexdigest()


def test_the_same_colours_are_no_copy() -> None:
    reference = describe(UUID(int=1), Image.open(io.BytesIO(artwork(0))))
    other = Image.new("RGB", (512, 512), (8, 8, 10))
    other.paste((214, 170, 60), (20, 20, 200, 120))
    assert not is_copy(closest(other, reference))
