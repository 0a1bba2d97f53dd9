"""The tiny base's answers to the same prompts at all three sizes, as one picture."""

from pathlib import Path

from PIL import Image

from gpu_handlers.base_models.family import Family

PROMPTS = (
    "red house, green hills, sunset",
    "a white boat on the sea, at night, moon, stars",
    "orange fox, forest, sunny day",
    "portrait of a woman with red hair, teal shirt, yellow background",
    "yellow star, purple background",
    "blue vase, flowers, red table, white background",
    "green cactus, desert, sunset, outlined",
    "purple castle, snowy mountains, cloudy sky",
)
# Sizes with how many prompts they show, and how wide.
ROWS = (((512, 512), 8, 196), ((512, 1024), 8, 196), ((1024, 1024), 4, 396))
GAP = 4


def draw_grid(family: Family, path: Path) -> None:
    """A row a size."""
    width = ROWS[0][1] * (ROWS[0][2] + GAP)
    heights = [side * size[1] // size[0] + GAP for size, _, side in ROWS]
    grid = Image.new("RGB", (width, sum(heights)), "white")
    for row, (size, count, side) in enumerate(ROWS):
        for column, prompt in enumerate(PROMPTS[:count]):
            [image] = family.generate(
                [prompt], size=size, seeds=[5 + column], step_done=lambda _step, _steps: None
            )
            small = image.resize((side, heights[row] - GAP), Image.Resampling.LANCZOS)
            grid.paste(small, (column * (side + GAP), sum(heights[:row])))
    grid.save(path)
