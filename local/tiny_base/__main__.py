"""From nothing to the tiny base's weights: pictures, encoder, decoder, denoiser; then a grid.

`decoder` and `denoiser` may run side by side, one core each; `denoiser` may be stopped and goes on,
and runs in several processes under `torchrun --nproc-per-node 2 -m local.tiny_base denoiser`.
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import diffusers
import torch
from transformers import CLIPTextModel, CLIPTokenizer

from gpu_handlers.base_models import load_fresh
from gpu_handlers.base_models.tiny_autoencoder import TinyAutoencoder
from gpu_handlers.base_models.tiny_denoiser import TinyDenoiser
from local.tiny_base.data import FIRST, draw_pictures, encode_pictures, load_latents
from local.tiny_base.decoder import train_decoder
from local.tiny_base.denoiser import make_tokenizer, schedule, train_denoiser
from local.tiny_base.encoder import fit_encoder, load_encoder, save_encoder
from local.tiny_base.grid import draw_grid, of_family, of_folder

PICTURES = 2000
COUNTS = {"square": 14_000, "tall": 4_000, "large": 1_500}
STAGES = ("pictures", "decoder", "denoiser", "weights")
MINUTES = {"decoder": 40.0, "denoiser": 95.0}


def main() -> None:
    """Run one stage, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m local.tiny_base", description=__doc__)
    parser.add_argument("stage", choices=[*STAGES, "grid", "all"])
    parser.add_argument(
        "--work", type=Path, default=Path(".tiny_base"), help="where stages leave things"
    )
    parser.add_argument("--out", type=Path, help="where `weights` and `grid` write")
    parser.add_argument("--beside", type=Path, help="another base's folder, for `grid`")
    parser.add_argument("--minutes", type=float, help="of training, on one core")
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    asked.work.mkdir(parents=True, exist_ok=True)
    for stage in STAGES if asked.stage == "all" else [asked.stage]:
        if stage == "pictures":
            _pictures(asked.work)
        elif stage == "weights":
            _weights(asked.work, asked.out or asked.work / "weights")
        elif stage == "grid":
            others = [of_folder(asked.beside)] if asked.beside else []
            ours = of_family(load_fresh("tiny"))
            draw_grid([*others, ours], asked.out or asked.work / "grid.png")
        else:
            train = train_decoder if stage == "decoder" else train_denoiser
            train(asked.work, asked.minutes or MINUTES[stage])


def _pictures(work: Path) -> None:
    pictures = draw_pictures(work / "pictures.npy", PICTURES)
    save_encoder(fit_encoder(pictures), work / "encoder.npz")
    for shape in FIRST:
        encode_pictures(work, load_encoder(work / "encoder.npz"), shape, COUNTS[shape])
    make_tokenizer(work, load_latents(work, "square")[1])


def _weights(work: Path, out: Path) -> None:
    """Half precision: the file is half as large, and pictures differ by less than a grey level."""
    half = torch.float16
    denoiser: Any = TinyDenoiser
    parts = {
        "vae": TinyAutoencoder.from_pretrained(work / "autoencoder", torch_dtype=half),
        "unet": denoiser.from_pretrained(work / "unet", torch_dtype=half),
        "text_encoder": CLIPTextModel.from_pretrained(work / "text_encoder", torch_dtype=half),
        "tokenizer": CLIPTokenizer.from_pretrained(work / "tokenizer"),
        "scheduler": schedule(),
    }
    shutil.rmtree(out, ignore_errors=True)
    for name, part in parts.items():
        part.save_pretrained(out / name)
    for path in out.glob("*/config.json"):
        # diffusers notes where a part was read from.
        told = json.loads(path.read_text())
        told.pop("_name_or_path", None)
        path.write_text(json.dumps(told, indent=2) + "\n")
    index: dict[str, Any] = {
        "_class_name": "StableDiffusionPipeline",
        "_diffusers_version": diffusers.__version__,
    }
    for name, part in parts.items():
        # Our own classes are handed to the pipeline; any model may stand here for them.
        library = "transformers" if name in ("text_encoder", "tokenizer") else "diffusers"
        own = name in ("vae", "unet")
        index[name] = [library, "ModelMixin" if own else type(part).__name__]
    for name in ("safety_checker", "feature_extractor", "image_encoder"):
        index[name] = [None, None]
    index["requires_safety_checker"] = False
    (out / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")


if __name__ == "__main__":
    main()
