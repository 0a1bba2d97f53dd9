"""What everybody has, what moved, and the proof that it adds up."""

from typing import Any

from local.demo.person import DemoFailed, Person
from local.demo.report import Narrator

WELCOME_TOKENS = 100
OPERATOR = "oscar"


def balance_of(person: Person) -> dict[str, int]:
    """A person's tokens, by what they are."""
    answer = person.get("/api/tokens/balance")
    return {name: amount for name, amount in answer.items() if amount is not None}


def require_tokens(name: str, balance: dict[str, int], **wanted: int) -> None:
    """Raises DemoFailed unless these parts of a balance are as wanted."""
    found = {part: balance.get(part) for part in wanted}
    if found != wanted:
        raise DemoFailed(f"{name} should have {wanted} and has {found}")


def show_transactions(person: Person, narrator: Narrator) -> list[dict[str, Any]]:
    """A person's movements as a small table, newest first."""
    moved: list[dict[str, Any]] = person.get("/api/tokens/transactions")["results"]
    narrator.say(f"movements of {person.login}:")
    for row in moved:
        sign = "-" if row["direction"] == "out" else "+"
        line = f"{row['created_at'][:19]}  {row['kind']:<10} {sign}{row['amount']:<5}"
        print(f"             {line} {row['status']:<10} {row['memo']}", flush=True)
    return moved


def count_notifications(person: Person, narrator: Narrator, **wanted: int) -> list[str]:
    """What a person was told. Raises DemoFailed unless each type came as often as wanted."""
    told: list[str] = [row["type"] for row in person.get("/api/notifications")["results"]]
    found = {kind: told.count(kind) for kind in wanted}
    if found != wanted:
        raise DemoFailed(f"{person.login} should have been told {wanted} and was told {told}")
    said = ", ".join(f"{count} × {kind}" for kind, count in found.items())
    narrator.say(f"{person.login} was notified: {said}")
    return told


def prove_ledger(url: str, narrator: Narrator) -> dict[str, Any]:
    """Every invariant, as the operator sees it. Raises DemoFailed for a broken one."""
    operator = Person(url, OPERATOR, say=narrator.say)
    operator.sign_in()
    proof: dict[str, Any] = operator.get("/api/admin/ledger")
    for name, violations in proof["invariants"].items():
        verdict = "holds" if violations == 0 else f"BROKEN ({violations})"
        narrator.say(f"{name.replace('_', ' '):<32} {verdict}")
    if not proof["holds"]:
        raise DemoFailed("the ledger does not add up")
    return proof
