"""`python -m benchmarks.training`: a step of our trainer ÷ the work of one in diffusers' reference
script, `examples/text_to_image/train_text_to_image_lora.py`.

Both train a LoRA of one rank on the same four projections of the same denoiser, in the same
precision, batch and shape, in turns. The script's pictures are decoded beside the GPU by its loader
and are ready here; what it does with them in each step is done as it does it: autoencoder, text
encoder, noise, denoiser, two readings of the loss, AdamW. Weights are random: they take as long.
"""

import argparse
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig
from torch.nn import functional

from benchmarks.timing import Figure, ratio, table
from gpu_handlers.base_models import latent_diffusion
from gpu_handlers.base_models.descriptions import DESCRIPTIONS
from gpu_handlers.base_models.latent_diffusion import LatentDiffusion
from gpu_handlers.common.device import autocast_dtype, device, mixed_precision
from gpu_handlers.training.dataset import CAPTION_VARIANTS, Dataset
from gpu_handlers.training.lora import Plan, Step, train
from gpu_handlers.training.recipe import Recipe
from tests.gpu_handlers import random_weights

CAPTION = "a red house style on green hills, sunset"


class Reference:
    """The script's loop body, on a denoiser of its own and the family's other parts."""

    def __init__(self, family: LatentDiffusion, pixels: torch.Tensor) -> None:
        self._pipe: Any = family._pipe
        denoiser: Any = family.description.denoiser
        self._denoiser = denoiser.from_pretrained(
            family._folder / "unet", torch_dtype=family.denoiser.dtype
        ).to(device())
        self._denoiser.requires_grad_(False)
        self._denoiser.add_adapter(
            LoraConfig(r=family.rank, lora_alpha=family.rank, target_modules=family.targets)
        )
        self._trained = [one for one in self._denoiser.parameters() if one.requires_grad]
        for parameter in self._trained:
            parameter.data = parameter.data.float()
        self._optimiser = torch.optim.AdamW(self._trained, lr=1e-4)
        self._pixels = pixels.to(device(), family._pipe.vae.dtype)
        self._alphas = family._alphas
        self._encode = family.encode_captions
        self._added = family._added

    def step(self) -> None:
        """One of its steps, from pixels to the optimiser."""
        pipe, count = self._pipe, len(self._pixels)
        with mixed_precision():
            with torch.no_grad():
                latents = pipe.vae.encode(self._pixels).latent_dist.sample()
                latents = latents * pipe.vae.config.scaling_factor
            noise = torch.randn_like(latents)
            times = torch.randint(0, len(self._alphas), (count,), device=device())
            alphas = self._alphas[times].view(-1, 1, 1, 1)
            noisy = alphas.sqrt() * latents + (1 - alphas).sqrt() * noise
            captions = self._encode([CAPTION] * count)
            found = self._denoiser(
                noisy.to(self._denoiser.dtype),
                times,
                captions.embeddings,
                added_cond_kwargs=self._added(captions, latents),
                return_dict=False,
            )[0]
            loss = functional.mse_loss(found.float(), noise.float())
        loss.repeat(count).mean().item()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()
        self._optimiser.zero_grad()
        loss.detach().item()


def compare(name: str, side: int, batch: int, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each of our steps and of each of the script's, in turns."""
    if autocast_dtype():
        # As on a GPU, also where a CPU would keep single precision.
        latent_diffusion.weights_dtype = lambda: torch.bfloat16
    family = LatentDiffusion(DESCRIPTIONS[name])
    pixels = torch.rand(batch, 3, side, side) * 2 - 1
    latents = family.encode_images(pixels).cpu()
    captions = family.encode_captions([CAPTION] * (batch * CAPTION_VARIANTS) + [""])
    dataset = Dataset(list(latents), captions, list(range(batch)), [])
    reference = Reference(family, pixels)
    ours: list[float] = []
    theirs: list[float] = []
    began = 0.0

    def in_turn(step: Step) -> None:
        nonlocal began
        _wait()
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        reference.step()
        _wait()
        theirs.append(time.perf_counter() - began)
        began = time.perf_counter()

    plan = Plan(
        steps=rounds + 1,
        seed=1,
        deadline_seconds=10**6,
        stop=threading.Event(),
        step_done=in_turn,
    )
    began = time.perf_counter()
    train(family, dataset, Recipe(batch_size=batch), plan)
    # The first of each is slow for reasons of its own.
    return ours[1:], theirs[1:]


def _wait() -> None:
    if device().type == "cuda":
        torch.cuda.synchronize()


def main() -> None:
    """See the module's text."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--base", default="sd15", choices=["sd15", "sdxl"])
    asked.add_argument("--side", type=int, default=512)
    asked.add_argument("--batch", type=int, default=1)
    asked.add_argument("--rounds", type=int, default=6)
    given = asked.parse_args()
    if device().type == "cpu":
        torch.set_num_threads(1)
    os.environ |= {"API_URL": "http://127.0.0.1", "INTERNAL_API_TOKEN": "-"}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MODEL_DIR"] = folder
        random_weights.write(given.base, Path(folder) / given.base, random_weights.WHOLE)
        print(f"{given.base} on {device().type}, load {os.getloadavg()[0]:.1f} at the start\n")
        ours, theirs = compare(given.base, given.side, given.batch, given.rounds)
    rows = [
        [
            f"{given.side}×{given.side}, batch {given.batch}",
            Figure.of(ours).text(2),
            Figure.of(theirs).text(2),
            ratio(ours, theirs).text(3),
        ]
    ]
    print(table(["shape", "our step, s", "reference, s", "ours ÷ reference"], rows))


if __name__ == "__main__":
    main()
