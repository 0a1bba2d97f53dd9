"""`make proof` prints each invariant and says by its exit code whether all hold."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.ledger.proof import INVARIANTS
from local import proof
from tests.ledger.moving import run
from tests.people import Cast

Prove = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def prove(cast: Cast, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Prove:
    """Its exit code and its lines, for the tests' database."""

    def run_it(*arguments: str) -> tuple[int, list[str]]:
        monkeypatch.setattr(sys, "argv", ["proof", *arguments])
        code = proof.main()
        return code, capsys.readouterr().out.splitlines()

    return run_it


def test_a_ledger_that_adds_up_exits_with_0(prove: Prove, cast: Cast) -> None:
    assert cast.bob.balance == 100
    code, lines = prove()
    assert code == 0
    assert [line.split()[:2] for line in lines[:-1]] == [["ok", name] for name in INVARIANTS]
    assert lines[-1].startswith(f"{len(INVARIANTS)} invariants in ")
    assert lines[-1].endswith("all hold")


def test_a_violation_is_named_and_exits_with_1(prove: Prove, cast: Cast) -> None:
    assert cast.bob.balance == 100
    run("UPDATE auth.users SET token_balance = token_balance + 3")
    code, lines = prove()
    assert code == 1
    assert ["FAULT", "issued_gap", "3"] in [line.split() for line in lines]
    assert "wrong_user_balances" in lines[-1]


def test_each_invariant_can_be_read_as_sql(prove: Prove) -> None:
    _, lines = prove("--sql")
    assert sum(line.strip().startswith("SELECT") for line in lines) == len(INVARIANTS)


def test_without_a_platform_it_says_so(
    prove: Prove, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    code, [line] = prove("--data", str(tmp_path))
    assert (code, line.split(":")[0]) == (1, "No platform is running here")
