"""Styles in any state, without the way there."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert

from chalicelib.kit import clock
from chalicelib.kit.db import transaction
from chalicelib.tables import Style
from tests.people import Person


def make_style(
    artist: Person,
    *,
    status: str = "completed",
    price: int = 30,
    title: str = "Water Dreams",
    **columns: Any,
) -> UUID:
    """A style of this artist; a completed one has a LoRA by name."""
    trained = {
        "lora_key": "loras/x.safetensors",
        "lora_sha256": "0" * 64,
        "trained_at": clock.now(),
    }
    values = {
        "artist_id": artist.id,
        "title": title,
        "description": "Made by hand.",
        "generation_cost_tokens": price,
        "training_status": status,
        "rights_name": artist.name,
        "rights_accepted_at": clock.now(),
        "trigger": "sl00000000",
        **(trained if status == "completed" else {}),
        **columns,
    }
    with transaction() as db:
        style_id: UUID = db.execute(insert(Style).values(**values).returning(Style.id)).scalar_one()
    return style_id
