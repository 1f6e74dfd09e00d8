"""All rules over open records with their history, in steps of ten; one changed record; and rules judged row by row.

python benchmarks/rules.py [SIZE ...] [--peer-up-to N] [--memory 1GB]

The peer is what event-driven tools do: each rule is a predicate in Python that is asked of each row. It gets the rows
joined and the working time as a table to bisect, so that what is measured is the asking.
"""

from __future__ import annotations

import argparse
import bisect
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.setup import Privacy, Setup, TeamSetup
from fairlead.model.times import FixedClock
from fairlead.signals.judging import judge_all
from fairlead.signals.language.functions import FUNCTIONS, Present
from fairlead.signals.language.limits import limits
from fairlead.signals.language.tree import (
    Among,
    Call,
    Column,
    Compared,
    Denied,
    Joined,
    Known,
    Literally,
    Node,
    Reckoned,
    Usual,
)
from fairlead.signals.rules import Rule, read

NOW = datetime(2026, 9, 21, 12, tzinfo=UTC)
TEAMS = [f"team:t{number}" for number in range(20)]

FILL = """
create or replace temp table n as select range as n, hash(range) as h, 'team:t' || (range % 20) as team from range({half});
insert into open_change_turns by name select 'github:acme/r' || (n % 400) || '#' || n as change, 'github:acme/r' || (n % 400) as repository,
    n as number, 'Change ' || n as title, 'https://github.example/' || n as url, team,
    case when h % 5 < 3 then 'reviewer' when h % 5 = 3 then 'author' else 'merge_queue' end as turn,
    case when h % 5 < 3 then 'review_requested' when h % 5 = 3 then 'changes_requested' else 'queued' end as why,
    -- one in some hundred has waited for too long: a place where more did would look at its rules first
    timestamp '2026-09-21 12:00' - interval 1 minute * (case when h % 500 = 0 then 9000 else h % 60 end)::bigint as since,
    timestamp '2026-09-01 09:00' - interval 1 minute * (h % 40000)::bigint as opened_at,
    case when h % 401 = 0 then 900 else h % 400 end as lines, h % 30 as changed_files, h % 997 = 0 as hotfix from n;
insert into changes by name select change as id, repository, number, title, 'open' as state, 'main' as base_branch,
    case when number % 3 = 0 then ['size/m', 'api'] else ['size/s'] end as labels from open_change_turns;
insert into change_reviews by name select change, repository, 'human' as opened_by, 'open' as state, 1 as rounds, 1 as reviewers, 1 as reviews
    from open_change_turns;
insert into change_turns by name select change, turn, why, since, null::timestamp as until, 0 as party, since as waiting_since from open_change_turns;
insert into work_item_cycle_times by name select 'jira:issue/' || n as work_item, 'ACME-' || n as key, 'ACME' || (n % 50) as project, team,
    'feature' as work_type, 3.0 as points, case when h % 4 = 0 then 'in_progress' else 'todo' end as category,
    timestamp '2026-08-01 09:00' as opened_at,
    timestamp '2026-09-21 09:00' - interval 1 hour * (case when h % 400 = 0 then 400 else h % 60 end)::bigint as started_at from n;
insert into work_items by name select work_item as id, key, project, team, 'Item ' || key as title, 'In progress' as status, 'feature' as work_type,
    case when hash(key) % 40 = 0 then '' else 'Acceptance criteria: it works. ' end || repeat('More of it. ', 20) as body, 'jira:@a' || (hash(key) % 200) as assignee, 'jira:issue/e' || (hash(key) % 3000) as epic,
    case when hash(key) % 300 = 0 then timestamp '2026-09-19' else timestamp '2026-12-19' end as due_at from work_item_cycle_times;
insert into work_item_transitions by name select 'jira:issue/' || n || '/' || k as id, 'jira:issue/' || n as work_item,
    timestamp '2026-09-21 09:00' - interval 1 hour * (case when h % 600 = 0 then 300 else k * 9 + h % 9 end)::bigint as "at" from n, range(5) as k(k);
insert into work_item_changes by name select 'jira:issue/' || n || '/f' || k as id, 'jira:issue/' || n as work_item, 'points' as field,
    timestamp '2026-08-21 09:00' - interval 1 hour * k as "at" from n, range(3) as k(k);
insert into sprint_members by name select 'jira:issue/' || n as work_item, 'jira:sprint/' || (n % 20) as sprint, timestamp '2026-09-14' as enter_at, true as inside
    from n where h % 50 = 1;
insert into sprint_results by name select 'jira:sprint/' || range as sprint, 'Sprint ' || range as name, 'team:t' || range as team, timestamp '2026-09-14 09:00' as start_at,
    timestamp '2026-09-25 17:00' as end_at, 40 as committed, 1 as added, 0 as removed, 25 as completed from range(20);
insert into work_item_blocks by name select 'jira:issue/' || n as work_item, 'link' as kind, 'jira:issue/' || (n + 7) as blocked_by,
    timestamp '2026-09-18 09:00' as from_at from n where h % 700 = 0;
insert into work_item_cycle_times by name select 'jira:issue/d' || n as work_item, 'OLD-' || n as key, team, 'done' as category,
    timestamp '2026-09-01' as done_at, 86400.0 * (h % 9) as cycle_s from n;
"""  # noqa: E501


def main() -> None:
    """Each size: all rules, one changed record, and the peer where it is asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--peer-up-to", type=int, default=100_000)
    parser.add_argument("--memory", default="1GB")
    given = parser.parse_args()
    rules = [rule for rule in read()[0].values() if rule.written.mode != "off"]
    print(f"{len(rules)} rules; marks: 2,000 ms for all and 200 ms after one change, at 1,000,000")
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), size, rules, given.memory, peer=size <= given.peer_up_to)


def measure(folder: Path, size: int, rules: Sequence[Rule], memory: str, *, peer: bool) -> None:
    """One size: half changes, half items, each item with eight steps of history."""
    setup = Setup(teams={team.removeprefix("team:"): TeamSetup() for team in TEAMS}, privacy=Privacy())
    warehouse = Warehouse(folder / "w", MemorySource(), setup, FixedClock(NOW), memory_limit=memory)
    warehouse.refresh()
    con = warehouse.cursor()
    for statement in FILL.format(half=size // 2).split(";"):
        con.execute(statement)
    spent, busy, found = timed(lambda: judge_all(warehouse, rules, NOW), 5)
    one = {"change": ["github:acme/r7#7"], "work_item": ["jira:issue/7"]}
    changed, changed_busy, _ = timed(lambda: judge_all(warehouse, rules, NOW, one), 9)
    print(f"{size:,} open records: all {spent:,.0f} ms ({busy:,.0f} of both cores), {len(found):,} found; "
          f"after one change {changed:,.0f} ms ({changed_busy:,.0f})")  # fmt: skip
    if peer:
        asked = [rule for rule in rules if rule.subject.name in ("change", "work_item")]
        ours, _, mine = timed(lambda: judge_all(warehouse, asked, NOW), 5)
        took, theirs = by_row(warehouse, asked)
        assert theirs == {(one.rule, one.subject) for one in mine if one.state == "open"}, "the two do not agree"
        print(f"  {len(asked)} rules of these, by row {took:,.0f} ms, ours {ours:,.0f} ms: {took / ours:.0f} times")
    warehouse.close()


def timed(what: Callable[[], Any], times: int) -> tuple[float, float, Any]:
    """Median milliseconds by the clock and of processor time, and what came of it."""
    spent, busy, found = [], [], None
    for _ in range(times):
        started, before = time.perf_counter(), time.process_time()
        found = what()
        spent.append((time.perf_counter() - started) * 1000)
        busy.append((time.process_time() - before) * 1000)
    return statistics.median(spent), statistics.median(busy), found


def by_row(warehouse: Warehouse, rules: Sequence[Rule]) -> tuple[float, set[tuple[str, str]]]:
    """Milliseconds of asking each rule of each row; reading the rows is not counted."""
    naive = NOW.replace(tzinfo=None)
    present = Present(naive, worker(warehouse))
    held = limits(warehouse.setup)
    took, found = 0.0, set()
    for name in {rule.subject.name for rule in rules}:
        mine = [rule for rule in rules if rule.subject.name == name]
        subject = mine[0].subject
        usual = usuals(warehouse, mine, naive)
        asked = [(rule.id, predicate(rule.condition, {**held, **usual}, subject.held, present)) for rule in mine]
        rows = warehouse.rows(subject.selected())
        started = time.perf_counter()
        found |= {(rule, row["id"]) for row in rows for rule, holds in asked if holds(row)}
        took += (time.perf_counter() - started) * 1000
    return took, found


def worker(warehouse: Warehouse) -> Callable[[datetime, datetime], float]:
    """Working seconds between two moments; all teams have one calendar here."""
    slots = warehouse.rows("select from_at, end_at, worked_before_s from working_slots where calendar = "
                           "(select min(calendar) from setup_team_calendars) order by from_at")  # fmt: skip
    starts = [slot["from_at"] for slot in slots]

    def until(moment: datetime) -> float:
        slot = slots[bisect.bisect_right(starts, moment) - 1]
        return float(slot["worked_before_s"] + (min(moment, slot["end_at"]) - slot["from_at"]).total_seconds())

    return lambda since, to: until(to) - until(since)


def usuals(warehouse: Warehouse, rules: Sequence[Rule], now: datetime) -> Mapping[str, Mapping[str, float]]:
    """Percentiles by team, made once."""
    one = {history.name: history.rows for history in rules[0].subject.histories}
    return {
        f"p85({name})": {
            row["team"]: row["value"]
            for row in warehouse.rows(
                f"select team, quantile_cont(value, 0.85) as value from ({rows}) group by team",
                {"now": now},
            )
        }
        for name, rows in one.items()
    }


def predicate(
    node: Node, held: Mapping[str, Any], names: Mapping[str, str], present: Present
) -> Callable[[Any], Any]:
    """A condition as closures: as quick as plain Python gets without a compiler."""

    def of(one: Node) -> Callable[[Any], Any]:
        return predicate(one, held, names, present)

    match node:
        case Literally(value=value):
            return lambda row: value
        case Column(name=name) if name in held:
            value = held[name]
            return lambda row: value
        case Column(name=name):
            column = names[name]
            return lambda row: row[column]
        case Usual(history=history, floor=floor):
            by_team, least = held[f"p85({history})"], of(floor) if floor else (lambda row: 0.0)
            return lambda row: max(by_team.get(row["team"], 0.0), least(row))
        case Call(name=name, given=given):
            return _call(FUNCTIONS[name], [of(one) for one in given], present)
        case Reckoned(how=how, left=left, right=right) | Compared(how=how, left=left, right=right):
            return _pair(how, of(left), of(right))
        case Among(value=one, listed=listed):
            inner, values = of(one), {of(other)(None) for other in listed}
            return lambda row: inner(row) in values
        case Known(value=one):
            inner = of(one)
            return lambda row: inner(row) is not None
        case Denied(one=one):
            inner = of(one)
            return lambda row: None if (found := inner(row)) is None else not found
        case Joined(how="all", parts=parts):
            inner_parts = [of(one) for one in parts]
            return lambda row: all(one(row) for one in inner_parts)
        case Joined(parts=parts):
            inner_parts = [of(one) for one in parts]
            return lambda row: any(one(row) for one in inner_parts)
    raise AssertionError(node)


def _call(function: Any, given: list[Callable[[Any], Any]], present: Present) -> Callable[[Any], Any]:
    if len(given) == 1:
        (only,) = given
        return lambda row: None if (value := only(row)) is None else function.plain((value,), present)
    return lambda row: function.plain([one(row) for one in given], present)


def _pair(how: str, left: Callable[[Any], Any], right: Callable[[Any], Any]) -> Callable[[Any], Any]:
    import operator as op

    do = {"=": op.eq, "!=": op.ne, "<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge, "+": op.add, "-": op.sub,
          "*": op.mul, "/": op.truediv}[how]  # fmt: skip
    return lambda row: None if (a := left(row)) is None or (b := right(row)) is None else do(a, b)


if __name__ == "__main__":
    main()
