"""The artist's part: a new account, a signature, artworks, a style and its training."""

import time
from dataclasses import dataclass
from typing import Any

from local.demo.person import DemoFailed, Person, Upload
from local.demo.pictures import Artwork
from local.demo.report import Narrator
from local.demo.signature import draw_signature

ARTIST_NAME = "김미나"
POLL_SECONDS = 2
TRAINING_SECONDS_MAX = 540
MILESTONE_PERCENT = 5


def become_artist(artist: Person, narrator: Narrator) -> dict[str, Any]:
    """Sign in for the first time and upgrade; gives the account."""
    artist.sign_in()
    narrator.say(f"{artist.login} signed in through OpenID, for the first time")
    account = upgrade(artist, name=ARTIST_NAME, signature=draw_signature())
    narrator.say(f"became the artist {ARTIST_NAME}, with a signature")
    return account


def upgrade(person: Person, *, name: str, signature: bytes) -> dict[str, Any]:
    """Make a signed-in user an artist, with a signature in PNG; gives the account."""
    key = person.upload("signature", [Upload("signature.png", signature, "image/png")])[0]
    account: dict[str, Any] = person.post(
        "/api/users/me/upgrade-to-artist",
        {"artist_name": name, "email": person.email, "signature_upload_key": key},
    )
    if account["role"] != "artist":
        raise DemoFailed(f"{person.login} is {account['role']} after the upgrade")
    return account


@dataclass(frozen=True)
class Offer:
    """What an artist says of a style, and what an image in it costs."""

    title: str
    description: str
    price_tokens: int
    rights_name: str


def register_style(artist: Person, offer: Offer, artworks: list[Artwork]) -> dict[str, Any]:
    """Upload the artworks and hand them in; gives the style."""
    keys = artist.upload("artwork", [artwork.upload for artwork in artworks])
    style: dict[str, Any] = artist.post(
        "/api/styles",
        {
            "title": offer.title,
            "description": offer.description,
            "generation_cost_tokens": offer.price_tokens,
            "artworks": [
                {"upload_key": key, "filename": artwork.upload.filename, "tags": artwork.tags}
                for key, artwork in zip(keys, artworks, strict=True)
            ],
            "rights_statement": {"name": offer.rights_name, "accepted": True},
        },
    )
    return style


OFFER = Offer(
    title="Coral Papercut",
    description="Flat paper shapes in coral, navy and cream, with a thick outline.",
    price_tokens=10,
    rights_name=ARTIST_NAME,
)


def submit_style(artist: Person, artworks: list[Artwork], narrator: Narrator) -> dict[str, Any]:
    """Upload the artworks and register the style; gives it."""
    style = register_style(artist, OFFER, artworks)
    size = sum(len(artwork.upload.content) for artwork in artworks) / 1e6
    narrator.say(f"uploaded {len(artworks)} artworks ({size:.1f} MB)")
    price = f"{OFFER.price_tokens} tokens an image"
    narrator.say(f'submitted "{OFFER.title}", {price}; style {style["id"]}')
    return style


def watch_training(artist: Person, style_id: str, narrator: Narrator) -> dict[str, Any]:
    """Poll until the style is trained; gives it. Raises DemoFailed when it fails or takes long."""
    deadline = time.monotonic() + TRAINING_SECONDS_MAX
    line = noted = ""
    while time.monotonic() < deadline:
        style: dict[str, Any] = artist.get(f"/api/styles/{style_id}")
        if style["training_status"] == "completed":
            narrator.say(f"trained; {len(style['sample_urls'])} samples")
            return style
        if style["training_status"] == "failed":
            raise DemoFailed(f"the training failed: {style['failure']}")
        line = _describe(style)
        if (milestone := _milestone(style) or line) != noted:
            narrator.say(line)
            noted = milestone
        time.sleep(POLL_SECONDS)
    raise DemoFailed(f"the training was not done after {TRAINING_SECONDS_MAX} s; last: {line}")


def _milestone(style: dict[str, Any]) -> str:
    """Changes every few percent, so that the terminal is not filled."""
    progress = style["progress"]
    return str(progress["progress_percent"] // MILESTONE_PERCENT) if progress else ""


def _describe(style: dict[str, Any]) -> str:
    progress = style["progress"]
    if style["training_status"] == "pending":
        seen = [artwork for artwork in style["artworks"] or [] if artwork["is_valid"] is not None]
        return f"pending; {len(seen)} of {len(style['artworks'] or [])} artworks inspected"
    if not progress:
        return "training; waiting for a worker"
    left = progress["estimated_seconds"]
    return (
        f"training {progress['progress_percent']:3} %, epoch {progress['current_epoch']} of "
        f"{progress['total_epochs']}" + (f", about {left} s left" if left is not None else "")
    )
