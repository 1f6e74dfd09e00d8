"""What a snapshot tells: what was measured last, the day before, and the test results of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fairlead.metrics.frame import aware
from fairlead.reports.literals import text_literal, time_literal
from fairlead.reports.pulse_facts import Pulse, load_pulse
from fairlead.reports.scope import Scope

DAY = timedelta(hours=24)
_USUAL = timedelta(days=7)
"""The stretch before yesterday's snapshot by which a flow of events is called usual."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One look at the world."""

    id: str
    at: datetime
    said: Mapping[str, Any]

    def seen(self, part: str) -> Sequence[Mapping[str, Any]]:
        """A list of it; what an older version did not measure is empty."""
        found = self.said.get(part)
        return found if isinstance(found, list) else ()

    def counts(self, part: str) -> Mapping[str, int]:
        """Numbers by name."""
        found = self.said.get(part)
        return found if isinstance(found, dict) else {}

    @property
    def query(self) -> str:
        """The row that holds it."""
        return f"select id, title, created_at, body from documents where id = {text_literal(self.id)}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Tests:
    """Test results of a day."""

    counts: Mapping[str, int]
    failed: Sequence[tuple[str, str, int]]
    """Suite or test, its repository, and how often it failed; the most frequent first."""
    ids: Sequence[str]
    failed_ids: Sequence[str]
    query: str
    """All of them."""


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """The last snapshot, the one about a day before it, and one about a week before that."""

    last: Measured | None
    before: Measured | None
    usual: Measured | None
    tests: Tests
    pulse: Pulse


def load_snapshot(scope: Scope) -> SnapshotFacts:
    """As of the scope's moment."""
    last = _newest(scope, scope.now)
    before = _newest(scope, last.at - DAY / 2) if last else None
    usual = _oldest(scope, before.at - _USUAL, before.at) if before else None
    return SnapshotFacts(last, before, usual, _tests(scope), load_pulse(scope))


_CHOSEN = (
    "select id, created_at, body from documents where source = 'fairlead' and path like 'snapshots/%' "
    "and deleted_at is null and "
)


def _newest(scope: Scope, until: datetime) -> Measured | None:
    return _first(scope, f"{_CHOSEN} created_at <= {time_literal(until)} order by created_at desc limit 1")


def _oldest(scope: Scope, since: datetime, until: datetime) -> Measured | None:
    limits = f"created_at >= {time_literal(since)} and created_at < {time_literal(until)}"
    return _first(scope, f"{_CHOSEN} {limits} order by created_at limit 1")


def _first(scope: Scope, query: str) -> Measured | None:
    for row in scope.warehouse.rows(query):
        return Measured(row["id"], aware(row["created_at"]) or scope.now, msgspec.json.decode(row["body"]))
    return None


def _tests(scope: Scope) -> Tests:
    inside = f'"at" >= {time_literal(scope.now - DAY)} and "at" < {time_literal(scope.now)} and deleted_at is null'
    query = f"select * from test_results where {inside} and result is not null"  # noqa: S608 - literals escaped
    rows = scope.warehouse.rows(
        "select result, count(*) as n, list(id order by id)[:50] as ids "  # noqa: S608 - the query above
        f"from ({query}) group by result order by result"
    )
    failed = scope.warehouse.rows(
        "select coalesce(name, suite, id) as test, coalesce(repository, '') as repository, count(*) as n "  # noqa: S608
        f"from ({query}) where result in ('failed', 'error') group by all order by n desc, test limit 10"
    )
    wrong = [row for row in rows if row["result"] in ("failed", "error")]
    return Tests(
        counts={row["result"]: row["n"] for row in rows},
        failed=[(row["test"], row["repository"], row["n"]) for row in failed],
        ids=[one for row in rows for one in row["ids"]],
        failed_ids=[one for row in wrong for one in row["ids"]],
        query=query,
    )
