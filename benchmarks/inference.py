"""`python -m benchmarks.inference`: the inference handler ÷ its pipeline alone, and how long
changing adapters takes.

The pipeline alone is diffusers' call with the same LoRA, prompt, seed and steps: no files, no
signature, no reports. The handler fetches, makes, signs, compares with the artworks, encodes,
uploads and reports, against an API and storage on loopback.
"""

import argparse
import asyncio
import hashlib
import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks.timing import Figure, ratio, table, take_turns
from gpu_handlers.base_models import load, load_fresh
from gpu_handlers.base_models.latent_diffusion import LatentDiffusion
from gpu_handlers.common.device import device, mixed_precision, weights_dtype
from gpu_handlers.common.settings import settings
from gpu_handlers.inference import handler as inference
from gpu_handlers.inference.adapters import RESIDENT_MAX, Adapters, fetch
from gpu_handlers.training.lora import save_lora
from tests.gpu_handlers.conftest import Platform, generation_input, serve

RATIOS = {"1:1": (512, 512), "1:2": (512, 1024), "2:2": (1024, 1024)}


def make_lora(base_model: str, seed: int) -> bytes:
    """The file of a LoRA that was never trained: as large as another, and as quick."""
    torch.manual_seed(seed)
    family = load_fresh(base_model)
    family.add_lora(family.rank)
    return save_lora(family, None, job_id=str(seed), style_id=str(seed))


def draw_alone(family: LatentDiffusion, size: tuple[int, int]) -> None:
    """What diffusers' own users would write."""
    told = family.description
    first = told.rendered[size]
    asked: dict[str, Any] = {"prompt": "red house, hills", "guidance_scale": told.guidance}
    steps = settings().generation_steps or told.steps
    with torch.no_grad(), mixed_precision(weights_dtype()):
        made = family._pipe(
            **asked,
            generator=torch.Generator().manual_seed(11),
            guidance_rescale=told.guidance_rescale,
            width=first[0],
            height=first[1],
            num_inference_steps=steps,
        ).images
        if first < size:
            family._refiner(
                **asked,
                generator=torch.Generator().manual_seed(11),
                image=[image.resize(size) for image in made],
                strength=told.refine_strength,
                num_inference_steps=family._refinement(steps)[0],
            )


def compare(platform: Platform, base_model: str, rounds: int) -> None:
    """Print handler ÷ pipeline for each size."""
    lora = make_lora(base_model, 0)
    platform.objects["lora"] = lora
    family: Any = load(base_model)
    rows = []
    for ratio_name, size in RATIOS.items():
        job = generation_input(lora, base_model=base_model, aspect_ratio=ratio_name)

        def handle(job: dict[str, Any] = job) -> None:
            answer = asyncio.run(inference.handler({"input": job}))
            if "error" in answer:
                raise RuntimeError(answer["error"])

        def alone(size: tuple[int, int] = size) -> None:
            draw_alone(family, size)

        # The handler first, so that both work with its adapter.
        handle()
        spent = take_turns({"handler": handle, "alone": alone}, rounds=rounds, calls=1)
        wall = {name: [one.wall_us / 1e3 for one in turns] for name, turns in spent.items()}
        rows.append(
            [
                f"{size[0]}×{size[1]}",
                Figure.of(wall["handler"]).text(),
                Figure.of(wall["alone"]).text(),
                ratio(wall["handler"], wall["alone"]).text(3),
            ]
        )
    print(table(["size", "handler, ms", "pipeline, ms", "handler ÷ pipeline"], rows))


def exchange(platform: Platform, base_model: str, rounds: int) -> None:
    """Print how long an adapter takes from the network, from disk, and resident."""
    adapters = Adapters(load_fresh(base_model))
    files = [make_lora(base_model, 1 + number) for number in range(RESIDENT_MAX + 1)]
    taken: dict[str, list[float]] = {"never seen": [], "on disk": [], "resident": []}

    def use(kind: str, content: bytes) -> None:
        platform.objects["lora"] = content
        sha256 = hashlib.sha256(content).hexdigest()
        began = time.perf_counter()
        adapters.use(sha256, fetch(f"{platform.url}/s3/lora", sha256))
        taken[kind].append((time.perf_counter() - began) * 1e3)

    # One more than are kept resident, in turn: each was put out just before it is asked for.
    for content in files:
        use("never seen", content)
    for _ in range(max(1, rounds // 2)):
        for content in files:
            use("on disk", content)
    for number in range(rounds * 4):
        use("resident", files[-1 - number % 2])
    size = f"{len(files[0]) / 1e6:.1f} MB"
    rows = [[kind, size, Figure.of(values).text(1)] for kind, values in taken.items()]
    print(table(["adapter", "file", "ms until in use"], rows))


def main() -> None:
    """See the module's text."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--base", default="tiny", help="a family whose weights are here")
    asked.add_argument("--rounds", type=int, default=8)
    given = asked.parse_args()
    logging.disable(logging.WARNING)
    if device().type == "cpu":
        torch.set_num_threads(1)
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory() as cache,
        serve(patch, Path(cache)) as platform,
    ):
        print(f"{given.base} on {device().type}, load {os.getloadavg()[0]:.1f} at the start\n")
        compare(platform, given.base, given.rounds)
        print()
        exchange(platform, given.base, given.rounds)


if __name__ == "__main__":
    main()
