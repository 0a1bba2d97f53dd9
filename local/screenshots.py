"""`python -m local.screenshots`: README's pictures, taken of a seeded platform that runs."""

import argparse
import io
import os
import secrets
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from PIL import Image

from local.chromium import chromium
from local.debian import Unavailable
from local.demo.person import DemoFailed, Person
from local.demo.studio import Offer, register_style, upgrade
from local.run import read_state
from local.seed.pictures import draw_face, draw_works
from local.seed.plan import Member, Studio
from local.seed.signatures import sign_capitals
from local.stack import ROOT

IMAGES = ROOT / "docs" / "images"
NAMES = ("feed", "style", "training", "my-page")
BYTES_MAX = 350_000
# Lower until a picture is small enough.
QUALITIES = (92, 86, 78, 70)


def draft_newcomer() -> Member:
    """An artist who joins now, so that there is a training to be seen."""
    return Member(
        login=f"ines-{secrets.token_hex(2)}",
        username=f"ines.{secrets.token_hex(2)}",
        bio="Printmaker in Porto. Blue ink, pear wood, rain on the window.",
        portrait=2045,
        studio=Studio(
            artist_name="Inês Ferreira",
            hand="blue woodcut",
            scenes=(2028, 2000, 2010, 2014, 2024, 2032, 2036, 2039, 2040, 2050, 2055, 2059),
            title="Blue Hour Woodcut",
            description="Blue ink on white, cut along the grain.",
            price_tokens=18,
            signature=partial(sign_capitals, "INÊS"),
        ),
    )


def join(url: str, member: Member) -> str:
    """Sign in, become an artist and submit the style; gives its id."""
    person, studio = Person(url, member.login), member.studio
    if studio is None:
        raise DemoFailed(f"{member.login} has no style to train")
    person.sign_in()
    upgrade(person, name=studio.artist_name, signature=studio.signature())
    key = person.upload("profile_image", [draw_face(member)])[0]
    person.patch("/api/users/me", {"profile_image_upload_key": key, "bio": member.bio})
    offer = Offer(studio.title, studio.description, studio.price_tokens, studio.artist_name)
    return str(register_style(person, offer, draw_works(studio))["id"])


def shrink(picture: Image.Image) -> bytes:
    """As WebP, whose colours stay. Raises DemoFailed when it stays too large."""
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.convert("RGB").save(out, "WEBP", quality=quality, method=6)
        if len(out.getvalue()) <= BYTES_MAX:
            return out.getvalue()
    raise DemoFailed(f"a picture has more than {BYTES_MAX} bytes")


def take(url: str, folder: Path) -> None:
    """All four, into `folder` as the browser gives them. Raises DemoFailed."""
    member = draft_newcomer()
    style_id = join(url, member)
    done = subprocess.run(
        ["npx", "playwright", "test", "--project", "portraits", "--reporter", "line"],
        cwd=ROOT / "frontend",
        env={
            **os.environ,
            "WEB_URL": url,
            "CHROMIUM": str(chromium(ROOT / ".local")),
            "PORTRAITS": str(folder),
            "NEWCOMER": member.login,
            "STYLE": style_id,
        },
        check=False,
    )
    if done.returncode:
        raise DemoFailed("the browser did not come to the end")


def main() -> int:
    """Take them and keep them; gives the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(".local"), help="the stack's data")
    options = parser.parse_args()
    state = read_state(options.data)
    if not state:
        print(f"No platform runs in {options.data}: make run SEED=1", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        try:
            take(state["url"], Path(folder))
            for name in NAMES:
                with Image.open(Path(folder) / f"{name}.png") as picture:
                    content = shrink(picture)
                (IMAGES / f"{name}.webp").write_bytes(content)
                print(f"docs/images/{name}.webp has {len(content) // 1000} kB")
        except (DemoFailed, Unavailable) as failure:
            print(f"FAILED: {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
