"""What artists upload: works in their own hand, and a face for everybody."""

import io
import random

from PIL import Image

from local.demo.person import Upload
from local.demo.pictures import Artwork
from local.drawings.canvas import Look
from local.drawings.looks import ARTISTS
from local.drawings.scenes import draw_scene
from local.seed.plan import Member, Studio

WORK_SIDE, FACE_SIDE = 768, 512


def draw_works(studio: Studio) -> list[Artwork]:
    """The artworks that a style is trained on, with what is on them."""
    works = []
    for number, scene in enumerate(studio.scenes, start=1):
        picture, words = draw_scene(
            (WORK_SIDE, WORK_SIDE), ARTISTS[studio.hand], random.Random(scene)
        )
        name = f"{number:02}-{words.tags[0].replace(' ', '-')}.png"
        works.append(Artwork(Upload(name, _png(picture), "image/png"), words.tags))
    return works


def draw_face(member: Member) -> Upload:
    """A profile picture, an artist's in their own hand."""
    look = ARTISTS[member.studio.hand] if member.studio else Look()
    picture, _ = draw_scene((FACE_SIDE, FACE_SIDE), look, random.Random(member.portrait))
    return Upload("portrait.png", _png(picture), "image/png")


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
