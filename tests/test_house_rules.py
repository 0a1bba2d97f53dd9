"""Rules of the house that no linter knows; each message says why the rule is there."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from chalicelib.tables import Base

ROOT = Path(__file__).resolve().parents[1]
ITSELF = Path(__file__).relative_to(ROOT)
MODULE_LINES_MAX = 300
FUNCTION_LINES_MAX = 50
CODE = ("chalicelib", "gpu_handlers", "local")
MIGRATIONS = "chalicelib/migrations/"

# Who writes which table (DESIGN: any room may read any table, only its owner writes it).
OWNERS = {
    "auth.users": "accounts",
    "auth.artists": "accounts",
    "auth.former_users": "accounts",
    "token.transactions": "ledger",
    "token.entries": "ledger",
    "token.artist_credits": "ledger",
    "token.proofs": "ledger",
    "token.proved_sums": "ledger",
    "token.purchases": "purchases",
    "style.styles": "styles",
    "style.artworks": "styles",
    "style.closest_calls": "styles",
    "generation.generations": "generations",
    "generation.licences": "licences",
    "community.follows": "community",
    "community.likes": "community",
    "community.comments": "community",
    "tagging.tags": "tags",
    "tagging.style_tags": "tags",
    "tagging.artwork_tags": "tags",
    "tagging.generation_tags": "tags",
    "system.notifications": "notifications",
    "system.jobs": "jobs",
    "system.outbox": "kit",
    "system.turns": "kit",
    "system.idempotent_answers": "web",
}
# The balances are the ledger's and the counters the community's; the rows they stand in are not.
# A purchase is paid by the statement that credits it.
ALSO_UPDATES = {
    ("ledger", "auth.users"),
    ("ledger", "auth.artists"),
    ("ledger", "token.purchases"),
    ("community", "generation.generations"),
    ("community", "auth.artists"),
}
WRITES = {"insert": "insert", "upsert": "insert", "update": "update", "delete": "delete"}
SQL_WRITE = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM|MERGE INTO)\s+(\w+\.\w+)", re.IGNORECASE)

ENVIRONMENT_READERS = ("chalicelib/kit/settings.py", "gpu_handlers/common/settings.py", "app.py")
COMMITTERS = ("chalicelib/kit/db.py", f"{MIGRATIONS}env.py")

UNWANTED_TEXT = {
    "a package registry's host: clients are configured on the machine, never in the repository": (
        r"\b(pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com)\b"
    ),
    "a path of one machine: it exists on no other": (
        r"(?:^|[\s\"'`=:(])/(?:work|root|Users|home/\w+)/\w"
    ),
    "a note to oneself: do it, or open an issue": r"\b(TODO|FIXME|XXX|HACK)\b",
}


def _modules() -> list[Path]:
    found = [path for folder in CODE for path in sorted((ROOT / folder).rglob("*.py"))]
    return [ROOT / "app.py", *found]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _nodes(*kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kinds):
                yield _name(path), node


def _at(name: str, node: ast.AST) -> str:
    return f"{name}:{getattr(node, 'lineno', 0)}"


def test_modules_are_short_enough_to_be_read_at_once():
    long = {
        _name(path): lines
        for path in _modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MODULE_LINES_MAX
    }
    assert not long, f"over {MODULE_LINES_MAX} lines nobody reads a module whole; split: {long}"


def test_functions_fit_on_a_screen():
    long = [
        f"{_at(name, node)} {node.name}"
        for name, node in _nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        # A migration is a list that is written once and never changed.
        if not name.startswith(f"{MIGRATIONS}versions/")
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert not long, f"over {FUNCTION_LINES_MAX} lines a function does several things: {long}"


def test_one_place_begins_and_commits():
    found = [
        _at(name, node)
        for name, node in _nodes(ast.Call)
        if name.startswith("chalicelib/")
        and name not in COMMITTERS
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"commit", "begin"}
    ]
    assert not found, (
        f"a commit inside the work would let half of a request last; kit/db.py ends it: {found}"
    )


def test_settings_alone_read_the_environment():
    found = [
        _at(name, node)
        for name, node in _nodes(ast.Attribute, ast.ImportFrom)
        if not name.startswith("local/")
        and name not in ENVIRONMENT_READERS
        and (
            (isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"})
            or (
                isinstance(node, ast.ImportFrom)
                and node.module == "os"
                and {alias.name for alias in node.names} & {"environ", "getenv"}
            )
        )
    ]
    assert not found, f"read elsewhere, a setting is neither checked nor listed: {found}"


def test_every_table_has_an_owner():
    assert set(Base.metadata.tables) == set(OWNERS), "name the room that alone writes it"


def _tables() -> dict[str, str]:
    """Tables by the names that code has for them: classes, and variables of link tables."""
    classes = {mapper.class_.__name__: mapper.local_table for mapper in Base.registry.mappers}
    named = {name: table.fullname for name, table in classes.items()}
    return named | {table.name: table.fullname for table in Base.metadata.tables.values()}


def _write(node: ast.AST, tables: dict[str, str]) -> tuple[str, str] | None:
    """Verb and table of a call that writes, or None."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    if node.func.id in WRITES and node.args:
        table = tables.get(ast.unparse(node.args[0]))
        return (WRITES[node.func.id], table) if table else None
    if node.func.id[:1].isupper() and node.func.id in tables:
        return "insert", tables[node.func.id]
    return None


def _writes() -> Iterator[tuple[str, str, str, str]]:
    tables = _tables()
    for name, node in _nodes(ast.Call, ast.Constant):
        if not name.startswith("chalicelib/") or name.startswith(MIGRATIONS):
            continue
        room = name.split("/")[1]
        if isinstance(node, ast.Constant):
            for verb, table in SQL_WRITE.findall(str(node.value)):
                yield _at(name, node), room, verb.split()[0].lower(), table.lower()
        elif written := _write(node, tables):
            yield _at(name, node), room, *written


def test_only_its_owner_writes_a_table():
    foreign = [
        f"{place} {verb} {table} (of {OWNERS.get(table)})"
        for place, room, verb, table in _writes()
        if OWNERS.get(table) != room and not (verb == "update" and (room, table) in ALSO_UPDATES)
    ]
    assert not foreign, f"rules about a row live beside its one writer; call its owner: {foreign}"


def test_the_rule_about_writing_sees_the_writes():
    seen = {(room, table) for _, room, _, table in _writes()}
    assert {("ledger", "token.entries"), ("jobs", "system.jobs"), ("tags", "tagging.tags")} <= seen


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every text file that is, or is about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = {}
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and Path(name) != ITSELF:
            try:
                found[name] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
    return found


@pytest.mark.parametrize("reason", UNWANTED_TEXT)
def test_no_file_holds(texts, reason):
    pattern = re.compile(UNWANTED_TEXT[reason], re.MULTILINE)
    found = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1} {match[0].strip()}"
        for name, text in texts.items()
        for match in pattern.finditer(text)
    ]
    assert not found, f"{reason}: {found}"


def _catalogue(language: str) -> dict[str, str]:
    path = ROOT / "chalicelib" / "kit" / "locales" / f"{language}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def _placeholders(message: str) -> set[str | None]:
    return {field for _, field, _, _ in Formatter().parse(message) if field is not None}


def test_english_and_korean_have_the_same_messages():
    assert set(_catalogue("en")) == set(_catalogue("ko"))


def test_english_and_korean_messages_take_the_same_values():
    english, korean = _catalogue("en"), _catalogue("ko")
    differing = [
        key
        for key in english
        if _placeholders(english[key]) != _placeholders(korean.get(key, english[key]))
    ]
    assert differing == []
