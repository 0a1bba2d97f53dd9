"""Each family's code on random weights, at an eighth of the true sides."""

import threading
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image, ImageChops

from gpu_handlers.base_models import latent_diffusion, load_fresh
from gpu_handlers.base_models.descriptions import SD15, SDXL, Description
from gpu_handlers.base_models.latent_diffusion import LatentDiffusion
from gpu_handlers.base_models.weights import find_folder, revision_of
from gpu_handlers.common import settings as worker_settings
from gpu_handlers.common.failures import JobError
from gpu_handlers.training.dataset import CAPTION_VARIANTS, Dataset, shape_for
from gpu_handlers.training.lora import Plan, save_lora, train
from gpu_handlers.training.recipe import Recipe
from tests.gpu_handlers import random_weights
from tests.gpu_handlers.conftest import rounding

# diffusers' schedulers ask NumPy for what it is about to stop doing.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
SIDES = {
    "sd15": {(128, 128): (128, 128), (128, 256): (96, 192), (256, 256): (128, 128)},
    "sdxl": {(64, 64): (128, 128), (64, 128): (96, 192), (128, 128): (128, 128)},
}


@pytest.fixture(scope="module", params=[SD15, SDXL], ids=lambda one: one.name)
def family(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[LatentDiffusion]:
    description: Description = request.param
    root = tmp_path_factory.mktemp("models")
    random_weights.write(description.name, root / description.name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("API_URL", "http://127.0.0.1")
        patch.setenv("INTERNAL_API_TOKEN", "worker-token-worker-token")
        patch.setenv("MODEL_DIR", str(root))
        patch.setenv("GENERATION_STEPS", "3")
        worker_settings.settings.cache_clear()
        yield LatentDiffusion(_small(description))
    worker_settings.settings.cache_clear()


def _small(description: Description) -> Description:
    return replace(description, rendered=SIDES[description.name], training_size=128)


def draw(family: LatentDiffusion, *seeds: int) -> list[Image.Image]:
    return family.generate(
        ["red house"] * len(seeds),
        size=next(iter(family.description.rendered)),
        seeds=list(seeds),
        step_done=lambda *_: None,
    )


@pytest.mark.parametrize("number", [0, 1, 2])
def test_each_size_comes_out_whole_and_each_step_is_told(
    family: LatentDiffusion, number: int
) -> None:
    told: list[tuple[int, int]] = []
    size = list(family.description.rendered)[number]
    [image] = family.generate(
        ["red house"], size=size, seeds=[1], step_done=lambda *step: told.append(step)
    )
    assert image.size == size
    steps = family.steps(size)
    assert told == [(step + 1, steps) for step in range(steps)]
    refined = family.description.rendered[size] < size
    assert (steps > 3) is refined


def test_an_image_is_what_its_seed_alone_makes(family: LatentDiffusion) -> None:
    together = draw(family, 1, 2)
    for image, seed in zip(together, (1, 2), strict=True):
        [alone] = draw(family, seed)
        difference = ImageChops.difference(image, alone)
        assert max(high for _, high in difference.getextrema()) <= rounding()
    assert together[0].tobytes() != together[1].tobytes()


def test_a_lora_is_trained_loaded_used_and_forgotten_without_a_trace(
    family: LatentDiffusion,
) -> None:
    [plain] = draw(family, 1)
    pixels = torch.rand(2, 3, 128, 128, generator=torch.Generator().manual_seed(1)) * 2 - 1
    fresh = LatentDiffusion(family.description)
    captions = fresh.encode_captions(["red house"] * (2 * CAPTION_VARIANTS) + [""])
    data = Dataset(list(fresh.encode_images(pixels)), captions, [0, 1], [])
    before = [one.clone() for one in fresh.denoiser.parameters()]
    plan = Plan(
        steps=2,
        seed=1,
        deadline_seconds=600,
        stop=threading.Event(),
        step_done=lambda _: None,
    )
    loss = train(fresh, data, Recipe(batch_size=2), plan).loss
    assert 0 < loss < 100
    kept = [one for name, one in fresh.denoiser.named_parameters() if "lora" not in name]
    assert all(torch.equal(was, now) for was, now in zip(before, kept, strict=True))
    weights, configuration = fresh.lora_state()
    assert configuration["rank"] == configuration["alpha"] == family.rank
    assert family.description.licence.encode() in save_lora(fresh, None, job_id="1", style_id="2")
    del fresh, before, kept
    # Two steps hardly move a picture: told louder, the weights must show.
    louder = {name: one * (30 if "lora_B" in name else 1) for name, one in weights.items()}
    family.attach("one", louder, configuration)
    family.use("one")
    [styled] = draw(family, 1)
    assert styled.tobytes() != plain.tobytes()
    family.detach("one")
    assert draw(family, 1)[0].tobytes() == plain.tobytes()


def test_checkpointed_gradients_are_the_same(family: LatentDiffusion) -> None:
    fresh = LatentDiffusion(family.description)
    parameters = fresh.add_lora(4)
    latents = torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(1))
    captions = fresh.encode_captions(["red house"])

    def gradients() -> list[torch.Tensor]:
        fresh.loss(latents, captions, torch.Generator().manual_seed(3)).backward()
        found = [one.grad.clone() for one in parameters if one.grad is not None]
        for parameter in parameters:
            parameter.grad = None
        return found

    kept = gradients()
    fresh.save_memory(True)
    again = gradients()
    assert len(kept) == len(parameters)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(kept, again, strict=True))


def test_an_absent_caption_is_what_the_weights_learned_as_absent(family: LatentDiffusion) -> None:
    absent = family.encode_captions(["", "red house"])
    if family.name == "sdxl":
        assert absent.pooled is not None
        assert not absent.embeddings[0].any()
        assert not absent.pooled[0].any()
        assert absent.embeddings.shape[-1] == 2048
        assert absent.pooled[1].any()
    else:
        assert absent.embeddings[0].any()
    assert family.caption("sl7", ["red house"]) == "sl7 style, red house"


@pytest.mark.parametrize(
    ("width", "height"), [(512, 512), (1000, 750), (750, 1000), (3000, 2000), (512, 4096)]
)
def test_little_is_cut_off_an_artwork(family: LatentDiffusion, width: int, height: int) -> None:
    big = replace(family.description, training_size=512 if family.name == "sd15" else 1024)
    family.training_size = big.training_size
    shape = shape_for(family, width, height)
    assert all(side % family.pixel_multiple == 0 for side in shape)
    assert 0.8 <= shape[0] * shape[1] / big.training_size**2 <= 1.02
    kept = min(shape[0] / shape[1] / (width / height), width / height / (shape[0] / shape[1]))
    assert kept > (0.92 if max(width, height) <= 2 * min(width, height) else 0.2)


def test_weights_that_are_not_there_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("API_URL", "http://127.0.0.1")
    monkeypatch.setenv("INTERNAL_API_TOKEN", "worker-token-worker-token")
    monkeypatch.setenv("MODEL_DIR", str(tmp_path))
    worker_settings.settings.cache_clear()
    with pytest.raises(JobError, match="no weights of sdxl") as refused:
        load_fresh("sdxl")
    assert refused.value.code == "MODEL_NOT_FOUND"
    worker_settings.settings.cache_clear()


def test_weights_in_half_precision_make_images_and_gradients_as_on_a_gpu(
    family: LatentDiffusion, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(latent_diffusion, "weights_dtype", lambda: torch.bfloat16)
    # Small and short: few CPUs multiply these numbers themselves.
    monkeypatch.setenv("GENERATION_STEPS", "1")
    request.addfinalizer(worker_settings.settings.cache_clear)
    worker_settings.settings.cache_clear()
    half = LatentDiffusion(replace(family.description, rendered={(96, 96): (64, 64)}))
    parameters = half.add_lora(4)
    assert {one.dtype for one in parameters} == {torch.float32}
    assert half.denoiser.dtype == torch.bfloat16
    latents = half.encode_images(torch.rand(1, 3, 64, 64) * 2 - 1)
    captions = half.encode_captions(["red house"])
    half.loss(latents, captions, torch.Generator().manual_seed(3)).backward()
    assert all(one.grad is not None and one.grad.isfinite().all() for one in parameters)
    weights, configuration = half.lora_state()
    half.attach("one", weights, configuration)
    half.use("one")
    [image] = half.generate(["red house"], size=(96, 96), seeds=[1], step_done=lambda *_: None)
    assert image.size == (96, 96)
    assert image.convert("L").getextrema() != (0, 0)


def test_when_memory_ends_images_are_made_again_one_by_one(
    family: LatentDiffusion, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = draw(family, 1, 2)
    held: list[weakref.ref[torch.Tensor]] = []
    batches: list[int] = []
    real = family.denoiser.forward

    def crowded(sample: torch.Tensor, *given: Any, **named: Any) -> Any:
        batches.append(len(sample))
        if len(sample) > 2:  # two rows an image: with the prompt and without
            held.append(weakref.ref(sample))
            raise torch.cuda.OutOfMemoryError
        assert not any(one() is not None for one in held), "the failed attempt still holds memory"
        return real(sample, *given, **named)

    monkeypatch.setattr(family.denoiser, "forward", crowded)
    told: list[int] = []
    again = family.generate(
        ["red house"] * 2,
        size=next(iter(family.description.rendered)),
        seeds=[1, 2],
        step_done=lambda step, _: told.append(step),
    )
    assert batches[0] == 4
    assert set(batches[1:]) == {2}
    assert told == sorted(told)
    assert told[-1] == 3
    assert not getattr(family._pipe.vae, "use_tiling", False)
    for image, wanted in zip(again, expected, strict=True):
        difference = ImageChops.difference(image, wanted)
        assert max(high for _, high in difference.getextrema()) <= rounding()


def test_the_cached_snapshot_is_the_one_that_the_hub_calls_main(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("API_URL", "http://127.0.0.1")
    monkeypatch.setenv("INTERNAL_API_TOKEN", "worker-token-worker-token")
    monkeypatch.setenv("MODEL_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("MODEL_CACHE", str(tmp_path))
    worker_settings.settings.cache_clear()
    model = tmp_path / ("models--" + SD15.source.replace("/", "--"))
    for revision in ("a" * 40, "b" * 40):
        (model / "snapshots" / revision).mkdir(parents=True)
        (model / "snapshots" / revision / "model_index.json").write_text("{}")
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("b" * 40)
    assert revision_of(find_folder(SD15)) == "b" * 40
    worker_settings.settings.cache_clear()
