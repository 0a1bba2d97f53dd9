"""The base models that this project can run, each described once."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diffusers import (
    AutoencoderKL,
    StableDiffusionImg2ImgPipeline,
    StableDiffusionPipeline,
    StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)

from gpu_handlers.base_models.family import Size
from gpu_handlers.base_models.tiny_autoencoder import TinyAutoencoder
from gpu_handlers.base_models.tiny_denoiser import TinyDenoiser

# Parts that the platform has no use for: prompts are tags that it has checked.
SD_OPTIONS = {
    **dict.fromkeys(("safety_checker", "feature_extractor", "image_encoder")),
    "requires_safety_checker": False,
}
SDXL_OPTIONS = {**dict.fromkeys(("feature_extractor", "image_encoder")), "add_watermarker": False}
ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")
EVERYTHING = (
    *ATTENTION,
    *("ff.net.0.proj", "ff.net.2", "proj_in", "proj_out"),
    *("conv1", "conv2", "conv_shortcut", "conv_in", "conv_out"),
)


@dataclass(frozen=True)
class Description:
    """What differs from one family to the next.

    `rendered` says at which size a picture of each size is first made: a smaller one is enlarged
    and refined, which keeps a subject from appearing twice; a larger one is scaled down.
    """

    name: str
    source: str
    licence: str
    licence_url: str
    # None: the weights lie in MODEL_DIR or in RunPod's cache of `source`.
    folder: Path | None
    pipeline: Any
    refiner: Any
    options: dict[str, Any]
    denoiser: Any
    autoencoder: Any
    training_size: int
    pixel_multiple: int
    rank: int
    learning_rate: float
    targets: tuple[str, ...]
    # Min-SNR weighting (Hang et al. 2023); None weighs alike all times with noise worth the name.
    snr_gamma: float | None
    steps: int
    guidance: float
    guidance_rescale: float
    rendered: dict[Size, Size]
    refine_strength: float = 0.4
    # Whether captions begin with the style's trigger.
    triggered: bool = True
    # DPM-Solver++ 2M with Karras sigmas instead of the sampler that the weights name.
    fast_sampler: bool = True


TINY = Description(
    name="tiny",
    source="local/tiny_base of this project",
    licence="the project's own",
    licence_url="",
    folder=Path(__file__).parent / "tiny_weights",
    pipeline=StableDiffusionPipeline,
    refiner=StableDiffusionImg2ImgPipeline,
    options=SD_OPTIONS,
    denoiser=TinyDenoiser,
    autoencoder=TinyAutoencoder,
    training_size=512,
    pixel_multiple=128,
    rank=16,
    # Small networks bear a high rate: at a tenth of it the style hardly showed in 240 steps.
    learning_rate=2e-3,
    targets=EVERYTHING,
    snr_gamma=None,
    steps=20,
    guidance=4.0,
    guidance_rescale=0.5,
    rendered={(512, 512): (512, 512), (512, 1024): (512, 1024), (1024, 1024): (512, 512)},
    # Byte-level letters of a trigger that it never saw only disturb it.
    triggered=False,
    fast_sampler=False,
)
SD15 = Description(
    name="sd15",
    source="stable-diffusion-v1-5/stable-diffusion-v1-5",
    licence="CreativeML OpenRAIL-M",
    licence_url="https://huggingface.co/spaces/CompVis/stable-diffusion-license",
    folder=None,
    pipeline=StableDiffusionPipeline,
    refiner=StableDiffusionImg2ImgPipeline,
    options=SD_OPTIONS,
    denoiser=UNet2DConditionModel,
    autoencoder=AutoencoderKL,
    training_size=512,
    pixel_multiple=64,
    rank=16,
    learning_rate=2e-4,
    targets=ATTENTION,
    snr_gamma=5.0,
    steps=25,
    guidance=7.0,
    guidance_rescale=0.0,
    rendered={(512, 512): (512, 512), (512, 1024): (384, 768), (1024, 1024): (512, 512)},
)
SDXL = Description(
    name="sdxl",
    source="stabilityai/stable-diffusion-xl-base-1.0",
    licence="CreativeML Open RAIL++-M",
    licence_url="https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0/blob/main/LICENSE.md",
    folder=None,
    pipeline=StableDiffusionXLPipeline,
    refiner=StableDiffusionXLImg2ImgPipeline,
    options=SDXL_OPTIONS,
    denoiser=UNet2DConditionModel,
    autoencoder=AutoencoderKL,
    training_size=1024,
    pixel_multiple=64,
    rank=16,
    learning_rate=1e-4,
    targets=ATTENTION,
    snr_gamma=5.0,
    steps=30,
    guidance=6.0,
    guidance_rescale=0.0,
    # Weak below 0.8 megapixels, so that smaller pictures are made large.
    rendered={(512, 512): (1024, 1024), (512, 1024): (704, 1408), (1024, 1024): (1024, 1024)},
)
DESCRIPTIONS = {one.name: one for one in (TINY, SD15, SDXL)}
