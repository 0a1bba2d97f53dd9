"""`python -m benchmarks.fidelity`: LoRA ÷ base, in distance from the artist's held-out works.

Each artist of `local/drawings` gives twelve artworks to the trainer; the base and the LoRA then
answer the same prompts with the same seeds. 1 is as far as the base, 0 is the artist; `floor` is
what the twelve themselves come to.
"""

import argparse
import io
import json
import random
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import numpy as np
import torch
from PIL import Image

from benchmarks.fidelity.measures import MEASURES, Picture
from benchmarks.fidelity.subject import share_recognised
from chalicelib.contracts.jobs import TrainingJob
from gpu_handlers.base_models import load_fresh
from gpu_handlers.base_models.family import Family
from gpu_handlers.training import dataset
from gpu_handlers.training.lora import Plan, Trained, train
from gpu_handlers.training.recipe import Recipe
from local.drawings.canvas import Look
from local.drawings.looks import ARTISTS
from local.drawings.scenes import Words, draw_scene

ARTWORKS, HELD_OUT = 12, 24
SIZE = (512, 512)
# Which scenes: the artist's works, those kept from the trainer, and those that are asked for.
WORKS, OTHERS, ASKED = 100_000, 200_000, 300_000
AIM = 0.5


@dataclass(frozen=True)
class Outcome:
    """One artist's."""

    ratios: dict[str, float]
    floors: dict[str, float]
    recognised: tuple[float, float]
    trained: Trained
    seconds: float
    pictures: list[Picture]


def draw(look: Look, first: int, count: int) -> list[tuple[Image.Image, Words]]:
    """Scenes by number, the same for every artist."""
    return [draw_scene(SIZE, look, random.Random(first + number)) for number in range(count)]


def main() -> None:
    """Print a line an artist, and write a picture to look at."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fidelity", description=__doc__)
    parser.add_argument("--family", default="tiny")
    parser.add_argument("--artists", nargs="*", default=list(ARTISTS))
    parser.add_argument("--prompts", type=int, default=12)
    parser.add_argument("--grid", type=Path, help="where to write the pictures, side by side")
    parser.add_argument("--recipe", type=json.loads, default={}, help='such as {"steps_min": 400}')
    parser.add_argument("--rate", type=float, help="another learning rate than the family's")
    parser.add_argument("--rank", type=int)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    prompts = [words.tags for _, words in draw(Look(), ASKED, asked.prompts)]
    base = load_fresh(asked.family)
    plain = generate(base, prompts)
    plain_share = share_recognised(base, plain, prompts)
    outcomes = {}
    print(f"{'':16}" + "".join(f"{name:>18}" for name in MEASURES) + "   subject   held out   s")
    for name in asked.artists:
        family = load_fresh(asked.family)
        family.learning_rate = asked.rate or family.learning_rate
        family.rank = asked.rank or family.rank
        recipe = replace(Recipe(), **asked.recipe)
        outcomes[name] = one = try_artist(base, family, ARTISTS[name], recipe, prompts, plain)
        one = replace(one, recognised=(plain_share, one.recognised[1]))
        columns = "".join(f"{one.ratios[m]:9.2f} ({one.floors[m]:.2f})".rjust(18) for m in MEASURES)
        loss = f"{one.trained.held_out_before:.3f}>{one.trained.held_out:.3f}"
        share = f"{one.recognised[0]:.2f}>{one.recognised[1]:.2f}"
        print(f"{name:16}{columns} {share:>11} {loss:>12} {one.seconds:4.0f}", flush=True)
    for measure in MEASURES:
        ratios = [one.ratios[measure] for one in outcomes.values()]
        within = sum(ratio <= AIM for ratio in ratios)
        print(f"{measure}: mean {np.mean(ratios):.2f}, halved for {within} of {len(ratios)}")
    if asked.grid:
        rows = [plain[:8], *(pictures_of(name, one) for name, one in outcomes.items())]
        write_grid(asked.grid, rows)


def pictures_of(name: str, outcome: Outcome) -> list[Picture]:
    """Two of the artist's own, then what was made."""
    own = [np.asarray(image) for image, _ in draw(ARTISTS[name], WORKS, 2)]
    return [*own, *outcome.pictures[:6]]


def try_artist(
    base: Family,
    family: Family,
    look: Look,
    recipe: Recipe,
    prompts: list[list[str]],
    plain: list[Picture],
) -> Outcome:
    """Train on the artist's works, answer the prompts, compare with works kept aside."""
    began = time.monotonic()
    works = draw(look, WORKS, ARTWORKS)
    trained = fit(family, works, recipe)
    seconds = time.monotonic() - began
    made = generate(family, prompts)
    theirs = [np.asarray(image) for image, _ in draw(look, OTHERS, HELD_OUT)]
    own = [np.asarray(image) for image, _ in works]
    far = {name: measure(plain, theirs) for name, measure in MEASURES.items()}
    return Outcome(
        ratios={name: measure(made, theirs) / far[name] for name, measure in MEASURES.items()},
        floors={name: measure(own, theirs) / far[name] for name, measure in MEASURES.items()},
        recognised=(0.0, share_recognised(base, made, prompts)),
        trained=trained,
        seconds=seconds,
        pictures=made,
    )


def fit(family: Family, works: list[tuple[Image.Image, Words]], recipe: Recipe) -> Trained:
    """The worker's own trainer on these works."""
    job = TrainingJob.model_validate(
        {
            "job_id": UUID(int=1),
            "attempt": 1,
            "attempt_key": "0" * 16,
            "style_id": UUID(int=2),
            "base_model": family.name,
            "trigger": "sl7f3a",
            "artworks": [
                {"artwork_id": UUID(int=number + 3), "tags": words.tags}
                for number, (_, words) in enumerate(works)
            ],
            "sample_prompts": [],
            "seed": 7,
            "deadline_seconds": 10_000,
            "rights": {
                "artist_id": UUID(int=1),
                "artist_name": "",
                "style_id": UUID(int=2),
                "style_title": "",
                "licence_url": "",
                "created_at": "",
                "base_model": family.name,
            },
        }
    )
    data = dataset.prepare(family, job, [png(image) for image, _ in works], recipe)
    plan = Plan(
        steps=recipe.steps(len(works)),
        seed=job.seed,
        deadline_seconds=job.deadline_seconds,
        stop=threading.Event(),
        step_done=lambda _: None,
    )
    return train(family, data, recipe, plan)


def png(image: Image.Image) -> bytes:
    """As an artist would upload it."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def generate(family: Family, prompts: list[list[str]]) -> list[Picture]:
    """One picture a prompt; prompt and place in the list decide the seed."""
    made = []
    for number, tags in enumerate(prompts):
        images = family.generate(
            [family.caption("sl7f3a", tags)],
            size=SIZE,
            seeds=[1000 + number],
            step_done=lambda _step, _steps: None,
        )
        made += [np.asarray(image) for image in images]
    return made


def write_grid(path: Path, rows: list[list[Picture]], side: int = 192) -> None:
    """Rows of pictures, a little apart."""
    grid = Image.new("RGB", ((side + 4) * max(map(len, rows)), (side + 4) * len(rows)), "white")
    for down, row in enumerate(rows):
        for across, picture in enumerate(row):
            small = Image.fromarray(picture).resize((side, side), Image.Resampling.LANCZOS)
            grid.paste(small, (across * (side + 4), down * (side + 4)))
    grid.save(path)


if __name__ == "__main__":
    main()
