"""Acts about one image: its buyer, its style, its latest attempts; the latest image first."""

from uuid import UUID

from chalicelib.contracts.failures import FailureCode
from tests.faults.acts import Act, Ask, Cancel, Leave, Pay, SignIn
from tests.faults.model import Image, Model
from tests.faults.workers import (
    Begin,
    Complete,
    EndAgain,
    Fail,
    Lose,
    Progress,
    RollUp,
    Run,
)

ARTISTS = {"alice": 30, "dora": 45}
BUYERS = ("bob", "carol")
EVERYBODY = (*BUYERS, *ARTISTS)
TOKENS, MONEY = 500, 45_000
CODES = (FailureCode.CUDA_OOM, FailureCode.TIMEOUT, FailureCode.PROMPT_REJECTED)
OF_PEOPLE = (
    "ask",
    "ask",
    "ask and die",
    "cancel",
    "sign in",
    "leave",
    "pay",
    "give back",
    "give back",
)
OF_WORKERS = ("begin", "progress", "complete", "complete", "fail", "lose", "end again", "roll up")
KINDS = OF_PEOPLE + OF_WORKERS


def draft(model: Model, runs: list[Run], kind: str, number: int, variant: int) -> Act | None:
    """An act of this kind; None where it makes no sense now."""
    images = list(model.images.values())
    if not images or kind == "sign in":
        return SignIn(EVERYBODY[variant % len(EVERYBODY)])
    image = images[-1 - number % len(images)]
    if kind in OF_PEOPLE:
        return _of_people(model, kind, image, variant)
    if kind == "roll up":
        return RollUp()
    if kind == "end again":
        return None if image.is_open else EndAgain(image.id)
    attempts = [run for run in runs if run.image_id == image.id]
    return _of_worker(kind, attempts[-1 - variant % len(attempts)], variant) if attempts else None


def _of_people(model: Model, kind: str, image: Image, variant: int) -> Act | None:
    if kind in {"ask", "ask and die"}:
        styles = list(model.styles.values())
        style = styles[variant % len(styles)]
        buyer_id = style.artist_id if variant == 7 else image.buyer_id
        return Ask(buyer_id, style.id, dies=kind == "ask and die")
    if kind == "cancel":
        strangers = list(model.accounts)
        return Cancel(strangers[0] if variant == 7 else image.buyer_id, image.id)
    if kind == "leave":
        leavers = [image.buyer_id, *model.accounts]
        return Leave(leavers[variant % len(leavers)])
    return _of_payment(model, kind, image.buyer_id, variant)


def _of_payment(model: Model, kind: str, buyer_id: UUID, variant: int) -> Act | None:
    own = [one for one in model.purchases.values() if one.buyer_id == buyer_id]
    if not own:
        return None
    if kind == "pay":
        says = ("DONE", "DONE", "DONE", "DONE", "ABORTED", "EXPIRED")[variant % 6]
        return Pay(own[-1].id, says, is_right=variant != 7)
    if variant < 3:
        return Pay(own[-1].id, "CANCELED", canceled_amount=MONEY)
    return Pay(own[-1].id, "PARTIAL_CANCELED", canceled_amount=MONEY * variant // 8)


def _of_worker(kind: str, run: Run, variant: int) -> Act:
    drafts = {
        "begin": Begin(run),
        "progress": Progress(run),
        "complete": Complete(run),
        "fail": Fail(run, CODES[variant % len(CODES)]),
        "lose": Lose(run),
    }
    return drafts[kind]
