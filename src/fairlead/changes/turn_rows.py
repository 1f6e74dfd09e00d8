"""Rows in, rows out: the turns of many changes for whoever fills a table with them.

Rows may be mappings by column name or tuples in the order of the column lists below, which are made to be put into a
`select`. `turn_tuples` streams: it wants its three inputs ordered by change. `turn_rows` takes any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias

from fairlead.changes.history import ChangeHistory, Check, Happening, check_happenings, rank_of
from fairlead.changes.turns import Turn, turns

CHANGE_COLUMNS = (
    "id", "author", "state", "created_at", "merged_at", "closed_at", "draft", "head_sha", "mergeable", "auto_merge",
    "requested_reviewers", "requested_teams",
)  # fmt: skip
EVENT_COLUMNS = ("change", "at", "id", "kind", "actor", "subject", "subject_team", "sha", "review")
CHECK_COLUMNS = ("change", "id", "kind", "name", "sha", "parent", "started_at", "finished_at", "result", "required")
"""Of `builds`, with the change whose head or earlier commit they ran on."""
TURN_COLUMNS = (
    "change", "turn", "account", "team", "since", "until", "why", "detail", "party", "waiting_since",
)  # fmt: skip
"""One row for each party of a turn. Rows with `party = 0` tile the time in which a change was open; `waiting_since`
says since when it has been that party's turn without a break, `detail` what the phrase `turn.<why>` names."""

Row: TypeAlias = Mapping[str, Any] | Sequence[Any]
Kinds: TypeAlias = Mapping[str, str]
Members: TypeAlias = Mapping[str, frozenset[str]]

_change_of = itemgetter(0)


def turn_rows(
    changes: Iterable[Row],
    events: Iterable[Row],
    checks: Iterable[Row] = (),
    kinds: Kinds | None = None,
    members: Members | None = None,
) -> list[dict[str, Any]]:
    """Rows of `change_turns` by column name, of changes, events and checks in any order."""
    found = turn_tuples(
        _ordered(changes, CHANGE_COLUMNS),
        _ordered(events, EVENT_COLUMNS),
        _ordered(checks, CHECK_COLUMNS),
        kinds,
        members,
    )
    return [dict(zip(TURN_COLUMNS, row, strict=True)) for row in found]


def turn_tuples(
    changes: Iterable[Sequence[Any]],
    events: Iterable[Sequence[Any]],
    checks: Iterable[Sequence[Any]] = (),
    kinds: Kinds | None = None,
    members: Members | None = None,
) -> Iterator[tuple[Any, ...]]:
    """Rows of `change_turns` in the order of `TURN_COLUMNS`; all inputs ordered by change, nothing is held."""
    for turn in turns(_histories(changes, events, checks), kinds, members):
        yield from _rows_of(turn)


def _rows_of(turn: Turn) -> Iterator[tuple[Any, ...]]:
    for number, (account, team) in enumerate(turn.parties or ((None, None),)):
        yield (
            turn.change, turn.turn, account, team, turn.since, turn.until, turn.why, turn.detail,
            number, turn.waiting_since[number],
        )  # fmt: skip


def _histories(
    changes: Iterable[Sequence[Any]], events: Iterable[Sequence[Any]], checks: Iterable[Sequence[Any]]
) -> Iterator[ChangeHistory]:
    next_events, next_checks = _Groups(events), _Groups(checks)
    before = ""
    for row in changes:
        (change, author, state, created_at, merged_at, closed_at, draft, head_sha, mergeable, auto_merge,
         reviewers, teams) = row  # fmt: skip
        if change < before:
            raise ValueError(f"changes must be ordered by id: {change} came after {before}")
        before = change
        happenings = [
            Happening(at, rank_of(kind), event_id, kind, actor, subject, team, sha, review)
            for _, at, event_id, kind, actor, subject, team, sha, review in next_events.of(change)
            if at is not None and kind is not None
        ]
        if found := next_checks.of(change):
            happenings += check_happenings([Check(*check[1:]) for check in found])
        yield ChangeHistory(
            change, author, created_at, merged_at if merged_at is not None else closed_at, state, draft, head_sha,
            mergeable, auto_merge, reviewers or (), teams or (), happenings,
        )  # fmt: skip


class _Groups:
    """Rows ordered by change, handed out change by change in the same order; others are passed over."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._groups = iter(groupby(rows, key=_change_of))
        self._key: str | None = ""
        self._rows: list[Sequence[Any]] = []

    def of(self, change: str) -> list[Sequence[Any]]:
        """All rows of a change; the next call must ask for a later one."""
        while self._key is not None and self._key < change:
            key, rows = next(self._groups, (None, ()))
            if key is not None and key < self._key:
                raise ValueError(f"rows must be ordered by change: {key} came after {self._key}")
            self._key, self._rows = key, list(rows)
        return self._rows if self._key == change else []


def _ordered(rows: Iterable[Row], columns: tuple[str, ...]) -> list[Sequence[Any]]:
    found = (tuple(row.get(name) for name in columns) if isinstance(row, Mapping) else row for row in rows)
    # An event or check of no change cannot move one.
    return sorted((row for row in found if row[0] is not None), key=_change_of)
