"""What came in and what became of it: sources, syncs, quarantine, as the Data page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.metrics.coverage import covered
from fairlead.model.times import parse_time
from fairlead.store import checked, intake, quarantine, records
from fairlead.store.quarantine import Held
from fairlead.ui.views.grids import Cell, Column, Grid, grid, wanted
from fairlead.ui.views.links import short
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
    checked: tuple[Checked, ...]
    """What tools last said of access and limits."""


@dataclass(frozen=True)
class Checked:
    """What a source's tool answered when it was asked what may be read."""

    name: str
    at: datetime | None
    wrong: bool
    """Whether something of it needs somebody."""
    findings: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Heard:
    """A source as its set-up page shows it."""

    name: str
    state: Cell
    stated: bool
    """Whether the settings name it; else it was imported, or has been taken out."""
    tallies: tuple[intake.Tally, ...]
    last_sync_at: datetime | None


def came_in(visit: Visit) -> Intake:
    """Reads the store itself, since a retry of a moment ago must be seen."""
    with visit.services.database.read() as tx:
        runs = _runs(tx, visit)
        last = _last(runs)
        sources = [*_named(tx, last), *_unheard(visit, tx, last)]
        tallies = intake.rows(tx)
        held = quarantine.rows(tx)
        counts = quarantine.counts(tx)
        answers = checked.kept(tx)
    return Intake(
        sources=_sources(visit, sources, tallies, counts),
        checked=tuple(_checked(name, answer) for name, answer in sorted(answers.items())),
        syncs=_syncs(visit, runs[:SYNCS_SHOWN], len(runs)),
        kinds=_kinds(visit, tallies),
        quarantine=_quarantine(visit, held),
        held=len(held),
        held_by_source=counts,
        failed=tuple(run for run in last.values() if run["result"] in ("failure", "partial")),
    )


def sources_of(visit: Visit, team: str) -> Grid:
    """Sources that have told something of a team's repositories, projects or services, and of which."""
    words = visit.words
    covers = {row["source"]: row["covers"] for row in visit.services.warehouse.rows(_COVERS, {"team": team})}
    with visit.services.database.read() as tx:
        rows = [row for row in _named(tx, _last(_runs(tx, visit))) if row["id"] in covers]
        held = quarantine.counts(tx)
    columns = [
        *_heard(visit, held),
        Column(words("Tells of"), lambda row: Cell(", ".join(short(one) for one in covers[row["id"]]))),
        Column(words("Left out"), lambda row: _left_out(row["run"] or {}, visit)),
    ]
    return grid(visit, visit.frame.path, columns, rows)


def sources_by_tool(visit: Visit) -> Mapping[str, Sequence[Heard]]:
    """Tool -> its sources, configured or only heard of, each with how it is and what has come of it."""
    silent = {source.name for source in visit.frame.silent}
    with visit.services.database.read() as tx:
        last = _last(_runs(tx, visit))
        rows = [*_named(tx, last), *_unheard(visit, tx, last)]
        tallies, held = intake.rows(tx), quarantine.counts(tx)
    found: dict[str, list[Heard]] = {}
    for row in rows:
        own = tuple(tally for tally in tallies if tally.source == row["id"])
        # A source that the file calls by another tool is that of the file: its record may be from before.
        stated = visit.services.source(row["id"]) is not None
        tool = visit.services.tool(row["id"]) if stated else row["tool"]
        state = _state(row, silent, held, visit)
        found.setdefault(tool or "", []).append(Heard(row["id"], state, stated, own, row["last_sync_at"]))
    return found


_COVERS = """
with own as (select repository from repository_teams where team = $team),
told as (
    select source, repository as told_of from changes where deleted_at is null and repository in (from own)
    union select source, repository from builds where deleted_at is null and repository in (from own)
    union select source, repository from deployments where deleted_at is null and repository in (from own)
    union select source, repository from test_results where deleted_at is null and repository in (from own)
    union
    select source, coalesce(project, repository) from work_items
    where deleted_at is null and coalesce(project, repository) in (select project from daily_flow where team = $team)
    union
    select source, service from counted_incidents
    where service in (select service from service_teams where team = $team)
)
select source, list(told_of order by told_of) as covers from told where source is not null group by source
"""


def _runs(tx: Any, visit: Visit) -> list[Mapping[str, Any]]:
    """Syncs and imports, the newest first."""
    runs = records.rows(tx, "sync_runs")
    return sorted(runs, key=lambda row: row["started_at"] or visit.shown.now, reverse=True)


def _last(runs: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """The last of each source: as runs are sorted newest first, the first that there is."""
    last: dict[str, Mapping[str, Any]] = {}
    for run in runs:
        last.setdefault(str(run["of"]), run)
    return last


def _named(tx: Any, last: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Sources that are there, each with its name and its last run."""
    found = [row for row in records.rows(tx, "sources") if not row["deleted_at"]]
    return [{**row, "name": row["name"] or row["id"], "run": last.get(row["id"])} for row in found]


def _unheard(visit: Visit, tx: Any, last: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Sources that are configured and have never said a word: somebody must miss them."""
    known = {row["id"] for row in records.rows(tx, "sources")}
    never = dict.fromkeys(("last_event_at", "last_received_at", "last_sync_at"))
    configured = visit.services.settings.sources
    return [{**never, "id": key, "name": key, "run": last.get(key)} for key in configured if key not in known]


def _sources(
    visit: Visit,
    rows: Sequence[Mapping[str, Any]],
    tallies: Sequence[intake.Tally],
    counts: Mapping[str, int],
) -> Grid:
    words, shown = visit.words, visit.shown
    # Tallies are kept by kind and outcome; a source is the sum of them.
    events: dict[str, int] = {}
    for tally in tallies:
        events[tally.source] = events.get(tally.source, 0) + tally.count
    covers = covered(visit.services.warehouse.rows)
    columns = [
        *_heard(visit, counts),
        Column(words("Covers"), lambda row: _covers(covers.get(row["id"], {}), visit)),
        Column(words("Payloads"), lambda row: Cell(shown.number(events.get(row["id"], 0))), number=True),
        Column(words("In quarantine"), lambda row: Cell(shown.number(counts.get(row["id"], 0))), number=True),
    ]
    return grid(visit, "/data", columns, rows)


def _checked(name: str, answer: Mapping[str, Any]) -> Checked:
    found = tuple(answer.get("findings") or ())
    return Checked(name, parse_time(answer.get("at")), any(one["ok"] is False for one in found), found)


def _covers(things: Mapping[str, int], visit: Visit) -> Cell:
    words = visit.words
    names = {
        "repository": words("repositories"),
        "project": words("projects"),
        "service": words("services"),
        "sprint": words("sprints"),
    }
    said = ", ".join(f"{names[what]}: {visit.shown.number(n)}" for what, n in things.items())
    return Cell(said or None, why=words("it tells of none of these"))


def _heard(visit: Visit, held: Mapping[str, int]) -> list[Column]:
    """What a source is called, how it is, and when it was heard of last."""
    words, silent = visit.words, {source.name for source in visit.frame.silent}
    never = words("has not delivered anything yet")
    return [
        Column(words("Source"), lambda row: Cell(row["name"])),
        Column(words("State"), lambda row: _state(row, silent, held, visit)),
        Column(words("Newest event"), lambda row: _moment(row["last_event_at"], visit, never)),
        Column(words("Last received"), lambda row: _moment(row["last_received_at"], visit, never)),
        Column(
            words("Last sync"), lambda row: _moment(row["last_sync_at"], visit, words("webhooks and imports only"))
        ),
    ]


def _state(row: Mapping[str, Any], silent: set[str], held: Mapping[str, int], visit: Visit) -> Cell:
    result = (row["run"] or {}).get("result")
    if result == "failure":
        return Cell(visit.words("last sync failed"), tag="act")
    if result == "partial":
        return Cell(visit.words("last sync left something out"), tag="watch")
    if row["name"] in silent:
        return Cell(visit.words("silent"), tag="watch")
    if row["id"] in held:
        return Cell(visit.words("some of it cannot be read"), tag="watch")
    if not (row["last_event_at"] or row["last_received_at"] or row["last_sync_at"]):
        return Cell(visit.words("not heard yet"), tag="watch")
    return Cell(visit.words("fresh"), tag="ok")


def _syncs(visit: Visit, runs: Sequence[Mapping[str, Any]], total: int) -> Grid:
    words = visit.words
    words_of = {"success": ("complete", "ok"), "partial": ("partial", "watch"), "failure": ("failed", "act")}

    def result(row: Mapping[str, Any]) -> Cell:
        text, level = words_of.get(row["result"] or "", ("running", "neutral"))
        return Cell(words(text), tag=level)

    columns = [
        Column(words("Started"), lambda row: _moment(row["started_at"], visit, "")),
        Column(words("Source"), lambda row: Cell(str(row["of"] or ""))),
        Column(words("What"), lambda row: Cell(words(row["kind"] or ""))),
        Column(words("Result"), result),
        Column(words("Pages"), lambda row: _count(row["pages"], visit), number=True),
        Column(words("Records"), lambda row: _count(row["records"], visit), number=True),
        Column(words("Left out"), lambda row: _left_out(row, visit)),
    ]
    return grid(visit, "/data", columns, runs, total=total)


def _left_out(run: Mapping[str, Any], visit: Visit) -> Cell:
    text = run.get("error") or "; ".join(run.get("left_out") or ())
    return Cell(text or None, why=visit.words("nothing was left out"))


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
