"""Each service deploys a change for itself: lead times over random histories against a count by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples

from fairlead.metrics.figures import figure
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Window
from fairlead.model.setup import ServiceSetup, Setup, TeamSetup, Thresholds
from fairlead.model.times import FixedClock

REPOSITORY = "github:acme/mono"
START = datetime(2026, 5, 4, 8)  # noqa: DTZ001 - the warehouse holds clock readings of UTC
WINDOW = Window(start=START.replace(tzinfo=UTC), end=START.replace(tzinfo=UTC) + timedelta(days=60))
CLOCK = FixedClock(WINDOW.end)
SETUP = Setup(
    services={
        "shop": ServiceSetup(repository=REPOSITORY, paths=("shop/**",), team="sales"),
        "stock": ServiceSetup(repository=REPOSITORY, paths=("stock/**", "shared/**"), team="store"),
        "print": ServiceSetup(repository=REPOSITORY, paths=("print/**", "shared/**"), team="store"),
    },
    teams={
        "sales": TeamSetup(members=("kim",)),
        "store": TeamSetup(members=("lee",)),
        "guild": TeamSetup(repositories=(REPOSITORY,)),
    },
    thresholds=Thresholds(minimum_n=1),
)
TOUCHES = {
    "shop/cart.py": {"service:shop"},
    "stock/levels.py": {"service:stock"},
    "shared/money.py": {"service:stock", "service:print"},
    "README.md": set[str](),
}
OWNED = {"sales": {"service:shop"}, "store": {"service:stock", "service:print"}}
SEGMENTS = ({}, *({"service": name} for name in SETUP.services), *({"team": name} for name in SETUP.teams))


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def sha(number: int) -> str:
    return f"{number:040x}"


@dataclass(frozen=True)
class Change:
    """A merged change by the numbers of its commits."""

    number: int
    merge: int
    head: int
    paths: tuple[str, ...]
    merged_h: int
    coded_h: int

    @property
    def id(self) -> str:
        return f"{REPOSITORY}#{self.number}"

    @property
    def touched(self) -> set[str]:
        return set().union(*(TOUCHES[path] for path in self.paths))


@dataclass(frozen=True)
class Act:
    """A deployment of one service, or of the whole repository."""

    number: int
    commit: int
    hour: int
    service: str | None
    environment: str
    result: str

    @property
    def id(self) -> str:
        return f"{REPOSITORY}/deployment/{self.number}"


@dataclass(frozen=True)
class History:
    """Commits by number with their parents; each is written in the hour of its number."""

    parents: Sequence[Sequence[int]]
    changes: Sequence[Change]
    acts: Sequence[Act]

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "repositories", {"id": REPOSITORY, "default_branch": "main", "source": "github"}
        for number, parents in enumerate(self.parents):
            yield "commits", {
                "id": f"{REPOSITORY}@{sha(number)}", "repository": REPOSITORY, "sha": sha(number), "source": "github",
                "parents": [sha(parent) for parent in parents], "committed_at": at(number), "authored_at": at(number),
            }  # fmt: skip
        for change in self.changes:
            yield "changes", {
                "id": change.id, "repository": REPOSITORY, "number": change.number, "state": "merged",
                "created_at": at(change.coded_h), "merged_at": at(change.merged_h), "base_branch": "main",
                "head_branch": f"topic-{change.number}", "merge_sha": sha(change.merge), "head_sha": sha(change.head),
                "source": "github",
            }  # fmt: skip
            yield "change_commits", {
                "id": f"{change.id}@1", "change": change.id, "sha": "1", "authored_at": at(change.coded_h),
            }  # fmt: skip
            for path in change.paths:
                yield "change_files", {
                    "id": f"{change.id}:{path}", "change": change.id, "repository": REPOSITORY, "path": path,
                }  # fmt: skip
        for act in self.acts:
            yield "deployments", {
                "id": act.id, "repository": REPOSITORY, "sha": sha(act.commit), "service": act.service,
                "environment": act.environment, "result": act.result, "finished_at": at(act.hour), "source": "github",
                "made_from": "deployment",
            }  # fmt: skip

    def contained(self, commit: int) -> set[int]:
        found, open_ = set[int](), [commit]
        while open_:
            if (one := open_.pop()) not in found:
                found.add(one)
                open_.extend(self.parents[one])
        return found

    def firsts(self, commit: int) -> Iterator[tuple[Act, bool]]:
        """The first deployment of each service and production environment with a commit, and whether that is sure."""
        covered = min(act.hour for act in self.acts)
        tracks = {(act.service, act.environment) for act in self.acts if act.environment != "staging"}
        for track in tracks:
            line = [act for act in self.acts if (act.service, act.environment) == track and act.result == "success"]
            for place, act in enumerate(sorted(line, key=lambda one: (one.hour, one.id))):
                if commit in self.contained(act.commit):
                    # What ran before the first deployment known is in nobody's records.
                    yield act, place > 0 or commit == act.commit or commit >= covered
                    break

    def brought(self, change: Change, service: str | None) -> tuple[Act, bool] | None:
        """By which deployment a service got a change; by any where it is asked for none."""
        found = [
            (place, act.hour, act.id, act, proven)
            for place, commit in enumerate((change.merge, change.head))
            for act, proven in self.firsts(commit)
            if service is None or act.service in (None, service)
        ]
        return min(found)[3:] if found else None

    def expected(self, segment: Mapping[str, str]) -> dict[str, tuple[str | None, float | None]]:
        """For each change that belongs to a segment: the deployment and the lead time in hours."""
        told = {}
        for change in self.changes:
            wanted: set[str | None] = {*change.touched} or {None}
            if "service" in segment:
                wanted &= {f"service:{segment['service']}"}
            elif segment.get("team") in OWNED:
                wanted &= OWNED[segment["team"]]
            if not wanted:
                continue
            hits = [found for service in wanted if (found := self.brought(change, service))]
            act, proven = min(hits, key=lambda hit: (hit[0].hour, hit[0].id), default=(None, False))
            known = act is not None and proven and act.hour >= change.merged_h
            told[change.id] = (act.id if act else None, float(act.hour - change.coded_h) if act and known else None)
        return told


@st.composite
def histories(draw: st.DrawFn) -> History:
    size = draw(st.integers(3, 9))
    near = [st.lists(st.integers(max(0, n - 3), n - 1), min_size=1, max_size=2, unique=True) for n in range(1, size)]
    parents = [[], *map(draw, near)]
    commit = st.integers(0, size - 1)
    changes = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        merge = draw(commit)
        paths = tuple(draw(st.lists(st.sampled_from(sorted(TOUCHES)), max_size=3, unique=True)))
        changes.append(Change(number, merge, draw(commit), paths, merge + draw(st.integers(0, 4)), 0))
    services = (None, "service:shop", "service:shop", "service:stock", "service:print")
    acts = [
        Act(number, draw(commit), draw(st.integers(2, 40)), draw(st.sampled_from(services)),
            draw(st.sampled_from(("production", "production", "production-eu", "staging"))),
            draw(st.sampled_from(("success", "success", "failure"))))
        for number in range(draw(st.integers(0, 8)))
    ]  # fmt: skip
    # One that works, or merges would count as deployments.
    acts.append(
        Act(9, draw(commit), draw(st.integers(0, 40)), draw(st.sampled_from(services)), "production", "success")
    )
    return History(parents, changes, acts)


@settings(max_examples=examples(5), deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), st.sampled_from(SEGMENTS), st.randoms(use_true_random=False))
def test_lead_times_by_service_and_team_are_those_counted_by_hand(
    history: History, asked: Mapping[str, str], shuffled: Any
) -> None:
    rows = list(history.rows())
    shuffled.shuffle(rows)
    source = MemorySource()
    warehouse = Warehouse(None, source, SETUP, CLOCK)
    # In pieces and in any order, as tools tell it: what comes late must reach each service's row.
    for piece in (rows[::2], rows[1::2]):
        for table, row in piece:
            source.put(table, row)
        warehouse.refresh()
    try:
        for segment in SEGMENTS:
            expected = history.expected(segment)
            table, where = mart(segment)
            rows_there = warehouse.rows(
                f"select change, deployment, total_s / 3600 as hours from {table} where {where}"
            )
            assert {row["change"]: (row["deployment"], row["hours"]) for row in rows_there} == expected, segment
        # The figure over the same rows, of one segment: asking for all of them takes longer than the models do.
        expected = history.expected(asked)
        known = [hours for _, hours in expected.values() if hours is not None]
        told = figure(warehouse, "lead_time", WINDOW, asked)
        assert (told.n, sum(told.excluded.values())) == (len(known), len(expected) - len(known)), asked
        assert told.value == (pytest.approx(median(known) * 3600) if known else None)
        assert len(warehouse.rows(told.rows.query)) == told.n == told.rows.count
        parts = {part.name: part for part in told.parts}
        assert sum(parts["coding_time"].excluded.values()) + parts["coding_time"].n == len(expected)
    finally:
        warehouse.close()


def mart(segment: Mapping[str, str]) -> tuple[str, str]:
    for key, value in segment.items():
        return f"change_{key}_lead_times", f"{key} = '{key}:{value}'"
    return "change_lead_times", "true"


def test_commits_that_stand_for_themselves_count_by_the_service_that_has_them() -> None:
    commits = History(
        [[], [0], [1]],
        [],
        [
            Act(1, 0, 3, "service:shop", "production", "success"),
            Act(2, 0, 3, "service:stock", "production", "success"),
            Act(3, 2, 5, "service:shop", "production", "success"),
            Act(4, 2, 9, "service:stock", "production", "success"),
        ],
    )
    source = MemorySource()
    for table, row in commits.rows():
        source.put(table, row)
    for path in ("shop/cart.py", "stock/levels.py"):
        commit = f"{REPOSITORY}@{sha(2)}"
        source.put("commit_files", {"id": f"{commit}:{path}", "commit": commit, "path": path})
    warehouse = Warehouse(None, source, SETUP, CLOCK)
    warehouse.refresh()
    hours = {"": 3, "service=shop": 3, "service=stock": 7, "team=sales": 3, "team=store": 7, "team=guild": 3}
    for said, expected in hours.items():
        segment = dict([said.split("=")] if said else [])
        if said:
            assert figure(warehouse, "lead_time", WINDOW, segment).value == expected * 3600, said
        rows = {row["id"]: row["value"] for row in warehouse.rows(figure(warehouse, "lead_time", WINDOW).rows.query)}
        assert rows[commit] == hours[""] * 3600
    assert figure(warehouse, "lead_time_working", WINDOW, {"service": "stock"}).value == 7 * 3600
    assert figure(warehouse, "lead_time", WINDOW, {"service": "print"}).n == 0
