"""The story from beginning to end."""

import secrets
import shutil
from pathlib import Path
from typing import Any

from local.demo import money, order, studio
from local.demo.artworks import draw_artworks
from local.demo.person import Person
from local.demo.pictures import Artwork, read_artwork, read_folder
from local.demo.report import MadeImage, Narrator, Report
from local.demo.sheet import draw_sheet


def run(url: str, data: Path, artworks: Path | None = None) -> Report:
    """Everything the platform is for, on the running one at `url`; results in `data`/demo.

    `artworks` is a folder of 10 to 100 pictures; without it the demo draws its own.
    Raises DemoFailed.
    """
    given = read_folder(artworks) if artworks else None
    folder = data / "demo"
    for part in ("artworks", "samples"):
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).mkdir(parents=True)
    report = Report(url)
    narrator = Narrator(report)
    people = [Person(url, f"{name}-{secrets.token_hex(2)}", say=narrator.say) for name in _NAMES]
    artist, buyer = people
    with narrator.stage("artist", "An artist joins"):
        report.artist = _identity(artist, studio.become_artist(artist, narrator))
        report.tokens["artist_before"] = money.balance_of(artist)
    _make_style(artist, given, folder, report, narrator)
    _make_images(buyer, folder, report, narrator)
    _count_tokens(artist, buyer, report, narrator)
    with narrator.stage("ledger", "The operator proves the ledger"):
        report.ledger = money.prove_ledger(url, narrator)
    _keep(folder, report, narrator)
    return report


_NAMES = ("mina", "joon")


def _make_style(
    artist: Person,
    given: list[Artwork] | None,
    folder: Path,
    report: Report,
    narrator: Narrator,
) -> None:
    with narrator.stage("artworks", "The artist submits a style"):
        artworks = given or _draw(folder / "artworks", narrator)
        for artwork in given or ():
            (folder / "artworks" / artwork.upload.filename).write_bytes(artwork.upload.content)
        style = studio.submit_style(artist, artworks, narrator)
    with narrator.stage("training", "The style is trained"):
        style = studio.watch_training(artist, style["id"], narrator)
        for number, address in enumerate(style["sample_urls"], start=1):
            content = order.fetch_copy(artist, address)
            (folder / "samples" / f"{number}.webp").write_bytes(content)
    report.style = {
        "id": style["id"],
        "title": style["title"],
        "price_tokens": style["generation_cost_tokens"],
        "artworks": len(artworks),
    }


def _draw(folder: Path, narrator: Narrator) -> list[Artwork]:
    drawn = draw_artworks(folder)
    narrator.say(f"drew {len(drawn)} artworks into {folder}")
    return [read_artwork(path, tags) for path, tags in drawn.items()]


def _make_images(buyer: Person, folder: Path, report: Report, narrator: Narrator) -> None:
    with narrator.stage("buyer", "A buyer joins"):
        report.buyer = _identity(buyer, buyer.sign_in())
        report.tokens["buyer_before"] = balance = money.balance_of(buyer)
        money.require_tokens(buyer.login, balance, token_balance=money.WELCOME_TOKENS)
        narrator.say(f"{buyer.login} signed in and has {money.WELCOME_TOKENS} welcome tokens")
    with narrator.stage("images", "Three images are made"):
        ordered = order.order_images(buyer, report.style["id"], narrator)
        for image, seconds in order.watch_images(buyer, ordered, narrator):
            report.images.append(order.collect_image(buyer, image, seconds, folder, narrator))
    with narrator.stage("publishing", "One is shown to everybody"):
        shown = report.images[0]
        address = order.publish_image(buyer, shown, narrator)
        report.published = {"id": shown.id, "url": address}


def _count_tokens(artist: Person, buyer: Person, report: Report, narrator: Narrator) -> None:
    with narrator.stage("tokens", "Tokens are counted"):
        spent = report.style["price_tokens"] * len(report.images)
        has, earned = money.balance_of(buyer), money.balance_of(artist)
        report.tokens |= {"buyer_after": has, "artist_after": earned}
        left = money.WELCOME_TOKENS - spent
        money.require_tokens(buyer.login, has, token_balance=left, held_tokens=0)
        money.require_tokens(artist.login, earned, earned_token_balance=spent)
        narrator.say(f"{buyer.login} has {left} tokens left, {artist.login} has earned {spent}")
        report.transactions = money.show_transactions(buyer, narrator)
        money.show_transactions(artist, narrator)
        report.notifications = {
            "artist": money.count_notifications(artist, narrator, style_training_complete=1),
            "buyer": money.count_notifications(
                buyer, narrator, generation_complete=len(report.images)
            ),
        }


def _keep(folder: Path, report: Report, narrator: Narrator) -> None:
    with narrator.stage("sheet", "Results are kept"):
        sheet = folder / "contact-sheet.png"
        draw_sheet(
            sheet,
            title=report.style["title"],
            subtitle=f"by {report.artist['login']}, trained and used on {report.url}",
            artworks=sorted((folder / "artworks").iterdir()),
            samples=sorted((folder / "samples").iterdir()),
            images=[(folder / image.file, _caption(image)) for image in report.images],
        )
        report.files = {"folder": str(folder), "contact_sheet": str(sheet)}
    narrator.finish()
    report.write(folder / "report.json")
    narrator.say(f"images, contact sheet and report.json are in {folder}")


def _caption(image: MadeImage) -> str:
    asked = f"{image.aspect_ratio}  {', '.join(image.prompt_tags)}"
    return f"{asked}\nseed {image.seed}, there after {image.seconds:.0f} s"


def _identity(person: Person, account: dict[str, Any]) -> dict[str, Any]:
    return {"login": person.login, "id": account["id"], "username": account["username"]}
