"""The rule `sl-sig/1`, pixel by pixel, and what files say of themselves (SPEC §3, Signature)."""

import io
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from chalicelib.contracts.jobs import Rights
from gpu_handlers.common import metadata
from gpu_handlers.common.signature import stamp
from tests.gpu_handlers.conftest import rights
from tests.people import signature

PEN = Image.open(io.BytesIO(signature()))


def ground(kind: str, size: tuple[int, int]) -> Image.Image:
    if kind == "busy":
        noise = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
        return Image.fromarray(noise)
    return Image.new(
        "RGB", size, {"white": (255,) * 3, "black": (0,) * 3, "grey": (120,) * 3}[kind]
    )


@pytest.mark.parametrize("size", [(512, 512), (1024, 1024), (512, 1024)])
@pytest.mark.parametrize("kind", ["white", "black", "grey", "busy"])
def test_position_and_size_are_the_same_on_every_picture(size: tuple[int, int], kind: str) -> None:
    stamped = stamp(ground(kind, size), PEN)
    short = min(size)
    left, top, right, bottom = stamped.box
    margin = round(0.03 * short)
    assert (right, bottom) == (size[0] - margin, size[1] - margin)
    assert right - left <= round(0.22 * short) + 1
    assert bottom - top <= round(0.10 * short) + 1
    assert right - left >= round(0.22 * short) - 1 or bottom - top >= round(0.10 * short) - 1


@pytest.mark.parametrize("kind", ["white", "black", "grey", "busy"])
def test_the_strokes_stand_out_from_what_is_around_them(kind: str) -> None:
    stamped = stamp(ground(kind, (512, 512)), PEN)
    grey = np.asarray(stamped.image.convert("L").crop(stamped.box), dtype=float)
    alone = stamp(Image.new("RGB", (512, 512), (255, 255, 255)), PEN)
    strokes = np.asarray(alone.image.convert("L").crop(alone.box)) < 80
    contrast = abs(grey[strokes].mean() - grey[~strokes].mean())
    assert contrast > 60


def test_only_the_corner_is_touched() -> None:
    picture = ground("busy", (512, 512))
    stamped = stamp(picture, PEN)
    changed = np.asarray(stamped.image) != np.asarray(picture)
    rows, columns = np.where(changed.any(axis=2))
    left, top, right, bottom = stamped.box
    assert rows.min() >= top - 12
    assert columns.min() >= left - 12
    assert changed[top:bottom, left:right].mean() > 0.1


def test_a_signature_on_paper_is_lifted_off_it() -> None:
    paper = Image.new("RGB", (400, 150), (244, 240, 230))
    ImageDraw.Draw(paper).line([(30, 100), (180, 30), (370, 110)], fill=(20, 20, 60), width=8)
    stamped = stamp(ground("grey", (512, 512)), paper)
    inside = np.asarray(stamped.image.convert("L").crop(stamped.box), dtype=float)
    # Most of the box is still the picture: the paper did not come along.
    assert (abs(inside - 120) < 12).mean() > 0.4


def test_an_empty_signature_is_an_error() -> None:
    with pytest.raises(ValueError, match="no strokes"):
        stamp(ground("white", (512, 512)), Image.new("RGBA", (300, 100)))


def test_the_file_tells_artist_licence_and_source_to_exiftool(tmp_path: Path) -> None:
    tool = shutil.which("exiftool")
    assert tool, "exiftool is missing: make test installs it"
    said = Rights.model_validate(rights())
    stamped = stamp(ground("grey", (512, 512)), PEN).image
    files = {
        "image.png": metadata.write_png(stamped, said),
        "thumbnail.webp": metadata.write_thumbnail(stamped, said),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        printed = subprocess.run(
            [tool, "-json", "-G1", "-charset", "utf8", str(tmp_path / name)],
            capture_output=True,
            check=True,
        ).stdout
        found = json.loads(printed)[0]
        assert found["XMP-dc:Creator"] == "김하늘 & <Söhne>"
        assert found["XMP-xmpRights:WebStatement"] == "https://example.com/licenses/abc"
        assert found["XMP-plus:LicensorURL"] == "https://example.com/licenses/abc"
        assert found["XMP-iptcExt:DigitalSourceType"].endswith("trainedAlgorithmicMedia")
        assert found["XMP-photoshop:Credit"] == "김하늘 & <Söhne> / Style License"
        assert 'Gold "Night"' in found["XMP-dc:Title"]
        assert found["IFD0:Artist"] == "김하늘 & <Söhne>"
        assert "prompt" not in printed.decode().lower()


def test_the_pixels_are_as_they_were(tmp_path: Path) -> None:
    stamped = stamp(ground("busy", (512, 512)), PEN).image
    written = metadata.write_png(stamped, Rights.model_validate(rights()))
    assert Image.open(io.BytesIO(written)).convert("RGB").tobytes() == stamped.tobytes()
