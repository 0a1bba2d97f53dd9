"""The demo's own drawings are pictures that the platform takes, and foreign ones are checked."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from chalicelib.kit.text import is_english, normalise_tag
from local.demo.artworks import ARTWORKS, draw_artworks
from local.demo.paper import BLUE, CORAL, CREAM, GOLD, MIST, NAVY, PEACH
from local.demo.person import DemoFailed, read_forms
from local.demo.pictures import check_image, read_folder
from local.demo.sheet import draw_sheet
from local.demo.signature import draw_signature

PALETTE = (BLUE, CORAL, CREAM, GOLD, MIST, NAVY, PEACH)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, list[str]]:
    return draw_artworks(tmp_path_factory.mktemp("artworks"))


def test_twelve_different_artworks_are_large_enough(drawn):
    contents = {path.read_bytes() for path in drawn}
    assert len(contents) == len(drawn) == 12
    for path in drawn:
        with Image.open(path) as image:
            assert (image.format, image.mode, image.size) == ("PNG", "RGB", (768, 768))


def test_they_share_one_palette(drawn):
    for path in drawn:
        with Image.open(path) as image:
            pixels = np.asarray(image.reduce(4), dtype=np.int16).reshape(-1, 1, 3)
        distances = np.abs(pixels - np.array(PALETTE)[None]).max(axis=2).min(axis=1)
        assert (distances < 20).mean() > 0.7, f"{path.name} has colours of its own"


def test_the_same_artworks_are_drawn_each_time():
    draw, _ = ARTWORKS["house"]
    assert draw().tobytes() == draw().tobytes()


def test_tags_are_english_and_spelt_as_they_are_kept(drawn):
    for tags in drawn.values():
        assert tags
        assert all(is_english(tag) and normalise_tag(tag) == tag for tag in tags)


def test_the_signature_is_ink_on_nothing():
    with Image.open(io.BytesIO(draw_signature())) as image:
        assert image.mode == "RGBA"
        assert image.width >= 400
        alpha = np.asarray(image.getchannel("A"))
    assert alpha.max() == 255
    assert not alpha[[0, -1]].any()
    assert 0.01 < (alpha > 0).mean() < 0.2


def test_a_folder_of_artworks_is_tagged_by_its_file_names(drawn):
    artworks = read_folder(next(iter(drawn)).parent)
    assert len(artworks) == 12
    assert (artworks[0].upload.filename, artworks[0].tags) == ("01-house.png", ["house"])
    assert artworks[0].upload.content_type == "image/png"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda folder: (folder / "0.png").unlink(), "holds 9 pictures"),
        (lambda folder: Image.new("RGB", (511, 900)).save(folder / "0.png"), "511×900"),
        (lambda folder: (folder / "0.png").write_bytes(b"no picture"), "cannot be read"),
        (
            lambda folder: Image.new("RGB", (600, 600)).save(folder / "0.png", format="GIF"),
            "neither JPG nor PNG",
        ),
    ],
)
def test_a_folder_that_the_platform_would_refuse_is_explained(tmp_path, change, said):
    for number in range(10):
        Image.new("RGB", (512, 512)).save(tmp_path / f"{number}.png")
    change(tmp_path)
    with pytest.raises(DemoFailed, match=said):
        read_folder(tmp_path)


def test_an_image_without_its_licence_is_not_accepted():
    out = io.BytesIO()
    Image.new("RGB", (512, 512)).save(out, "PNG")
    for size, said in (((512, 512), "does not name the artist"), ((512, 1024), "pixels")):
        with pytest.raises(DemoFailed, match=said):
            check_image(out.getvalue(), size=size, artist="김미나", generation_id="1")


def test_a_sign_in_page_is_read_as_a_person_would():
    page = """<form method="post" action="/a"><button name="login" value="al">Al</button></form>
    <form method="post" action="/b"><input type="hidden" name="prompt" value="login">
    <input name="login" required><input type="password" name="password"></form>"""
    quick, typed = read_forms(page)
    assert (quick.action, quick.typed) == ("/a", [])
    assert (typed.action, typed.fields, typed.typed) == (
        "/b",
        {"prompt": "login"},
        ["login", "password"],
    )


def test_the_contact_sheet_is_cut_to_what_it_shows(drawn, tmp_path):
    tall = tmp_path / "1-2.png"
    Image.new("RGB", (512, 1024)).save(tall)
    path = tmp_path / "contact-sheet.png"
    draw_sheet(
        path,
        title="Coral Papercut",
        subtitle="by mina",
        artworks=list(drawn),
        samples=list(drawn)[:4],
        images=[(next(iter(drawn)), "1:1\nseed 1"), (tall, "1:2\nseed 2")],
    )
    with Image.open(path) as sheet:
        assert 1000 < sheet.width < 2000
        assert 700 < sheet.height < 1600
        corner = np.asarray(sheet.crop((0, sheet.height - 20, sheet.width, sheet.height)))
    assert len(np.unique(corner.reshape(-1, 3), axis=0)) == 1
