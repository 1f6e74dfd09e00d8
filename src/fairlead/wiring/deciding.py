"""Decisions of a home: entered by people, superseded, looked at again, and carried into a repository as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from fairlead.connectors.kit.decided import decision_entered
from fairlead.governance import adr
from fairlead.governance.files import write_whole
from fairlead.model.errors import Abort, Skip
from fairlead.model.times import entered_at, iso
from fairlead.reports import render
from fairlead.reports.plain import plain
from fairlead.store import decided, records
from fairlead.store.decided import Row
from fairlead.wiring import entering
from fairlead.wiring.replies import Reply, Verb, Words, reply_json
from fairlead.wiring.services import Services

_LISTED = ("number", "state", "title", "owner", "team", "decided", "review")
_TOLD = (
    "id", "number", "title", "state", "context", "options", "rationale", "owner", "team", "links", "decided_at",
    "review_at", "reviewed_at", "superseded_by",
)  # fmt: skip


def add(services: Services, said: Mapping[str, Any], by: str) -> str:
    """Enters a new decision; gives its id."""
    if not str(said.get("title") or "").strip():
        raise Skip("a decision needs a title", hint="say in a sentence what was decided")
    number = entering.number(services, "decisions")
    record = decided.record_id("decisions", number)
    state = said.get("state") or "accepted"
    usual: dict[str, Any] = {"number": number, "state": state}
    if state == "accepted":
        usual["decided_at"] = entered_at(services.clock)
    if by.startswith("person:"):
        usual["owner"] = by
    given = {name: value for name, value in said.items() if value not in (None, "", ())}
    entering.enter(services, decision_entered, record, "decision.added", {**usual, **given}, by)
    return record


def change(services: Services, decision: str, said: Mapping[str, Any], by: str, what: str = "edited") -> str:
    """Sets fields of a decision; gives its id."""
    row = entering.one(services, "decisions", decision)
    if not said:
        raise Skip("nothing to change was said", hint="name a field, like --review-at 2027-03-01")
    entering.enter(services, decision_entered, row["id"], f"decision.{what}", said, by)
    return str(row["id"])


def supersede(services: Services, decision: str, later: str, by: str) -> str:
    """Puts another decision in the place of one; gives the later one's id."""
    row, other = (entering.one(services, "decisions", one) for one in (decision, later))
    if row["id"] == other["id"]:
        raise Skip("a decision cannot take its own place")
    # else two would stand in for each other, and none would hold
    if _leads_to(services, other, row["id"]):
        raise Skip(f"{other['id']} was itself superseded by {row['id']}")
    entering.enter(services, decision_entered, row["id"], "decision.superseded",
                   {"state": "superseded", "superseded_by": other["id"]}, by)  # fmt: skip
    return str(other["id"])


def review(services: Services, decision: str, by: str, next_at: datetime | None) -> str:
    """Notes that somebody has looked at it again and that it holds; gives its id."""
    said: dict[str, Any] = {"reviewed_at": entered_at(services.clock), "review_at": next_at or ""}
    return change(services, decision, said, by, "reviewed")


def export(services: Services, folder: Path, numbers: Iterable[str] = ()) -> list[Path]:
    """Writes decisions as Markdown into a folder of a repository; gives the files that are another now."""
    with services.database.read() as tx:
        rows = [row for row in decided.listed(tx, "decisions") if row["number"]]
        people = {
            row["id"]: row["name"] for row in records.rows(tx, "people", {row["owner"] for row in rows} - {None})
        }
    wanted = {entering.one(services, "decisions", one)["id"] for one in numbers}
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


def take_in(services: Services, folder: Path, by: str) -> tuple[list[str], list[str]]:
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
        with services.database.read() as tx:
            taken = found is not None and records.get(tx, "decisions", record) is not None
        # of two files of one number the first is it
        if found is None or taken or record in entered:
            others.append(name)
            continue
        said = {"number": found.number, **found.said, "links": [*found.said.get("links", ()), name]}
        entering.enter(services, decision_entered, record, "decision.imported", said, by)
        entered.append(record)
    return entered, others


def told(row: Row) -> dict[str, Any]:
    """A decision as plain values."""
    found = {name: row[name] for name in _TOLD}
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in found.items()}


def answer_decisions(services: Services, words: Words) -> Reply:
    """The log of decisions, or one of them."""
    as_json = words.get("form") == "json"
    if said := words.get("decision", ""):
        row = entering.one(services, "decisions", said)
        return reply_json(told(row)) if as_json else Reply(_shown(row))
    with services.database.read() as tx:
        rows = decided.listed(tx, "decisions")
    state, team = words.get("state", ""), entering.team_id(words.get("team", ""))
    rows = [row for row in rows if (not state or row["state"] == state) and (not team or row["team"] == team)]
    if words.get("stale"):
        now = services.clock.now()
        rows = [row for row in rows if row["state"] == "accepted" and row["review_at"] and row["review_at"] <= now]
    if as_json:
        return reply_json([told(row) for row in rows])
    shown = [_row(row) for row in rows]
    table = render.rows(
        _LISTED, shown, cut=True, width=int(words.get("width") or 0), colour=bool(words.get("colour"))
    )
    return Reply(table if rows else "no decision was entered yet: `fairlead decisions add --help`")


def _row(row: Row) -> dict[str, Any]:
    return {
        "number": row["number"], "state": row["state"], "title": plain(row["title"]), "owner": row["owner"],
        "team": (row["team"] or "").removeprefix("team:"), "decided": _day(row["decided_at"]),
        "review": _day(row["review_at"]),
    }  # fmt: skip


def _shown(row: Row) -> str:
    lines = [f"{row['number']}. {plain(row['title'])} ({row['state']})", ""]
    for name in ("owner", "team", "decided_at", "review_at", "reviewed_at", "superseded_by"):
        if value := row[name]:
            lines.append(f"{name + ':':15}{_day(value) if isinstance(value, datetime) else plain(str(value))}")
    for name in ("context", "options", "rationale", "links"):
        if value := row[name]:
            listed = (
                [f"* {plain(one)}" for one in value] if isinstance(value, tuple) else [plain(value, entering.LONGEST)]
            )
            lines += ["", name.upper(), *listed]
    return "\n".join(lines)


def _leads_to(services: Services, row: Row, end: str) -> bool:
    with services.database.read() as tx:
        seen = set[str]()
        while (following := row["superseded_by"]) and following not in seen:
            if following == end:
                return True
            seen.add(following)
            row = records.get(tx, "decisions", following) or {"superseded_by": None}
    return False


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else ""


VERBS: Mapping[str, Verb] = {"decisions": answer_decisions}
