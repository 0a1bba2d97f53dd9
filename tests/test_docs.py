"""What the documents say of tables, errors, calls and each other is so."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import ForeignKeyConstraint

from chalicelib import errors
from chalicelib.errors import ApiError
from chalicelib.tables import SCHEMAS, Base
from chalicelib.web import limits
from local.erd import with_diagram
from local.openapi import description

ROOT = Path(__file__).resolve().parents[1]
API = (ROOT / "docs/API.md").read_text(encoding="utf-8")
DATABASE = (ROOT / "docs/DATABASE.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "docs/SECURITY.md").read_text(encoding="utf-8")

TABLES = Base.metadata.tables
CONSTRAINTS = {
    str(one.name): one for table in TABLES.values() for one in (*table.constraints, *table.indexes)
}
NAMED = re.compile(r"\b(?:pk|fk|ck|uq|ix)_[a-z0-9_]+\b")
TABLE = re.compile(rf"\b(?:{'|'.join(SCHEMAS)})\.[a-z_]+\b")
SQL = re.findall(r"```sql\n(.+?)```", DATABASE, re.DOTALL)
CALL = re.compile(r"\b(GET|POST|PATCH|DELETE) (/api/[^\s`?]+)")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def documents() -> list[Path]:
    """Every document that is ours, committed or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return [path for name in listed if (path := ROOT / name).exists()]


def sections() -> dict[str, str]:
    """What DATABASE.md says of each table."""
    parts = re.split(r"^### (\S+)\n", DATABASE, flags=re.MULTILINE)
    return {
        name: said.split("\n## ")[0] for name, said in zip(parts[1::2], parts[2::2], strict=True)
    }


def anchors(path: Path) -> set[str]:
    """Where a link into a document may lead, as GitHub names headings."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).strip().replace(" ", "-") for one in headings}


@pytest.fixture(scope="module")
def described(stores: None) -> dict[str, Any]:
    """The API's description as the API tells it."""
    return json.loads(description())


def codes() -> dict[str, int]:
    return {
        one.code: one.status
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, ApiError) and one is not ApiError
    }


def test_every_table_has_its_section():
    assert set(sections()) == set(TABLES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_tables_constraints_and_indexes_stand_in_its_section(name):
    table = TABLES[name]
    mine = {str(one.name) for one in (*table.constraints, *table.indexes)}
    assert set(re.findall(r"^\| `(\w+)` \|", sections()[name], re.MULTILINE)) == mine


def test_nothing_is_told_of_that_is_not_there():
    assert set(NAMED.findall(DATABASE)) - set(CONSTRAINTS) == set()
    assert set(TABLE.findall(DATABASE)) - set(TABLES) == set()


def test_foreign_keys_are_told_with_their_target_and_their_end():
    rows = dict(re.findall(r"^\| `(fk_\w+)` \| (.+?) \|", DATABASE, re.MULTILINE))
    for name, key in CONSTRAINTS.items():
        if isinstance(key, ForeignKeyConstraint):
            assert rows[name] == f"→ {key.referred_table.fullname}, {key.ondelete}"


def test_the_diagram_is_up_to_date():
    assert with_diagram(DATABASE) == DATABASE, "python -m local.erd"


def test_there_are_queries():
    assert len(SQL) > 4


@pytest.mark.parametrize("query", SQL)
def test_a_query_runs_on_the_real_schema_and_changes_nothing(stores, query):
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.read_only = True
        connection.execute(query)


def test_every_error_is_told_with_its_status():
    rows = re.findall(r"^\| (\d{3}) \| `([A-Z_]+)` \|", API, re.MULTILINE)
    assert {code: int(status) for status, code in rows} == codes()


def test_every_call_that_is_told_of_exists(described):
    def shape(path: str) -> str:
        return re.sub(r"{\w+}|:\w+", "*", path)

    known = {
        (method.upper(), shape(path))
        for path, methods in described["paths"].items()
        for method in methods
    }
    told = {(method, shape(path)) for method, path in CALL.findall(API + SECURITY + DATABASE)}
    assert told - known == set()


def test_calls_with_an_idempotency_key_are_told(described):
    taking = {
        f"`{method.upper()} {path}`"
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if any(one["name"] == "Idempotency-Key" for one in operation["parameters"])
    }
    [said] = re.findall(r"^(.+) take an `Idempotency-Key`", API, re.MULTILINE)
    assert set(re.findall(r"`[^`]+`", said)) == taking


def test_rate_limits_are_told():
    def told(limit: limits.Limit) -> str:
        minutes = limit.seconds // 60
        return f"{limit.requests} in " + ("a minute" if minutes == 1 else f"{minutes} minutes")

    known = (limits.SIGN_IN, limits.GENERATE, limits.SIGNED_IN, limits.ANONYMOUS)
    said = re.findall(r"^\| .+ \| (\d+ in .+?) \| the (?:address|person) \|$", API, re.MULTILINE)
    assert said == [told(limit) for limit in known]


def test_each_threat_names_code_and_tests_that_exist():
    rows = re.findall(r"^\|[^|]+\|[^|]+\|([^|]+)\|([^|]+)\|$", SECURITY, re.MULTILINE)
    named = [name for row in rows[2:] for cell in row for name in re.findall(r"`(.+?)`", cell)]
    assert len(named) > 40
    missing = [name for name in named if not [*ROOT.glob(name), *(ROOT / "chalicelib").glob(name)]]
    assert missing == []


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link
