"""`python -m local.erd`: the tables' diagram, from their metadata into docs/DATABASE.md."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint

from chalicelib.tables import Base

TARGET = Path(__file__).parents[1] / "docs" / "DATABASE.md"
BEGIN, END = "<!-- python -m local.erd -->", "<!-- end of the diagram -->"


def diagram() -> str:
    """Mermaid: each table with its key columns, a relation for each foreign key."""
    tables = sorted(Base.metadata.tables.values(), key=lambda table: table.fullname)
    lines = [line for table in tables for line in _entity(table)]
    lines += sorted(_relation(key) for table in tables for key in table.foreign_keys)
    return "\n".join(["erDiagram", *(f"    {line}" for line in lines)])


def with_diagram(document: str) -> str:
    """The document with the diagram between its two markers. Raises ValueError without them."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("the markers are missing")
    return f"{before}{BEGIN}\n```mermaid\n{diagram()}\n```\n{END}{after}"


def _entity(table: Table) -> Iterator[str]:
    yield f"{_name(table)} {{"
    for column in table.columns:
        marks = _marks(column)
        if marks:
            kind = column.type.python_type.__name__.lower()
            yield f"    {kind} {column.name} {', '.join(marks)}"
    yield "}"


def _marks(column: Column[object]) -> list[str]:
    marks = ["PK"] if column.primary_key else []
    marks += ["FK"] if column.foreign_keys else []
    alone = _is_alone(column)
    return [*marks, "UK"] if alone and not column.primary_key else marks


def _relation(key: ForeignKey) -> str:
    column = key.parent
    one = "|o" if column.nullable else "||"
    many = "o|" if _is_alone(column) else "o{"
    return f"{_name(key.column.table)} {one}--{many} {_name(column.table)} : {column.name}"


def _is_alone(column: Column[object]) -> bool:
    """Whether each value stands in one row at most."""
    groups = [
        set(each.columns)
        for each in (column.table.primary_key, *column.table.constraints)
        if each is column.table.primary_key or isinstance(each, UniqueConstraint)
    ]
    groups += [
        set(index.columns)
        for index in column.table.indexes
        if index.unique and index.dialect_options["postgresql"]["where"] is None
    ]
    return {column} in groups


def _name(table: Table) -> str:
    # Mermaid takes no dots.
    return table.fullname.replace(".", "_")


if __name__ == "__main__":
    TARGET.write_text(with_diagram(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
