"""The buyer's part: three images, their files, and one of them shown to everybody."""

import hashlib
import time
from pathlib import Path
from typing import Any

from local.demo.person import DemoFailed, Person
from local.demo.pictures import check_image
from local.demo.report import MadeImage, Narrator
from local.demo.studio import ARTIST_NAME

# Each ratio with its size in pixels and what is asked for.
WISHES: dict[str, tuple[tuple[int, int], list[str]]] = {
    "1:1": ((512, 512), ["a red house on green hills", "sunset", "sun"]),
    "2:2": ((1024, 1024), ["a red boat on the sea", "night", "moon"]),
    "1:2": ((512, 1024), ["a blue vase with red flowers on a white table"]),
}
# Three polled at this pace stay below a user's hundred calls a minute.
POLL_SECONDS = 2.5
IMAGES_SECONDS_MAX = 540
COPY_SECONDS_MAX = 90


def order_images(buyer: Person, style_id: str, narrator: Narrator) -> list[str]:
    """Ask for one image in each ratio; gives their ids."""
    ordered = []
    for ratio, (_, tags) in WISHES.items():
        made = buyer.post(
            "/api/generations",
            {"style_id": style_id, "prompt_tags": tags, "aspect_ratio": ratio},
        )
        narrator.say(f"asked for {ratio}: {', '.join(tags)} (seed {made['seed']})")
        ordered.append(made["id"])
    return ordered


def watch_images(
    buyer: Person, ordered: list[str], narrator: Narrator
) -> list[tuple[dict[str, Any], float]]:
    """Poll until all are made; gives them with the seconds each took since it was asked for."""
    began = time.monotonic()
    made: dict[str, tuple[dict[str, Any], float]] = {}
    told: dict[str, str] = {}
    while len(made) < len(ordered):
        if time.monotonic() - began > IMAGES_SECONDS_MAX:
            raise DemoFailed(f"not all images were made after {IMAGES_SECONDS_MAX} s: {told}")
        for generation_id in ordered:
            if generation_id in made:
                continue
            image = buyer.get(f"/api/generations/{generation_id}")
            if (line := _describe(image)) != told.get(generation_id):
                narrator.say(line)
                told[generation_id] = line
            if image["status"] in {"failed", "canceled"}:
                raise DemoFailed(f"image {image['aspect_ratio']} failed: {image['failure']}")
            if image["status"] == "completed":
                made[generation_id] = (image, round(time.monotonic() - began, 1))
        time.sleep(POLL_SECONDS if len(made) < len(ordered) else 0)
    return [made[generation_id] for generation_id in ordered]


def collect_image(
    buyer: Person, image: dict[str, Any], seconds: float, folder: Path, narrator: Narrator
) -> MadeImage:
    """Download one image, check it and keep its file."""
    ratio = image["aspect_ratio"]
    size, tags = WISHES[ratio]
    content = buyer.download(image["image_url"])
    licence = check_image(content, size=size, artist=ARTIST_NAME, generation_id=image["id"])
    path = folder / f"{ratio.replace(':', '-')}.png"
    path.write_bytes(content)
    narrator.say(
        f"{ratio}: {size[0]}×{size[1]} pixels, {len(content) // 1000} kB, "
        f"XMP names {ARTIST_NAME} and {licence}"
    )
    return MadeImage(
        id=image["id"],
        aspect_ratio=ratio,
        width=size[0],
        height=size[1],
        prompt_tags=tags,
        seed=image["seed"],
        seconds=seconds,
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        licence_url=licence,
    )


def publish_image(buyer: Person, image: MadeImage, narrator: Narrator) -> str:
    """Show one image to everybody; gives its public address once it is served there."""
    buyer.patch(f"/api/generations/{image.id}", {"is_public": True})
    visitor = Person(buyer.url, "visitor", say=narrator.say)
    feed = visitor.get("/api/generations/feed")["results"]
    shown = [card for card in feed if card["id"] == image.id]
    if not shown:
        raise DemoFailed(f"image {image.id} is published and not in the public feed")
    address: str = shown[0]["image_url"]
    narrator.say(f"{image.aspect_ratio} is published and in a visitor's feed")
    content = fetch_copy(visitor, address)
    if hashlib.sha256(content).hexdigest() != image.sha256:
        raise DemoFailed(f"{address} serves other bytes than the buyer downloaded")
    narrator.say(f"served to everybody, byte for byte, at {address}")
    return address


def fetch_copy(person: Person, address: str) -> bytes:
    """A public file; copies are made after the change that publishes them, so wait for it."""
    deadline = time.monotonic() + COPY_SECONDS_MAX
    while True:
        try:
            return person.download(address)
        except DemoFailed:
            if time.monotonic() > deadline:
                raise
        time.sleep(1)


def _describe(image: dict[str, Any]) -> str:
    line = f"{image['aspect_ratio']} {image['status']}"
    if place := image["place_in_line"]:
        line += f", place {place['position']} in line"
        if (seconds := place["estimated_start_seconds"]) is not None:
            line += f", starts in about {seconds} s"
    if progress := image["progress"]:
        line += f", step {progress['current_step']} of {progress['total_steps']}"
    return line
