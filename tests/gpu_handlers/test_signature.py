"""The rule `sl-sig/1`, pixel by pixel, and what files say of themselves (SPEC §3, Signature)."""

import io
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from chalicelib.contracts.jobs import Rights
from gpu_handlers.common import metadata
from gpu_handlers.common.signature import _fit, stamp, strokes_of
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


def grounds(size: tuple[int, int]) -> dict[str, Image.Image]:
    """Light, dark and busy ones, and those that are light where half of the signature stands."""
    width, height = size
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    rounds = np.random.default_rng(1).integers(0, 255, (height, width), dtype=np.uint8)
    coarse = Image.fromarray(rounds[::16, ::16]).resize(size, Image.Resampling.BICUBIC)
    grey = {
        "stripes": (across // 8 % 2) * 255,
        "slanted stripes": ((across + down) // 20 % 2) * 200 + 20,
        "checks": ((across // 12 + down // 12) % 2) * 255,
        "half and half": (across > width - 0.14 * min(size)) * 255,
        "above and below": (down > height - 0.06 * min(size)) * 255,
        "slope": across * 255 / width,
        "noise": rounds,
        "blots": np.asarray(coarse),
    }
    flat = {level: np.full((height, width), level) for level in (0, 40, 90, 128, 150, 200, 255)}
    return {
        str(name): Image.fromarray(np.asarray(values, np.uint8)).convert("RGB")
        for name, values in {**grey, **flat}.items()
    }


def luminance(image: Image.Image) -> np.ndarray:
    colours = np.asarray(image.convert("RGB"), dtype=float) / 255
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def contrasts(image: Image.Image, box: tuple[int, int, int, int]) -> np.ndarray:
    """The ratio (WCAG 2.2) of each stroke's pixel to what surrounds it as far as it is wide."""
    size = (box[2] - box[0], box[3] - box[1])
    strokes = np.asarray(_fit(strokes_of(PEN), min(image.size)).resize(size), dtype=float) / 255
    near = round(0.012 * min(image.size))
    wide = (box[0] - near, box[1] - near, box[2] + near, box[3] + near)
    found = luminance(image.crop(wide))
    ink = np.pad(strokes, near)
    around = (ink < 0.05).astype(float)
    weight = gaussian_filter(around, near / 2) + 1e-6
    ground = gaussian_filter(found * around, near / 2) / weight
    ratio = (found + 0.05) / (ground + 0.05)
    return np.asarray(np.maximum(ratio, 1 / ratio)[ink > 0.8])


@pytest.mark.parametrize("size", [(512, 512), (1024, 1024), (512, 1024)])
def test_the_signature_is_legible_on_whatever_there_is(size: tuple[int, int]) -> None:
    for name, picture in grounds(size).items():
        stamped = stamp(picture, PEN)
        found = contrasts(stamped.image, stamped.box)
        assert np.median(found) >= 3, name
        assert (found < 1.5).mean() < 0.02, name


@pytest.mark.parametrize("rendition", [metadata.THUMBNAIL, metadata.PREVIEW])
def test_smaller_renditions_keep_it_legible(rendition: tuple[tuple[int, int], int]) -> None:
    said = Rights.model_validate(rights())
    for name, picture in grounds((1024, 1024)).items():
        stamped = stamp(picture, PEN)
        small = Image.open(io.BytesIO(metadata.write_webp(stamped.image, said, rendition)))
        scale = small.width / stamped.image.width
        left, top, right, bottom = (round(side * scale) for side in stamped.box)
        assert np.median(contrasts(small, (left, top, right, bottom))) >= 2, name


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
        "preview.webp": metadata.write_webp(stamped, said, metadata.PREVIEW),
        "thumbnail.webp": metadata.write_webp(stamped, said, metadata.THUMBNAIL),
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
        assert found["XMP-dc:Subject"] == ['Gold "Night"', "AI-generated"]
        assert found["XMP-dc:Description"].startswith("AI-generated image in the style")
        assert found["XMP-dc:Rights"] == found["IFD0:Copyright"]
        assert found["XMP-xmpRights:Marked"] is True
        assert "https://example.com/licenses/abc" in found["XMP-xmpRights:UsageTerms"]
        assert found["XMP-plus:LicensorName"] == "김하늘 & <Söhne>"
        assert "GENAIMLTRAINING" in found["XMP-plus:DataMining"].upper().replace(" ", "")
        assert found["XMP-iptcExt:AISystemUsed"] == found["XMP-xmp:CreatorTool"] == "Style License"
        assert found["XMP-iptcExt:AISystemVersionUsed"] == "tiny"
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
