"""Picture files on their way in and out: an artist's folder, and what an image says of itself."""

import html
import io
import re
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from local.demo.person import DemoFailed, Upload

COUNT_MIN, COUNT_MAX = 10, 100
SIDE_MIN, SIZE_BYTES_MAX = 512, 10_000_000
SUFFIXES = {".png", ".jpg", ".jpeg"}
CONTENT_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}
XMP = "XML:com.adobe.xmp"
_STATEMENT = re.compile(r"<xmpRights:WebStatement>([^<]*)</xmpRights:WebStatement>")
_NOT_IN_TAGS = re.compile(r"[^a-z ]+")


@dataclass(frozen=True)
class Artwork:
    """A training picture and what is on it."""

    upload: Upload
    tags: list[str]


def read_folder(folder: Path) -> list[Artwork]:
    """The pictures of a folder, tagged by their names. Raises DemoFailed saying what is wrong."""
    if not folder.is_dir():
        raise DemoFailed(f"{folder} is not a folder")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not COUNT_MIN <= len(files) <= COUNT_MAX:
        wanted = f"{COUNT_MIN} to {COUNT_MAX} JPG or PNG files are needed"
        raise DemoFailed(f"{folder} holds {len(files)} pictures; {wanted}")
    return [read_artwork(path, _tags_of(path)) for path in files]


def read_artwork(path: Path, tags: list[str]) -> Artwork:
    """One picture. Raises DemoFailed when the platform would refuse it."""
    content = path.read_bytes()
    try:
        with Image.open(io.BytesIO(content)) as image:
            size, kind = image.size, CONTENT_TYPES.get(image.format or "")
    except (UnidentifiedImageError, OSError) as error:
        raise DemoFailed(f"{path.name} cannot be read as a picture: {error}") from error
    if kind is None:
        raise DemoFailed(f"{path.name} is neither JPG nor PNG inside")
    if min(size) < SIDE_MIN:
        small = f"{size[0]}×{size[1]}"
        raise DemoFailed(f"{path.name} has {small} pixels; {SIDE_MIN}×{SIDE_MIN} are needed")
    if len(content) > SIZE_BYTES_MAX:
        raise DemoFailed(f"{path.name} has {len(content)} bytes; {SIZE_BYTES_MAX} are allowed")
    return Artwork(Upload(path.name, content, kind), tags)


def check_image(content: bytes, *, size: tuple[int, int], artist: str, generation_id: str) -> str:
    """The licence address that an image carries.

    Raises DemoFailed unless size, artist and licence are right.
    """
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        found, packet = image.size, str(image.info.get(XMP, ""))
    if found != size:
        raise DemoFailed(f"image {generation_id} has {found} pixels instead of {size}")
    if html.escape(artist, quote=False) not in packet:
        raise DemoFailed(f"image {generation_id} does not name the artist {artist} in its XMP")
    statement = _STATEMENT.search(packet)
    if not statement or not statement[1].endswith(f"/licenses/{generation_id}"):
        raise DemoFailed(f"image {generation_id} does not carry the address of its licence")
    return html.unescape(statement[1])


def _tags_of(path: Path) -> list[str]:
    words = _NOT_IN_TAGS.sub(" ", path.stem.lower()).split()
    return [" ".join(words)[:60].strip()] if words else []
