"""Stable Diffusion pipelines with random weights, their parts joined as the true ones are: as large
as those, or as small as two cores demand."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
)

NOISE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
# diffusers is untyped.
_UNet: Any = UNet2DConditionModel


@dataclass(frozen=True)
class Size:
    """What differs between a whole model and a small one."""

    unet: tuple[int, ...]
    layers: int
    transformers: tuple[int, ...]
    autoencoder: tuple[int, ...]
    text_layers: tuple[int, int]
    text_inner: int


SMALL = Size((160, 320, 640), 1, (1, 1, 1), (32, 32, 64, 64), (3, 3), 1)
WHOLE = Size((320, 640, 1280, 1280), 2, (1, 2, 10), (128, 256, 512, 512), (12, 32), 4)


def write(name: str, folder: Path, size: Size = SMALL) -> None:
    """A pipeline's folder, `sd15` or `sdxl`, the same each time."""
    tokenizer: Any = CLIPTokenizer()
    words = ["a red house style on green hills, sunset", "abcdefghijklmnopqrstuvwxyz"]
    trained = tokenizer.train_new_from_iterator(words, vocab_size=400)
    trained.model_max_length = 77
    torch.manual_seed(0)
    {"sd15": _sd15, "sdxl": _sdxl}[name](trained, size).save_pretrained(folder)


def _sd15(tokenizer: Any, size: Size) -> Any:
    crossed = len(size.unet) - 1
    return StableDiffusionPipeline(
        vae=_autoencoder(0.18215, size),
        text_encoder=_text(tokenizer, 768, size.text_layers[0], size, projected=False),
        tokenizer=tokenizer,
        unet=_UNet(
            sample_size=64,
            block_out_channels=size.unet,
            layers_per_block=size.layers,
            down_block_types=("CrossAttnDownBlock2D",) * crossed + ("DownBlock2D",),
            up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * crossed,
            cross_attention_dim=768,
            attention_head_dim=8,
        ).half(),
        scheduler=DDIMScheduler(**NOISE, steps_offset=1, clip_sample=False),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def _sdxl(tokenizer: Any, size: Size) -> Any:
    return StableDiffusionXLPipeline(
        vae=_autoencoder(0.13025, size),
        text_encoder=_text(tokenizer, 768, size.text_layers[0], size, projected=False),
        text_encoder_2=_text(tokenizer, 1280, size.text_layers[1], size, projected=True),
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        unet=_UNet(
            sample_size=128,
            block_out_channels=size.unet[:3],
            layers_per_block=size.layers,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            transformer_layers_per_block=size.transformers,
            cross_attention_dim=2048,
            attention_head_dim=(5, 10, 20),
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=2816,
        ).half(),
        scheduler=EulerDiscreteScheduler(**NOISE, steps_offset=1),
        add_watermarker=False,
    )


def _text(tokenizer: Any, width: int, layers: int, size: Size, *, projected: bool) -> Any:
    model = CLIPTextModelWithProjection if projected else CLIPTextModel
    end = tokenizer.eos_token_id
    return model(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=width,
            intermediate_size=width * size.text_inner,
            num_hidden_layers=layers,
            num_attention_heads=width // 64,
            projection_dim=width,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=end,
            pad_token_id=end,
        )
    )


def _autoencoder(factor: float, size: Size) -> AutoencoderKL:
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=size.autoencoder,
        layers_per_block=size.layers,
        latent_channels=4,
        scaling_factor=factor,
    )
