"""Each table of the store has one owner, and nobody but the owners of a database writes SQL that changes one."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from fairlead.store import tables

ROOT = Path(__file__).parents[2] / "src" / "fairlead"
NAMES = sorted(name for name, value in vars(tables).items() if type(value) is type(tables.offsets))
SHARED = {"RECORDS", "metadata"}
"""The record tables are read and written in layers; the layers are one family."""

_WRITES = re.compile(
    r"\b(?:insert\s+(?:or\s+\w+\s+)?into|delete\s+from|update\s+\w+\s+set|alter\s+table|truncate\s+table)\b", re.I
)
_OWN_LOG = re.compile(r"\braw_(?:events|log)\b")
_WRITERS = ("store", "bus", "metrics")


def test_each_table_has_one_owner() -> None:
    owners = defaultdict(set)
    for path in (ROOT / "store").rglob("*.py"):
        if path.name == "tables.py" or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "fairlead.store.tables":
                for name in node.names:
                    owners[name.name].add(path.stem)
    assert len(NAMES) > 12
    several = {name: sorted(found) for name, found in owners.items() if len(found) > 1 and name not in SHARED}
    assert not several
    assert set(owners) - SHARED <= set(NAMES)


def _texts(path: Path) -> list[tuple[int, str]]:
    return [
        (node.lineno, node.value)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_only_the_owners_of_a_database_write_to_it() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text.strip()[:60]}"
        for path in ROOT.rglob("*.py")
        if path.relative_to(ROOT).parts[0] not in _WRITERS
        for line, text in _texts(path)
        if _WRITES.search(text)
    ]
    assert not found


def test_the_bus_writes_to_the_raw_log_alone() -> None:
    for path in (ROOT / "bus").rglob("*.py"):
        for line, text in _texts(path):
            if found := _WRITES.search(text):
                after = text[found.start() : found.start() + 60]
                assert _OWN_LOG.search(after), f"{path.name}:{line}: {after}"


def test_the_warehouse_is_asked_for_records_and_never_opens_the_store_by_itself() -> None:
    for path in (ROOT / "metrics").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(?:sqlite3|psycopg|sqlite_scan|postgres_scan|facts\.db)\b", text), path.name
