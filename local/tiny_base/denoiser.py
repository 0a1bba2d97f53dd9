"""Training the denoiser and its text encoder, together, on latents of all three shapes."""

import copy
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import DDIMScheduler
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from gpu_handlers.base_models.tiny_denoiser import TinyDenoiser
from gpu_handlers.common.device import mixed_precision
from local.tiny_base.data import load_latents
from local.tiny_base.encoder import CHANNELS
from local.tiny_base.muon import Muon
from local.tiny_base.together import Together

# How often a step takes this shape, of how many pictures a process, and up to which time of 1000:
# large ones are only ever refined.
STEPS = {"square": (0.66, 56, 1000), "tall": (0.24, 28, 1000), "large": (0.1, 14, 600)}
RATE, VECTOR_RATE, DECAY = 0.015, 2e-3, 0.1
# Large pictures only once there is something to refine.
LARGE_FROM = 0.5
WARM_UP_STEPS, STEADY_SHARE, LAST_RATE = 40, 0.5, 0.02
CAPTION_DROPOUT = 0.1
EASY_NOISE = 0.25
EMA = 0.998
TEXT_WIDTH, TOKENS = 128, 77
SAVE_SECONDS = 240


class Denoiser(nn.Module):
    """The two networks that learn together."""

    def __init__(self, tokenizer: CLIPTokenizer) -> None:
        super().__init__()
        end = tokenizer.eos_token_id
        self.text_encoder = CLIPTextModel(
            CLIPTextConfig(
                vocab_size=len(tokenizer),
                hidden_size=TEXT_WIDTH,
                intermediate_size=3 * TEXT_WIDTH,
                num_hidden_layers=2,
                num_attention_heads=4,
                max_position_embeddings=TOKENS,
                projection_dim=TEXT_WIDTH,
                bos_token_id=tokenizer.bos_token_id,
                eos_token_id=end,
                pad_token_id=end,
            )
        )
        # diffusers is untyped.
        self.unet: Any = TinyDenoiser(
            sample_size=16,
            in_channels=CHANNELS,
            out_channels=CHANNELS,
            block_out_channels=(96, 128, 160),
            layers_per_block=1,
            down_block_types=("CrossAttnDownBlock2D",) * 3,
            up_block_types=("CrossAttnUpBlock2D",) * 3,
            cross_attention_dim=TEXT_WIDTH,
            attention_head_dim=(3, 4, 5),
            norm_num_groups=16,
        )

    def forward(
        self, noisy: torch.Tensor, times: torch.Tensor, tokens: torch.Tensor
    ) -> torch.Tensor:
        """v of noisy latents (n, channels, h, w)."""
        with mixed_precision():
            words = self.text_encoder(tokens)[0]
            found: torch.Tensor = self.unet(noisy, times, words, return_dict=False)[0]
        return found.float()

    def optimiser(self) -> Muon:
        """Muon for what multiplies, Adam for embeddings, norms and the two ends."""
        matrices: list[nn.Parameter] = []
        vectors: list[nn.Parameter] = []
        for name, parameter in self.named_parameters():
            inner = parameter.ndim > 1 and not any(
                part in name for part in ("conv_in", "conv_out", "embedding")
            )
            (matrices if inner else vectors).append(parameter)
        return Muon(matrices, vectors, rate=RATE, vector_rate=VECTOR_RATE, decay=DECAY)

    def save(self, folder: Path) -> None:
        """As the folders of a Stable Diffusion pipeline."""
        self.unet.save_pretrained(folder / "unet")
        self.text_encoder.save_pretrained(folder / "text_encoder")


def schedule() -> Any:
    """v-prediction down to no signal at all (Lin et al. 2024), sampled from the very end."""
    scheduler: Any = DDIMScheduler
    return scheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )


@dataclass
class Shape:
    """The pictures of one shape: latents (n, 2, channels, h, w) and their captions' tokens."""

    latents: torch.Tensor
    tokens: torch.Tensor


def train_denoiser(folder: Path, minutes: float, steps_max: int = 10**9) -> None:
    """Write `unet/` and `text_encoder/`; goes on from `denoiser.pt` where that is there."""
    together = Together()
    torch.manual_seed(1)
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    shapes = {name: _load(folder, name, tokenizer) for name in STEPS}
    training = _Training(tokenizer, shapes, folder / "denoiser.pt")
    empty = _tokens(tokenizer, [""])[0]
    torch.manual_seed(training.step * together.count + together.rank)
    began = saved = time.monotonic()
    before = training.seconds
    losses: dict[str, list[float]] = {name: [] for name in shapes}
    while (done := together.agree((before + time.monotonic() - began) / (60 * minutes))) < 1:
        if training.step >= steps_max:
            break
        name = _next_shape(training.step, done)
        latents, tokens = _batch(shapes[name], STEPS[name][1], empty)
        loss = training.loss(latents, tokens, STEPS[name][2])
        loss.backward()  # type: ignore[no-untyped-call]
        together.average_gradients(training.network.parameters())
        training.take_step(done)
        losses[name].append(loss.item())
        if together.rank:
            continue
        if training.step % 50 == 0:
            means = {
                shape: round(float(np.mean(tail[-40:])), 4)
                for shape, tail in losses.items()
                if tail
            }
            print(f"denoiser {training.step} {done:.3f} {means}", flush=True)
        if time.monotonic() - saved > SAVE_SECONDS:
            saved = time.monotonic()
            training.seconds = before + saved - began
            training.save(folder)
    if together.rank == 0:
        training.seconds = before + time.monotonic() - began
        training.save(folder)
        print(f"denoiser {training.step} steps")


class _Training:
    """The networks, their running mean and their optimiser."""

    def __init__(self, tokenizer: CLIPTokenizer, shapes: dict[str, Shape], path: Path) -> None:
        self.network = Denoiser(tokenizer)
        self.alphas = schedule().alphas_cumprod
        spreads = [shape.latents[:1000].float().std((0, 1, 3, 4)) for shape in shapes.values()]
        self.network.unet.spreads.copy_(torch.stack(spreads).mean(0))
        self.network.unet.alphas.copy_(self.alphas)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self.optimiser = self.network.optimiser()
        self.step, self.seconds, self._path = 0, 0.0, path
        if path.exists():
            state = torch.load(path, weights_only=True)
            self.network.load_state_dict(state["network"])
            self.average.load_state_dict(state["average"])
            self.optimiser.restore(state["optimiser"])
            self.step, self.seconds = state["step"], state["seconds"]

    def loss(self, latents: torch.Tensor, tokens: torch.Tensor, last_time: int) -> torch.Tensor:
        """v's squared error, as far as its noise is not so little that copying would do."""
        times = torch.randint(0, last_time, (len(latents),))
        alphas = self.alphas[times][:, None, None, None]
        signal, spread = alphas.sqrt(), (1 - alphas).sqrt()
        noise = torch.randn_like(latents)
        found = self.network(signal * latents + spread * noise, times, tokens)
        weights = (1 - alphas) / (1 - alphas).clamp(min=EASY_NOISE**2)
        errors = (found - (signal * noise - spread * latents)).square()
        mean: torch.Tensor = (weights * errors).mean()
        return mean

    def take_step(self, done: float) -> None:
        """Learn from the gradients; the running mean follows."""
        self.optimiser.step(_share(self.step, done))
        self.step += 1
        _follow(self.average, self.network, min(EMA, self.step / (self.step + 20)))

    def save(self, folder: Path) -> None:
        """What a pipeline loads, and what a later run goes on from."""
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state(),
            "step": self.step,
            "seconds": self.seconds,
        }
        fresh = self._path.with_suffix(".new")
        torch.save(state, fresh)
        fresh.rename(self._path)
        self.average.save(folder)


def _next_shape(step: int, done: float) -> str:
    """The same for every process."""
    names = [name for name in STEPS if name != "large" or done > LARGE_FROM]
    return random.Random(step).choices(names, [STEPS[one][0] for one in names])[0]


def _share(step: int, done: float) -> float:
    """Warm-up, steady, then straight down."""
    falling = max(LAST_RATE, (1 - done) / (1 - STEADY_SHARE)) if done > STEADY_SHARE else 1.0
    return min(1.0, (step + 1) / WARM_UP_STEPS) * falling


@torch.no_grad()
def _follow(average: nn.Module, network: nn.Module, keep: float) -> None:
    for mine, theirs in zip(average.parameters(), network.parameters(), strict=True):
        mine.lerp_(theirs, 1 - keep)


def _load(folder: Path, name: str, tokenizer: CLIPTokenizer) -> Shape:
    latents, captions = load_latents(folder, name)
    return Shape(latents, _tokens(tokenizer, captions))


def _tokens(tokenizer: CLIPTokenizer, captions: list[str]) -> torch.Tensor:
    encoded: torch.Tensor = tokenizer(
        captions, padding="max_length", max_length=TOKENS, truncation=True, return_tensors="pt"
    ).input_ids
    return encoded


def _batch(shape: Shape, count: int, empty: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    rows = torch.randint(0, len(shape.latents), (count,))
    tokens = shape.tokens[rows].clone()
    tokens[torch.rand(count) < CAPTION_DROPOUT] = empty
    return shape.latents[rows, torch.randint(0, 2, (count,))].float(), tokens


def make_tokenizer(folder: Path, captions: list[str]) -> None:
    """Write `tokenizer/`: byte pairs of these captions, and single letters for all other words."""
    alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
    letters = [f"{letter} {letter}{letter}" for letter in alphabet]
    tokenizer: Any = CLIPTokenizer()
    trained = tokenizer.train_new_from_iterator([*captions, *letters], vocab_size=1000)
    trained.model_max_length = TOKENS
    trained.save_pretrained(folder / "tokenizer")
