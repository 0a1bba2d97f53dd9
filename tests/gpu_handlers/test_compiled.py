"""A compiled denoiser makes what an ordinary one makes, and is compiled once for all adapters."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from PIL import Image, ImageChops

from gpu_handlers.base_models import load_fresh
from gpu_handlers.base_models.compiled import Compiled
from gpu_handlers.base_models.descriptions import TINY
from gpu_handlers.base_models.family import Family, Size
from tests.gpu_handlers.conftest import Platform, rounding

Lora = tuple[dict[str, torch.Tensor], dict[str, Any]]


def lora(seed: int, rank: int) -> Lora:
    torch.manual_seed(seed)
    family = load_fresh("tiny")
    family.rank = rank
    family.add_lora(rank)
    weights, configuration = family.lora_state()
    return {
        name: one + 0.02 * torch.randn_like(one) if "lora_B" in name else one
        for name, one in weights.items()
    }, configuration


def draw(family: Family, name: str, size: Size = (512, 512)) -> Image.Image:
    family.use(name)
    [image] = family.generate(["red house"], size=size, seeds=[3], step_done=lambda *_: None)
    return image


@pytest.fixture
def compiled(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Compiled]:
    # Traced as ever, not made into machine code: that takes a compiler its minutes.
    monkeypatch.setattr(Compiled, "backend", "eager")
    with torch._dynamo.config.patch(fail_on_recompile_limit_hit=True):
        yield Compiled(TINY)
    torch._dynamo.reset()


def test_adapters_take_turns_without_compiling_again(compiled: Compiled) -> None:
    plain = load_fresh("tiny")
    loras = {"wide": lora(1, TINY.rank), "narrow": lora(2, 4)}
    for family in (plain, compiled):
        for name, (weights, configuration) in loras.items():
            family.attach(name, weights, configuration)
    for size in TINY.rendered:
        draw(compiled, "wide", size)
    with torch._dynamo.config.patch(error_on_recompile=True):
        for name in ("narrow", "wide"):
            for size in TINY.rendered:
                pair = draw(plain, name, size), draw(compiled, name, size)
                difference = ImageChops.difference(*pair)
                assert max(high for _, high in difference.getextrema()) <= rounding()
    compiled.detach("narrow")
    with pytest.raises(ValueError, match="rank"):
        compiled.attach("too wide", *lora(3, TINY.rank + 1))
    weights, configuration = lora(4, 4)
    weights.pop(sorted(weights)[0])
    with pytest.raises(ValueError, match="fit"):
        compiled.attach("torn", weights, configuration)
