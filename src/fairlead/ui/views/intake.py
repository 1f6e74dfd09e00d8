"""What came in and what became of it: sources, syncs, quarantine, as the Data page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.store import intake, quarantine, records
from fairlead.store.quarantine import Held
from fairlead.ui.views.grids import Cell, Column, Grid, grid, wanted
from fairlead.ui.visit import Visit

SYNCS_SHOWN = 10
SORTS = ("source", "kind", "last_at", "attempts")


@dataclass(frozen=True)
class Intake:
    """The state of what comes in."""

    sources: Grid
    syncs: Grid
    kinds: Grid
    quarantine: Grid
    held: int
    held_by_source: Mapping[str, int]
    failed: tuple[Mapping[str, Any], ...]
    """The last sync of each source, where it failed or was partial."""


def came_in(visit: Visit) -> Intake:
    """Reads the store itself, since a retry of a moment ago must be seen."""
    with visit.services.database.read() as tx:
        sources = [row for row in records.rows(tx, "sources") if not row["deleted_at"]]
        runs = sorted(
            records.rows(tx, "sync_runs"), key=lambda row: row["started_at"] or visit.shown.now, reverse=True
        )
        tallies = intake.rows(tx)
        held = quarantine.rows(tx)
        counts = quarantine.counts(tx)
    last: dict[str, Mapping[str, Any]] = {}
    # Runs are sorted newest first, so the first of each source is its last.
    for run in runs:
        last.setdefault(str(run["of"]), run)
    return Intake(
        sources=_sources(visit, sources, last, tallies, counts),
        syncs=_syncs(visit, runs[:SYNCS_SHOWN], len(runs)),
        kinds=_kinds(visit, tallies),
        quarantine=_quarantine(visit, held),
        held=len(held),
        held_by_source=counts,
        failed=tuple(run for run in last.values() if run["result"] in ("failure", "partial")),
    )


def _sources(
    visit: Visit,
    sources: Sequence[Mapping[str, Any]],
    last: Mapping[str, Mapping[str, Any]],
    tallies: Sequence[intake.Tally],
    counts: Mapping[str, int],
) -> Grid:
    words, shown = visit.words, visit.shown
    # Tallies are kept by kind and outcome; a source is the sum of them.
    events: dict[str, int] = {}
    for tally in tallies:
        events[tally.source] = events.get(tally.source, 0) + tally.count
    silent = {source.name for source in visit.frame.silent}
    never = words("has not delivered anything yet")
    rows = [{**row, "name": row["name"] or row["id"], "run": last.get(row["id"])} for row in sources]
    columns = [
        Column(words("Source"), lambda row: Cell(row["name"])),
        Column(words("State"), lambda row: _state(row, silent, visit)),
        Column(words("Newest event"), lambda row: _moment(row["last_event_at"], visit, never)),
        Column(words("Last received"), lambda row: _moment(row["last_received_at"], visit, never)),
        Column(
            words("Last sync"), lambda row: _moment(row["last_sync_at"], visit, words("webhooks and imports only"))
        ),
        Column(words("Payloads"), lambda row: Cell(shown.number(events.get(row["name"], 0))), number=True),
        Column(words("In quarantine"), lambda row: Cell(shown.number(counts.get(row["name"], 0))), number=True),
    ]
    return grid(visit, "/data", columns, rows)


def _state(row: Mapping[str, Any], silent: set[str], visit: Visit) -> Cell:
    result = (row["run"] or {}).get("result")
    if result == "failure":
        return Cell(visit.words("last sync failed"), tag="act")
    if result == "partial":
        return Cell(visit.words("last sync left something out"), tag="watch")
    if row["name"] in silent:
        return Cell(visit.words("silent"), tag="watch")
    return Cell(visit.words("fresh"), tag="ok")


def _syncs(visit: Visit, runs: Sequence[Mapping[str, Any]], total: int) -> Grid:
    words = visit.words
    words_of = {"success": ("complete", "ok"), "partial": ("partial", "watch"), "failure": ("failed", "act")}

    def result(row: Mapping[str, Any]) -> Cell:
        text, level = words_of.get(row["result"] or "", ("running", "neutral"))
        return Cell(words(text), tag=level)

    def left_out(row: Mapping[str, Any]) -> Cell:
        text = row["error"] or "; ".join(row["left_out"] or ())
        return Cell(text or None, why=words("nothing was left out"))

    columns = [
        Column(words("Started"), lambda row: _moment(row["started_at"], visit, "")),
        Column(words("Source"), lambda row: Cell(str(row["of"] or ""))),
        Column(words("What"), lambda row: Cell(words(row["kind"] or ""))),
        Column(words("Result"), result),
        Column(words("Pages"), lambda row: _count(row["pages"], visit), number=True),
        Column(words("Records"), lambda row: _count(row["records"], visit), number=True),
        Column(words("Left out"), left_out),
    ]
    return grid(visit, "/data", columns, runs, total=total)


def _kinds(visit: Visit, tallies: Sequence[intake.Tally]) -> Grid:
    words = visit.words
    outcomes = {
        "read": ("read", "ok"),
        "nothing": ("carries nothing of ours", "neutral"),
        "quarantined": ("quarantined", "act"),
    }
    rows: list[dict[str, Any]] = [{"tally": tally} for tally in tallies]

    def outcome(row: Mapping[str, Any]) -> Cell:
        text, level = outcomes[row["tally"].outcome]
        return Cell(words(text), tag=level)

    columns = [
        Column(words("Source"), lambda row: Cell(row["tally"].source)),
        Column(words("Kind"), lambda row: Cell(row["tally"].kind)),
        Column(words("Outcome"), outcome),
        Column(words("Payloads"), lambda row: _count(row["tally"].count, visit), number=True),
        Column(words("Last"), lambda row: _moment(row["tally"].last_at, visit, "")),
        Column(words("Why"), lambda row: Cell(row["tally"].reason or None, why=words("records were made from it"))),
    ]
    return grid(visit, "/data", columns, rows)


def _quarantine(visit: Visit, held: Sequence[Held]) -> Grid:
    words = visit.words
    part = wanted(visit, SORTS, default="last_at")
    # Sorted here: what waits is bounded by what a person could ever look at, and its table knows no order.
    ordered = sorted(held, key=lambda one: getattr(one, part.sort), reverse=part.down)
    rows: list[dict[str, Any]] = [{"held": one} for one in ordered[part.offset : part.offset + part.limit]]
    columns = [
        Column(words("Payload"), lambda row: Cell(str(row["held"].raw_seq))),
        Column(words("Source"), lambda row: Cell(row["held"].source), sort="source"),
        Column(words("Kind"), lambda row: Cell(row["held"].kind), sort="kind"),
        Column(words("What is wrong"), lambda row: Cell(row["held"].error)),
        Column(words("Tried"), lambda row: _count(row["held"].attempts, visit), sort="attempts", number=True),
        Column(words("Last"), lambda row: _moment(row["held"].last_at, visit, ""), sort="last_at"),
    ]
    return grid(visit, "/data", columns, rows, total=len(held), part=part)


def _moment(at: datetime | None, visit: Visit, otherwise: str) -> Cell:
    return Cell(visit.shown.moment(at) if at else None, at=at, why="" if at else otherwise, tight=True)


def _count(value: int | None, visit: Visit) -> Cell:
    return Cell(None if value is None else visit.shown.number(value))
