"""Decisions of a home: entered by people, superseded, looked at again, and carried into a repository as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from fairlead.connectors.kit.decided import decision_entered
from fairlead.connectors.kit.entered import meant
from fairlead.governance import adr, entering
from fairlead.governance.entering import Home
from fairlead.governance.files import write_whole
from fairlead.model.errors import Abort, Skip
from fairlead.model.times import entered_at, iso
from fairlead.store import decided, records
from fairlead.store.decided import Row

_TOLD = (
    "id", "number", "title", "state", "context", "options", "rationale", "owner", "team", "links", "decided_at",
    "review_at", "reviewed_at", "superseded_by",
)  # fmt: skip


def add(home: Home, said: Mapping[str, Any], by: str) -> str:
    """Enters a new decision; gives its id."""
    if not str(said.get("title") or "").strip():
        raise Skip("a decision needs a title", hint="say in a sentence what was decided")
    number = entering.number(home, "decisions")
    record = decided.record_id("decisions", number)
    state = said.get("state") or "accepted"
    usual: dict[str, Any] = {"number": number, "state": state}
    if state == "accepted":
        usual["decided_at"] = entered_at(home.clock)
    if (person := meant(by)).startswith("person:"):
        usual["owner"] = person
    given = {name: value for name, value in said.items() if value not in (None, "", ())}
    entering.enter(home, decision_entered, record, "added", {**usual, **given}, by)
    return record


def change(home: Home, decision: str, said: Mapping[str, Any], by: str, what: str = "edited") -> str:
    """Sets fields of a decision; gives its id."""
    row = entering.one(home, "decisions", decision)
    if not said:
        raise Skip("nothing to change was said", hint="name a field, like --review-at 2027-03-01")
    entering.enter(home, decision_entered, row["id"], what, said, by)
    return str(row["id"])


def supersede(home: Home, decision: str, later: str, by: str) -> str:
    """Puts another decision in the place of one; gives the later one's id."""
    row, other = (entering.one(home, "decisions", one) for one in (decision, later))
    if row["id"] == other["id"]:
        raise Skip("a decision cannot take its own place")
    # else two would stand in for each other, and none would hold
    if _leads_to(home, other, row["id"]):
        raise Skip(f"{other['id']} was itself superseded by {row['id']}")
    entering.enter(home, decision_entered, row["id"], "superseded",
                   {"state": "superseded", "superseded_by": other["id"]}, by)  # fmt: skip
    return str(other["id"])


def review(home: Home, decision: str, by: str, next_at: datetime | None) -> str:
    """Notes that somebody has looked at it again and that it holds; gives its id."""
    said: dict[str, Any] = {"reviewed_at": entered_at(home.clock), "review_at": next_at or ""}
    return change(home, decision, said, by, "reviewed")


def export(home: Home, folder: Path, numbers: Iterable[str] = ()) -> list[Path]:
    """Writes decisions as Markdown into a folder of a repository; gives the files that are another now."""
    with home.database.read() as tx:
        rows = [row for row in decided.listed(tx, "decisions") if row["number"]]
        people = {
            row["id"]: row["name"] for row in records.rows(tx, "people", {row["owner"] for row in rows} - {None})
        }
    wanted = {entering.one(home, "decisions", one)["id"] for one in numbers}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        present = [path.name for path in folder.iterdir()]
        names = {row["id"]: adr.file_name(row["number"], row["title"] or "", present) for row in rows}
        written = []
        for row in rows:
            path = folder / names[row["id"]]
            text = adr.markdown(row, people.get(row["owner"] or "") or row["owner"] or "", names).encode()
            # an unchanged file keeps its date: whoever watches the folder sees what is new
            if (not wanted or row["id"] in wanted) and not (path.is_file() and path.read_bytes() == text):
                write_whole(path, text)
                written.append(path)
    except OSError as fault:
        raise Abort(f"cannot write to {folder}: {(fault.strerror or str(fault)).lower()}") from fault
    return written


def take_in(home: Home, folder: Path, by: str) -> tuple[list[str], list[str]]:
    """Enters the decisions of a folder of Markdown; gives ids, and the names of files that are none.

    A number that is taken is left alone: a file is a copy of what was decided, and the log is what was.
    """
    try:
        files = [(path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.md"))]
    except (OSError, UnicodeDecodeError) as fault:
        raise Abort(f"cannot read {folder}: {fault}") from fault
    entered, others = [], []
    for name, text in files:
        found = adr.read(name, text)
        record = decided.record_id("decisions", found.number) if found else ""
        with home.database.read() as tx:
            taken = found is not None and records.get(tx, "decisions", record) is not None
        # of two files of one number the first is it
        if found is None or taken or record in entered:
            others.append(name)
            continue
        said = {"number": found.number, **found.said, "links": [*found.said.get("links", ()), name]}
        entering.enter(home, decision_entered, record, "imported", said, by)
        entered.append(record)
    return entered, others


def told(row: Row) -> dict[str, Any]:
    """A decision as plain values."""
    found = {name: row[name] for name in _TOLD}
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in found.items()}


def _leads_to(home: Home, row: Row, end: str) -> bool:
    with home.database.read() as tx:
        seen = set[str]()
        while (following := row["superseded_by"]) and following not in seen:
            if following == end:
                return True
            seen.add(following)
            row = records.get(tx, "decisions", following) or {"superseded_by": None}
    return False
