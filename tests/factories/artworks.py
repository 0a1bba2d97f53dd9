"""Artworks of a style as they are after its submission."""

from typing import Any
from uuid import UUID, uuid4

import boto3
from sqlalchemy import insert

from chalicelib.kit.db import transaction
from chalicelib.tables import Artwork
from tests.factories.submissions import plain


def make_artworks(
    style_id: UUID, *contents: bytes | None, content_type: str = "image/png", **columns: Any
) -> list[str]:
    """One for each file, 0.png, 1.png …; None is a file that never came. Answers their keys."""
    keys = []
    for position, content in enumerate(contents):
        artwork_id = uuid4()
        keys.append(f"artworks/{style_id}/{artwork_id}.png")
        if content is not None:
            boto3.client("s3").put_object(Bucket="private", Key=keys[-1], Body=content)
        values = {
            "id": artwork_id,
            "style_id": style_id,
            "position": position,
            "filename": f"{position}.png",
            "object_key": keys[-1],
            "content_type": content_type,
            "size_bytes": len(content or plain()),
            "width": 512,
            "height": 512,
            **columns,
        }
        with transaction() as db:
            db.execute(insert(Artwork).values(**values))
    return keys
