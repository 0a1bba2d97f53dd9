"""The recipe of the tiny base, each stage in miniature, and what it left in the repository."""

import hashlib
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import CLIPTokenizer

from gpu_handlers.base_models.descriptions import TINY
from gpu_handlers.base_models.tiny_autoencoder import TinyAutoencoder
from gpu_handlers.base_models.tiny_denoiser import NOISE_MIN, TinyDenoiser
from local.drawings.looks import ARTISTS
from local.drawings.scenes import draw_scene
from local.tiny_base import decoder, denoiser
from local.tiny_base.data import SIZES, Encoder, draw, encode_pictures, load_latents
from local.tiny_base.denoiser import make_tokenizer, schedule, train_denoiser
from local.tiny_base.encoder import fit_encoder, save_encoder, write_encoder
from local.tiny_base.muon import orthogonal


def test_the_weights_are_small_and_whole() -> None:
    assert TINY.folder is not None
    files = list(TINY.folder.rglob("*.safetensors"))
    assert {path.parent.name for path in files} == {"unet", "vae", "text_encoder"}
    assert sum(path.stat().st_size for path in TINY.folder.rglob("*")) < 30_000_000
    assert not any("/" in path.read_text() for path in TINY.folder.glob("*/config.json"))


def test_a_number_is_a_picture_for_ever() -> None:
    digest = hashlib.sha256()
    for shape in ("square", "tall"):
        for number in range(4):
            image, caption = draw(number, shape)
            assert image.size == SIZES[shape]
            digest.update(image.tobytes() + caption.encode())
    again = hashlib.sha256()
    for shape in ("square", "tall"):
        for number in range(4):
            image, caption = draw(number, shape)
            again.update(image.tobytes() + caption.encode())
    assert digest.digest() == again.digest()


def test_every_artist_draws_the_same_scene_in_another_hand() -> None:
    seen = {
        draw_scene((128, 128), look, random.Random(5))[0].tobytes() for look in ARTISTS.values()
    }
    assert len(seen) == len(ARTISTS) >= 6


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    return np.stack([np.asarray(draw(number, "square")[0]) for number in range(40)])


@pytest.fixture(scope="module")
def encoder(pictures: np.ndarray) -> Encoder:
    return fit_encoder(pictures)


def test_the_convolution_is_the_encoder(pictures: np.ndarray, encoder: Encoder) -> None:
    autoencoder = TinyAutoencoder()
    write_encoder(encoder, autoencoder)
    pixels = torch.from_numpy(pictures[:1].copy()).permute(0, 3, 1, 2).float() / 127.5 - 1
    latents = autoencoder.encode(pixels).latents[0].detach().numpy()
    assert latents.shape == (48, 16, 16)
    assert np.abs(latents - encoder(pictures[0]).astype(np.float32)).max() < 0.01
    assert latents.std() == pytest.approx(1, abs=0.5)
    assert autoencoder.decode(torch.zeros(1, 48, 16, 32))[0].shape == (1, 3, 512, 1024)


def test_newton_schulz_comes_near_an_orthogonal_matrix() -> None:
    matrix = torch.randn(24, 60, generator=torch.Generator().manual_seed(1))
    stretched = torch.linalg.svdvals(orthogonal(matrix))
    assert stretched.min() > 0.5
    assert stretched.max() < 1.5


def test_v_is_what_the_guessed_picture_says() -> None:
    network = TinyDenoiser(
        sample_size=8,
        in_channels=4,
        out_channels=4,
        block_out_channels=(16, 16),
        norm_num_groups=4,
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D",) * 2,
        up_block_types=("CrossAttnUpBlock2D",) * 2,
        cross_attention_dim=8,
        attention_head_dim=2,
    )
    network.alphas.copy_(schedule().alphas_cumprod)
    with torch.no_grad():
        network.conv_out.weight.zero_()
        network.conv_out.bias.copy_(torch.tensor([1.0, 2, 3, 4]))
    noisy, times = torch.randn(2, 4, 8, 8), torch.tensor([999, 300])
    v = network(noisy, times, torch.zeros(2, 3, 8), return_dict=False)[0]
    alphas = network.alphas[times].view(-1, 1, 1, 1)
    noise = (1 - alphas).sqrt().clamp(min=NOISE_MIN)
    picture = alphas.sqrt() * noisy - noise * v
    assert torch.allclose(picture[0, :, 0, 0], torch.tensor([1.0, 2, 3, 4]), atol=1e-4)
    assert torch.allclose(picture[1, :, 3, 5], torch.tensor([1.0, 2, 3, 4]), atol=1e-4)


def test_every_stage_runs_and_the_denoiser_goes_on_where_it_was(
    tmp_path: Path, pictures: np.ndarray, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "pictures.npy", pictures)
    save_encoder(encoder, tmp_path / "encoder.npz")
    for shape in SIZES:
        encode_pictures(tmp_path, encoder, shape, 2)
    make_tokenizer(tmp_path, load_latents(tmp_path, "square")[1])
    tokenizer = CLIPTokenizer.from_pretrained(tmp_path / "tokenizer")
    assert tokenizer.model_max_length == 77
    monkeypatch.setattr(decoder, "BATCH", 1)
    decoder.train_decoder(tmp_path, minutes=0.03)
    TinyAutoencoder.from_pretrained(tmp_path / "autoencoder")
    monkeypatch.setattr(denoiser, "STEPS", dict.fromkeys(SIZES, (1, 1, 1000)))
    train_denoiser(tmp_path, minutes=10, steps_max=2)
    first = torch.load(tmp_path / "denoiser.pt", weights_only=True)
    train_denoiser(tmp_path, minutes=10, steps_max=3)
    then = torch.load(tmp_path / "denoiser.pt", weights_only=True)
    assert (first["step"], then["step"]) == (2, 3)
    loaded = TinyDenoiser.from_pretrained(tmp_path / "unet")
    assert torch.equal(loaded.spreads, then["average"]["unet.spreads"])
