"""What a change has to show, as facts with their evidence: nothing is allowed or refused here, policies read them.

`unknown` is a word of its own: a gate of which no record tells anything is neither passed nor failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from fairlead.model.counting import counted
from fairlead.model.setup import Gates, Setup

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

State = Literal["passed", "failed", "unknown"]
NAMES = ("tests", "coverage", "review", "documentation", "security", "performance")
_GOOD = ("success", "skipped", "neutral")
_SEVERITIES = ("low", "medium", "high", "critical")
_MOST_IDS = 50
_NOTHING: Mapping[str, Any] = {}
_ENOUGH_RUNS = 5
"""Runs from which something is usual."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing that a change shows or does not."""

    name: str
    state: State
    why: str
    evidence: tuple[str, ...] = ()
    """Ids of records that show it, fifty at most."""
    values: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    """Numbers that policies may ask about."""


def gates_of(warehouse: Warehouse, change: str, setup: Setup | None = None) -> tuple[Gate, ...]:
    """All gates of a change as records show them now; none for a change that nobody knows."""
    rows = warehouse.rows("select * from changes where id = $change and deleted_at is null", {"change": change})
    if not rows:
        return ()
    asked = _Asked(warehouse, rows[0], setup or Setup())
    return (
        asked.tests(),
        asked.coverage(),
        asked.review(),
        asked.documentation(),
        asked.security(),
        asked.performance(),
    )


@dataclass(frozen=True)
class _Asked:
    """One change and where its records are."""

    warehouse: Warehouse
    row: Mapping[str, Any]
    setup: Setup

    @property
    def rules(self) -> Gates:
        return self.setup.gates

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        names = {"change": "id", "sha": "head_sha", "base": "base_branch"}
        asked = ("change", "repository", "sha", "base", "author")
        known = {name: self.row[names.get(name, name)] or "" for name in asked}
        # the engine refuses a name that the statement does not have
        return self.warehouse.rows(sql, {name: value for name, value in known.items() if f"${name}" in sql})

    def tests(self) -> Gate:
        """Checks of the last commit: those that merging needs, where the tool says which, else all."""
        if not self.row["head_sha"]:
            return Gate("tests", "unknown", "its last commit is not known")
        runs = self._rows(_RUNS)
        needed = [run for run in runs if run["required"]] or runs
        if not needed:
            return Gate("tests", "unknown", "no check of its last commit is known")
        bad = [run for run in needed if run["state"] == "finished" and run["result"] not in _GOOD]
        going = [run for run in needed if run["state"] != "finished"]
        values = {"checks": len(needed), "failed": len(bad), "running": len(going)}
        if bad:
            named = ", ".join(sorted({run["name"] or run["id"] for run in bad})[:3])
            return Gate("tests", "failed", f"{named} failed on its last commit", _ids(bad), values)
        if going:
            return Gate(
                "tests",
                "unknown",
                f"{len(going)} of {counted(len(needed), 'check')} still running",
                _ids(going),
                values,
            )
        return Gate(
            "tests", "passed", f"{counted(len(needed), 'check')} of its last commit passed", _ids(needed), values
        )

    def coverage(self) -> Gate:
        """Coverage of the last commit against that of the branch it goes to."""
        found = {row["of"]: row for row in self._rows(_COVERAGE)}
        head, base = found.get("head"), found.get("base")
        if head is None:
            return Gate("coverage", "unknown", "no coverage of its last commit is known")
        share = head["share"]
        if base is None:
            return Gate("coverage", "unknown", f"{share:.1%} are covered; what is usual on its base is not known",
                        (head["id"],), {"share": share})  # fmt: skip
        values = {"share": share, "base": base["share"], "drop": base["share"] - share}
        state: State = "failed" if values["drop"] > self.rules.coverage_drop else "passed"
        why = f"{share:.1%} are covered, {base['share']:.1%} on its base"
        return Gate("coverage", state, why, (head["id"], base["id"]), values)

    def review(self) -> Gate:
        """Words of other humans: the last one of each counts."""
        said = self._rows(_REVIEWS)
        if not said and self.row["state"] is None:
            return Gate("review", "unknown", "its reviews are not known")
        approvals = [one for one in said if one["kind"] == "approved"]
        against = [one for one in said if one["kind"] == "changes_requested"]
        fresh = [one for one in approvals if not one["sha"] or one["sha"] == self.row["head_sha"]]
        values = {"approvals": len(approvals), "of_last_commit": len(fresh), "changes_requested": len(against)}
        if against:
            return Gate("review", "failed", "a review asks for changes", _ids(against), values)
        if not approvals:
            return Gate("review", "failed", "no human but its author has approved it", (self.row["id"],), values)
        why = "approved" if fresh else "approved, but before its last commit"
        return Gate("review", "passed" if fresh else "failed", why, _ids(approvals), values)

    def documentation(self) -> Gate:
        """Whether documentation was touched where the files ask for it."""
        files = self._rows(
            "select id, path from change_files where change = $change and deleted_at is null order by path"
        )
        if not self.rules.documented:
            return Gate("documentation", "passed", "no file asks for documentation, by [gates]", (self.row["id"],))
        if not files:
            return Gate("documentation", "unknown", "its files are not known")
        asking = [file for file in files if _fits(file["path"], self.rules.documented)]
        written = [file for file in files if _fits(file["path"], self.rules.documents)]
        values = {"asking": len(asking), "documents": len(written)}
        if not asking:
            return Gate("documentation", "passed", "none of its files asks for documentation", _ids(files), values)
        if written:
            return Gate("documentation", "passed", f"{written[0]['path']} was written", _ids(written), values)
        return Gate("documentation", "failed", f"{asking[0]['path']} asks for documentation, and none was touched",
                    _ids(asking), values)  # fmt: skip

    def security(self) -> Gate:
        """Open alerts of its repository from the severity on that the set-up names; leaked secrets always."""
        alerts = self._rows(_ALERTS)
        if not alerts:
            return Gate("security", "unknown", "no scanner of its repository is known")
        least = _SEVERITIES.index(self.setup.thresholds.security_alert_severity)
        grave = [
            one for one in alerts
            if one["open"] and (one["kind"] == "secret" or _SEVERITIES.index(one["severity"] or "low") >= least)
        ]  # fmt: skip
        values = {"open": sum(bool(one["open"]) for one in alerts), "grave": len(grave)}
        if grave:
            return Gate("security", "failed", f"open: {counted(len(grave), 'grave alert')}", _ids(grave), values)
        return Gate("security", "passed", "no grave alert is open", _ids(alerts), values)

    def performance(self) -> Gate:
        """How long its tests take against what is usual: no record carries a benchmark of its own."""
        found = self._rows(_DURATIONS)
        head = next((row for row in found if row["sha"] == self.row["head_sha"]), None)
        usual = sorted(row["seconds"] for row in found if row["sha"] != self.row["head_sha"])
        if head is None:
            return Gate("performance", "unknown", "no benchmark and no test durations of its last commit are known")
        if len(usual) < _ENOUGH_RUNS:
            return Gate("performance", "unknown", "too few runs tell how long its tests usually take", (head["id"],))
        middle = usual[len(usual) // 2]
        values = {"seconds": head["seconds"], "usual_seconds": middle}
        state: State = "failed" if head["seconds"] > middle * (1 + self.rules.slower) else "passed"
        return Gate("performance", state, f"its tests take {head['seconds']:.0f} s, usually {middle:.0f} s",
                    (head["id"],), values)  # fmt: skip


def of_sprint(warehouse: Warehouse, sprint: str) -> list[str]:
    """Changes that close items of a sprint and are open or merged."""
    return [row["change"] for row in warehouse.rows(_OF_SPRINT, {"sprint": sprint})]


def told(gates: Iterable[Gate]) -> list[dict[str, Any]]:
    """Gates as plain values, which a policy's input holds as well."""
    return [
        {"name": gate.name, "state": gate.state, "why": gate.why, "evidence": list(gate.evidence),
         "values": dict(gate.values)}
        for gate in gates
    ]  # fmt: skip


def _ids(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(str(row["id"]) for row in rows[:_MOST_IDS])


def _fits(path: str | None, globs: Iterable[str]) -> bool:
    return any(fnmatchcase(path or "", glob) for glob in globs)


# Of a check that ran again its last run counts; a job stands in its pipeline and in its check.
_RUNS = """
select id, name, required, state, result from builds
where repository = $repository and sha = $sha and kind in ('check', 'status', 'pipeline') and deleted_at is null
qualify row_number() over (
    partition by kind, name
    order by coalesce(attempt, 0) desc, coalesce(finished_at, started_at, queued_at) desc, id desc
) = 1
order by name, id
"""

_COVERAGE = """
select 'head' as "of", id, lines_covered * 1.0 / lines_total as share from coverage
where repository = $repository and sha = $sha and lines_total > 0 and deleted_at is null
qualify row_number() over (order by "at" desc, id) = 1
union all
select 'base', id, lines_covered * 1.0 / lines_total from coverage
where repository = $repository and branch = $base and sha is distinct from $sha and lines_total > 0
    and deleted_at is null
qualify row_number() over (order by "at" desc, id) = 1
"""

# A person's accounts are one voice; neither the author's nor a machine's counts, nor one that was taken back.
_REVIEWS = """
with said as (
    select e.id, e.kind, e.sha, e."at", coalesce(d.person, e.actor) as voice
    from change_events e
    left join dim_accounts d on d.account = e.actor
    where e.change = $change and e.kind in ('approved', 'changes_requested') and e.deleted_at is null
        and not exists (
            from change_events t
            where t.change = e.change and t.kind = 'review_dismissed' and t.review = e.review and t.deleted_at is null
        )
        and coalesce(d.kind, 'human') = 'human'
        and coalesce(d.person, e.actor) is distinct from
            coalesce((select person from dim_accounts where account = $author), $author)
)
select * from said
qualify row_number() over (partition by voice order by "at" desc, id desc) = 1
order by "at", id
"""

_ALERTS = """
select id, kind, lower(severity) as severity, coalesce(state, 'open') = 'open' as open from alerts
where repository = $repository and kind in ('code_scanning', 'dependency', 'secret') and deleted_at is null
    and coalesce(lower(severity), 'low') in ('low', 'medium', 'high', 'critical')
order by open desc, id
"""

_DURATIONS = """
select sha, min(id) as id, sum(duration_s) as seconds from test_results
where repository = $repository and duration_s is not null and sha is not null and deleted_at is null
group by sha, build
qualify row_number() over (partition by sha order by max("at") desc) = 1
order by max("at") desc
limit 21
"""

_OF_SPRINT = """
select distinct c.id as change
from sprint_members m
join work_item_links l on l.to_item = m.work_item and l.kind = 'closes' and l.deleted_at is null
join changes c on c.id = l.from_item and c.deleted_at is null and c.state in ('open', 'merged')
where m.sprint = $sprint and m.leave_at is null
order by 1
"""
