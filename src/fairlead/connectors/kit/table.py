"""The table of connectors: what each can, asked of the connector itself, and how much code it took."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from fairlead.connectors.kit.acting import Acts
from fairlead.connectors.kit.connector import Connector, Syncs
from fairlead.connectors.kit.registry import connectors
from fairlead.model.errors import Refused


class Row(NamedTuple):
    """One connector."""

    tool: str
    title: str
    verify: str
    """What it says to a webhook that carries no signature."""
    read: int
    """Tables that its reader fills."""
    sync: bool
    """Whether it calls out or reads local sources by itself."""
    act: int
    """Kinds of acts that it does."""
    fake: bool
    """Whether a server of the tool comes along, for tests and demos."""
    lines: int
    """Lines of code: neither blank nor comment nor docstring, and without the fake."""


def rows() -> list[Row]:
    """All connectors by tool, the shipped ones and those of installed packages."""
    return [_row(found) for _, found in sorted(connectors().items())]


def markdown() -> str:
    """The page of connectors. It holds no lines of code, which every edit would move."""
    lines = [*_HEAD]
    for row in rows():
        verify = row.verify.replace("|", "\\|")
        lines.append(
            f"| `{row.tool}` | {row.title} | {verify} | {row.read} | {_mark(row.sync)} | {row.act or ''} | "
            f"{_mark(row.fake)} |"
        )
    return "\n".join([*lines, *_FOOT])


_HEAD = """# Connectors

Made by `fairlead docs docs` from the connectors themselves; `fairlead connectors` prints the same with the lines of
code of each. [Writing one](writing-one.md) tells what a new one needs.

- **verify**: what a webhook without a signature is told. What is refused is not stored.
- **read**: how many of the [records](../records.md) its payloads fill; any other is refused.
- **sync**: it asks an API or reads local sources, goes on after a kill, and tells `fairlead doctor` how it is.
- **act**: how many kinds of [acts](acts.md) it does in the tool, each planned exactly and done once.
- **fake**: a server of the tool that can be driven, behind tests, demo and local work.

| tool | | verify | read | sync | act | fake |
|---|---|---|---|---|---|---|""".splitlines()
_FOOT = """
All that read what others write pass one suite (`connectors/kit/suite.py`): golden pairs hold, any order and any
repetition give the same records, reading touches nothing outside, forged signatures are refused, broken bodies end in
words. All that call an API pass `sync_suite.py` on a fake of it: webhooks and sync say the same, a killed sync goes
on, and on bad days (an hour of 429, broken and repeated pages, HTML, an expired cursor, a permission lost half-way,
clocks an hour apart) nothing is lost and what is missing is told. All that write pass `acting_suite.py`: what is
planned is sent, once, whatever breaks or dies in between. `pytest tests/connectors` runs all of it. `git` and
`records` read what Fairlead itself has written down.""".splitlines()


def _mark(there: bool) -> str:
    return "yes" if there else ""


def _row(connector: Connector) -> Row:
    module = type(connector).__module__
    # a connector is one module, or the module `connector` of a folder
    folder, _, last = module.rpartition(".")
    home = folder if last == "connector" else module
    return Row(
        connector.tool,
        connector.title,
        _refusal(connector),
        len(connector.records),
        isinstance(connector, Syncs),
        len(connector.acts) if isinstance(connector, Acts) else 0,
        last == "connector" and find_spec(f"{home}.fake") is not None,
        sum(_lines(file) for file in _files(home)),
    )


def _refusal(connector: Connector) -> str:
    try:
        trust = connector.verify({}, b"{}", ["a secret"], datetime.now(UTC))
    except Refused as fault:
        return fault.message
    # a connector that lets this pass is open to everybody, and the table is where somebody sees it
    return f"takes it as {trust}"


def _files(home: str) -> list[Path]:
    file = Path(str(import_module(home).__file__))
    if file.name != "__init__.py":
        return [file]
    found = (
        path for path in file.parent.rglob("*.py") if not path.relative_to(file.parent).parts[0].startswith("fake")
    )
    return sorted(found)


def _lines(file: Path) -> int:
    text = file.read_text(encoding="utf-8")
    silent = {
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    return sum(
        number not in silent and bool(line.strip()) and not line.lstrip().startswith("#")
        for number, line in enumerate(text.splitlines(), start=1)
    )
