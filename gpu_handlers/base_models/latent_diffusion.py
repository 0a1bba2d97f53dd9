"""A family of latent diffusion models: one class, whatever the description."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import torch
from diffusers import DPMSolverMultistepScheduler
from PIL import Image
from torch.nn import functional

from gpu_handlers.base_models.adapters import Adapting
from gpu_handlers.base_models.descriptions import Description
from gpu_handlers.base_models.family import Conditioning, Size, StepDone
from gpu_handlers.base_models.weights import find_folder, revision_of
from gpu_handlers.common.device import device, mixed_precision, weights_dtype
from gpu_handlers.common.settings import settings

# With less noise than this a picture need only be copied.
EASY_NOISE = 0.25
# Pixels a side.
TILE = 512


class LatentDiffusion(Adapting):
    """`Family` by a description, over the pipelines of diffusers."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self.name, self.source, self.licence = (
            description.name,
            description.source,
            description.licence,
        )
        self.training_size = description.training_size
        self.pixel_multiple = description.pixel_multiple
        self.rank, self.learning_rate = description.rank, description.learning_rate
        self.targets = list(description.targets)
        self._folder = find_folder(description)
        self._pipe = self._load()
        self._pipe.set_progress_bar_config(disable=True)
        for part in self._pipe.components.values():
            if isinstance(part, torch.nn.Module):
                part.requires_grad_(False)
        self.denoiser = self._pipe.unet
        self._alphas = self._pipe.scheduler.alphas_cumprod.to(device())
        if description.fast_sampler:
            # diffusers is untyped.
            sampler: Any = DPMSolverMultistepScheduler
            self._pipe.scheduler = sampler.from_config(
                self._pipe.scheduler.config, use_karras_sigmas=True
            )
        parts = {**self._pipe.components, **description.options}
        self._refiner: Any = description.refiner(**parts)
        self._refiner.set_progress_bar_config(disable=True)

    def _load(self) -> Any:
        how = {"dtype": weights_dtype(), "local_files_only": True, "use_safetensors": True}
        own = {"vae": self.description.autoencoder, "unet": self.description.denoiser}
        parts = {
            name: part.from_pretrained(self._folder / name, **how) for name, part in own.items()
        }
        return self.description.pipeline.from_pretrained(
            self._folder, **parts, **self.description.options, **how
        ).to(device())

    @cached_property
    def revision(self) -> str:
        """See `Family`."""
        return revision_of(self._folder)

    def caption(self, trigger: str, tags: list[str]) -> str:
        """See `Family`."""
        words = ", ".join(tags)
        return f"{trigger} style, {words}" if trigger and self.description.triggered else words

    @torch.no_grad()
    def encode_images(self, pixels: torch.Tensor) -> torch.Tensor:
        """See `Family`."""
        vae = self._pipe.vae
        encoded = vae.encode(pixels.to(device(), vae.dtype))
        latents = encoded.latents if hasattr(encoded, "latents") else encoded.latent_dist.mode()
        scaled: torch.Tensor = latents.float() * vae.config.scaling_factor
        return scaled

    @torch.no_grad()
    def encode_captions(self, captions: list[str]) -> Conditioning:
        """See `Family`."""
        found = self._pipe.encode_prompt(
            captions, device=device(), num_images_per_prompt=1, do_classifier_free_guidance=False
        )
        embeddings, pooled = found[0], found[2] if len(found) > 2 else None
        if getattr(self._pipe.config, "force_zeros_for_empty_prompt", False):
            # What these weights learned an absent caption as (`StableDiffusionXLPipeline`).
            there = torch.tensor([bool(caption) for caption in captions], device=device())
            embeddings = embeddings * there[:, None, None]
            pooled = None if pooled is None else pooled * there[:, None]
        return Conditioning(embeddings, pooled)

    def save_memory(self, on: bool) -> None:
        """See `Family`."""
        switch = "enable" if on else "disable"
        getattr(self.denoiser, f"{switch}_gradient_checkpointing")()
        self.denoiser.train(on)

    def loss(
        self, latents: torch.Tensor, captions: Conditioning, noise: torch.Generator
    ) -> torch.Tensor:
        """Squared error of what the denoiser predicts, noise or v (Salimans & Ho 2022)."""
        count = len(latents)
        times = torch.randint(0, len(self._alphas), (count,), generator=noise).to(device())
        grain = torch.randn(latents.shape, generator=noise).to(device())
        latents = latents.to(device())
        alphas = self._alphas[times].view(-1, 1, 1, 1)
        signal, spread = alphas.sqrt(), (1 - alphas).sqrt()
        noisy = (signal * latents + spread * grain).to(self.denoiser.dtype)
        with mixed_precision():
            found = self.denoiser(
                noisy,
                times,
                captions.embeddings.to(device()),
                added_cond_kwargs=self._added(captions, latents),
                return_dict=False,
            )[0]
        by_v = self._pipe.scheduler.config.prediction_type == "v_prediction"
        wanted = signal * grain - spread * latents if by_v else grain
        each = functional.mse_loss(found.float(), wanted, reduction="none").mean((1, 2, 3))
        return (each * self._weights(self._alphas[times], by_v)).mean()

    def _weights(self, alphas: torch.Tensor, by_v: bool) -> torch.Tensor:
        if self.description.snr_gamma is None:
            return (1 - alphas) / (1 - alphas).clamp(min=EASY_NOISE**2)
        # v's error is noise's times SNR + 1; at no signal at all noise has nothing to teach.
        ratio = alphas / (1 - alphas).clamp(min=1e-8)
        bounded = ratio.clamp(max=self.description.snr_gamma)
        return bounded / (ratio + 1) if by_v else bounded / ratio.clamp(min=1e-8)

    def _added(self, captions: Conditioning, latents: torch.Tensor) -> dict[str, Any] | None:
        if captions.pooled is None:
            return None
        # SDXL is told the size a picture had, where it was cut and what it is now.
        factor = self._pipe.vae_scale_factor
        height, width = (side * factor for side in latents.shape[-2:])
        told = torch.tensor([[height, width, 0, 0, height, width]], device=device())
        return {
            "text_embeds": captions.pooled.to(device()),
            "time_ids": told.repeat(len(latents), 1).to(captions.pooled.dtype),
        }

    def steps(self, size: Size) -> int:
        """See `Family`."""
        steps = settings().generation_steps or self.description.steps
        return steps + (self._refinement(steps)[1] if self._is_refined(size) else 0)

    def _is_refined(self, size: Size) -> bool:
        return self.description.rendered[size] < size

    def _refinement(self, steps: int) -> tuple[int, int]:
        """The steps of a whole schedule, and those at its end that refining takes."""
        strength = self.description.refine_strength
        whole = max(steps, math.ceil(1 / strength))
        return whole, int(whole * strength)

    @torch.no_grad()
    def generate(
        self,
        prompts: list[str],
        *,
        size: Size,
        seeds: list[int],
        step_done: StepDone,
    ) -> list[Image.Image]:
        """See `Family`. When memory ends, once more: one at a time, decoded in tiles."""
        furthest = 0

        def onward(step: int, steps: int) -> None:
            nonlocal furthest
            furthest = max(furthest, step)
            step_done(furthest, steps)

        try:
            return self._generate(prompts, size, seeds, onward)
        except torch.cuda.OutOfMemoryError:
            # Not here: while it is handled, the error holds all that the attempt had computed.
            pass
        return self._generate_sparingly(prompts, size, seeds, onward)

    def _generate_sparingly(
        self, prompts: list[str], size: Size, seeds: list[int], step_done: StepDone
    ) -> list[Image.Image]:
        torch.cuda.empty_cache()
        made: list[Image.Image] = []

        def step_of_all(step: int, steps: int) -> None:
            step_done((len(made) * steps + step) // len(prompts), steps)

        with _tiled(self._pipe):
            for prompt, seed in zip(prompts, seeds, strict=True):
                made += self._generate([prompt], size, [seed], step_of_all)
        return made

    def _generate(
        self, prompts: list[str], size: Size, seeds: list[int], step_done: StepDone
    ) -> list[Image.Image]:
        first, steps = self.description.rendered[size], self.steps(size)
        whole = settings().generation_steps or self.description.steps
        common = self._asked(prompts, seeds)
        rescale = {"guidance_rescale": self.description.guidance_rescale}
        with mixed_precision(weights_dtype()):
            images: list[Image.Image] = self._pipe(
                **common,
                **rescale,
                width=first[0],
                height=first[1],
                num_inference_steps=whole,
                callback_on_step_end=_telling(step_done, 0, steps),
            ).images
            images = [image.resize(size, Image.Resampling.LANCZOS) for image in images]
            if self._is_refined(size):
                schedule, _ = self._refinement(whole)
                images = self._refiner(
                    **common,
                    image=images,
                    strength=self.description.refine_strength,
                    num_inference_steps=schedule,
                    callback_on_step_end=_telling(step_done, whole, steps),
                ).images
        return images

    def _asked(self, prompts: list[str], seeds: list[int]) -> dict[str, Any]:
        asked = self.encode_captions(prompts)
        absent = self.encode_captions([""] * len(prompts))
        pooled = {}
        if asked.pooled is not None:
            pooled = {
                "pooled_prompt_embeds": asked.pooled,
                "negative_pooled_prompt_embeds": absent.pooled,
            }
        return {
            "prompt_embeds": asked.embeddings,
            "negative_prompt_embeds": absent.embeddings,
            "guidance_scale": self.description.guidance,
            # On the CPU, so that a seed means the same on every card.
            "generator": [torch.Generator().manual_seed(seed) for seed in seeds],
            **pooled,
        }


@contextmanager
def _tiled(pipe: Any) -> Iterator[None]:
    """Later images are whole again: seams, however faint, are for those that need them."""
    vae = pipe.vae
    if not hasattr(vae, "enable_tiling"):
        yield
        return
    vae.enable_tiling()
    # SDXL's own tile is a whole picture.
    vae.tile_sample_min_size, vae.tile_latent_min_size = TILE, TILE // pipe.vae_scale_factor
    try:
        yield
    finally:
        vae.disable_tiling()


def _telling(step_done: StepDone, before: int, steps: int) -> Any:
    def tell(_pipe: Any, index: int, _time: Any, values: dict[str, Any]) -> dict[str, Any]:
        step_done(before + index + 1, steps)
        return values

    return tell
