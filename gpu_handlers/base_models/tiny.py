"""The tiny base model that ships with the project: a true latent diffusion pipeline for two cores.

It was trained at 512×512 only and doubles its subjects at other sizes, so larger images are made
from a square: enlarged, or with sky and ground drawn out above and below.
"""

import hashlib
import warnings
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline
from peft import LoraConfig, get_peft_model_state_dict, set_peft_model_state_dict
from PIL import Image, ImageFilter
from torch.nn import functional

from gpu_handlers.base_models.family import StepDone
from gpu_handlers.common.device import device, mixed_precision
from gpu_handlers.common.settings import settings

WEIGHTS = Path(__file__).parent / "tiny_weights"
NATIVE_SIDE = 512
STEPS = 20
GUIDANCE, GUIDANCE_RESCALE = 4.0, 0.5
# How a tall picture is carried on: the part of the new height that is sky, the seam's height, the
# rows whose colours are drawn out, and how many columns keep apart from the seam outwards: a sky
# melts together, while a shirt or a table must go on below as it was.
SKY_SHARE, SEAM, EDGE = 0.6, 40, 16
SKY_COLUMNS, GROUND_COLUMNS = (48, 24, 12, 6, 4, 3), (64, 56, 48, 40, 32)
TARGETS = [
    *("to_q", "to_k", "to_v", "to_out.0"),
    *("ff.net.0.proj", "ff.net.2", "proj_in", "proj_out"),
    *("conv1", "conv2", "conv_shortcut", "conv_in", "conv_out"),
]
TRAINING_ADAPTER = "in_training"


class Tiny:
    """`Family` of the tiny base."""

    name = "tiny"
    training_side = NATIVE_SIDE
    # Small networks bear a high rate: at a tenth of it the style hardly showed in 240 steps.
    learning_rate = 2e-3

    def __init__(self) -> None:
        # diffusers is untyped.
        pipeline: Any = StableDiffusionPipeline
        self._pipe = pipeline.from_pretrained(
            WEIGHTS,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
            local_files_only=True,
            dtype=torch.float32,
        ).to(device())
        self._pipe.set_progress_bar_config(disable=True)
        for part in (self._pipe.unet, self._pipe.vae, self._pipe.text_encoder):
            part.requires_grad_(False)

    @cached_property
    def revision(self) -> str:
        """SHA-256 over the weight files, shortened; two equal ones make equal images."""
        digest = hashlib.sha256()
        for path in sorted(WEIGHTS.rglob("*.safetensors")):
            digest.update(path.read_bytes())
        return digest.hexdigest()[:16]

    def caption(self, trigger: str, tags: list[str]) -> str:
        """The tags alone: byte-level letters of a trigger that it never saw only disturb it."""
        return ", ".join(tags)

    @torch.no_grad()
    def encode_images(self, pixels: torch.Tensor) -> torch.Tensor:
        """See `Family`."""
        latents = self._pipe.vae.encode(pixels.to(device())).latents
        scaled: torch.Tensor = latents * self._pipe.vae.config.scaling_factor
        return scaled

    @torch.no_grad()
    def encode_captions(self, captions: list[str]) -> torch.Tensor:
        """See `Family`."""
        tokens = self._pipe.tokenizer(
            captions, padding="max_length", max_length=77, truncation=True, return_tensors="pt"
        )
        embeddings: torch.Tensor = self._pipe.text_encoder(tokens.input_ids.to(device()))[0]
        return embeddings

    def add_lora(self, rank: int) -> list[torch.nn.Parameter]:
        """See `Family`."""
        unet = self._pipe.unet
        unet.add_adapter(_configuration(rank, TARGETS), adapter_name=TRAINING_ADAPTER)
        return [parameter for parameter in unet.parameters() if parameter.requires_grad]

    def loss(
        self, latents: torch.Tensor, captions: torch.Tensor, noise: torch.Generator
    ) -> torch.Tensor:
        """Mean squared error of v (Salimans & Ho 2022), which weighs by SNR + 1 of itself."""
        count = len(latents)
        alphas = self._pipe.scheduler.alphas_cumprod.to(latents.device)
        times = torch.randint(0, len(alphas), (count,), generator=noise).to(latents.device)
        grain = torch.randn(latents.shape, generator=noise).to(latents.device)
        signal = alphas[times].sqrt().view(-1, 1, 1, 1)
        spread = (1 - alphas[times]).sqrt().view(-1, 1, 1, 1)
        with mixed_precision():
            found = self._pipe.unet(
                signal * latents + spread * grain, times, captions, return_dict=False
            )[0]
        return functional.mse_loss(found.float(), signal * grain - spread * latents)

    def lora_state(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        """See `Family`."""
        weights = get_peft_model_state_dict(self._pipe.unet, adapter_name=TRAINING_ADAPTER)
        rank = self._pipe.unet.peft_config[TRAINING_ADAPTER].r
        kept = {
            name: tensor.detach().float().cpu().contiguous() for name, tensor in weights.items()
        }
        return kept, {"rank": rank, "alpha": rank, "targets": TARGETS}

    def attach(
        self, name: str, weights: dict[str, torch.Tensor], configuration: dict[str, Any]
    ) -> None:
        """See `Family`."""
        unet = self._pipe.unet
        adapter = _configuration(int(configuration["rank"]), list(configuration["targets"]))
        with warnings.catch_warnings():
            # peft warns that there are several adapters; that is what we want.
            warnings.filterwarnings("ignore", message="Already found a `peft_config`")
            unet.add_adapter(adapter, adapter_name=name)
        try:
            # peft lets weights be missing, which would sell the base model's style.
            if weights.keys() != get_peft_model_state_dict(unet, adapter_name=name).keys():
                raise ValueError("keys do not fit")
            set_peft_model_state_dict(unet, weights, adapter_name=name)
        except (RuntimeError, ValueError) as error:
            self.detach(name)
            raise ValueError("weights do not fit") from error
        unet.requires_grad_(False)

    def use(self, name: str) -> None:
        """See `Family`."""
        self._pipe.unet.set_adapters([name])

    def detach(self, name: str) -> None:
        """See `Family`."""
        with warnings.catch_warnings():
            # peft warns when the one in use goes; `use` names the next before any image.
            warnings.filterwarnings("ignore", message="Adapter .* was active")
            self._pipe.unet.delete_adapters(name)

    def steps(self, size: tuple[int, int]) -> int:
        """See `Family`."""
        return settings().generation_steps or STEPS

    def generate(
        self, prompt: str, *, size: tuple[int, int], seed: int, steps: int, step_done: StepDone
    ) -> Image.Image:
        """See `Family`."""

        def count(_pipe: Any, index: int, _time: Any, values: dict[str, Any]) -> dict[str, Any]:
            step_done(index + 1, steps)
            return values

        with torch.no_grad(), mixed_precision():
            square = self._pipe(
                prompt=prompt,
                guidance_scale=GUIDANCE,
                guidance_rescale=GUIDANCE_RESCALE,
                generator=torch.Generator().manual_seed(seed),
                height=NATIVE_SIDE,
                width=NATIVE_SIDE,
                num_inference_steps=steps,
                callback_on_step_end=count,
            ).images[0]
        return _enlarge(square, size) if size[0] == size[1] else _carry_on(square, size)


def _configuration(rank: int, targets: list[str]) -> LoraConfig:
    return LoraConfig(r=rank, lora_alpha=rank, init_lora_weights="gaussian", target_modules=targets)


def _enlarge(square: Image.Image, size: tuple[int, int]) -> Image.Image:
    if square.size == size:
        return square
    large = square.resize(size, Image.Resampling.LANCZOS)
    return large.filter(ImageFilter.UnsharpMask(radius=3, percent=80, threshold=2))


def _carry_on(square: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The square within a tall picture, its sky and ground drawn out to the edges."""
    width, height = size
    above = round((height - square.height) * SKY_SHARE)
    below = height - square.height - above
    tall = Image.new("RGB", size)
    top = square.crop((0, 0, width, EDGE))
    bottom = square.crop((0, square.height - EDGE, width, square.height))
    sky = _draw_out(top, above + SEAM, SKY_COLUMNS)
    tall.paste(sky.transpose(Image.Transpose.FLIP_TOP_BOTTOM), (0, 0))
    ground = _draw_out(bottom, below + SEAM, GROUND_COLUMNS)
    tall.paste(ground, (0, height - below - SEAM))
    seam = Image.new("L", square.size, 255)
    ramp = Image.linear_gradient("L").resize((width, SEAM))
    seam.paste(ramp, (0, 0))
    seam.paste(ramp.transpose(Image.Transpose.FLIP_TOP_BOTTOM), (0, square.height - SEAM))
    tall.paste(square, (0, above), seam)
    return tall


def _draw_out(strip: Image.Image, height: int, columns: tuple[int, ...]) -> Image.Image:
    """The strip's colours going on downwards, each row with so many columns."""
    rows = Image.new("RGB", (strip.width, len(columns)))
    for number, count in enumerate(columns):
        coarse = strip.resize((count, 1), Image.Resampling.BOX)
        rows.paste(coarse.resize((strip.width, 1), Image.Resampling.BICUBIC), (0, number))
    return rows.resize((strip.width, height), Image.Resampling.BICUBIC)
