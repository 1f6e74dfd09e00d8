"""Objectives of a home that people enter by hand: set, measured, checked in, ended; and what work serves them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from fairlead.connectors.kit import goals as entries
from fairlead.connectors.kit.entered import meant
from fairlead.goals import files
from fairlead.goals.amounts import amount
from fairlead.goals.periods import HINT, first_day, quarter, quarter_of
from fairlead.goals.written import Written, WrittenResult
from fairlead.governance import entering
from fairlead.model.calendar.resolve import Calendars
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Abort, Skip
from fairlead.model.records.goals import LINK_STATES, OBJECTIVE_STATES
from fairlead.model.times import entered_at, iso
from fairlead.store import records
from fairlead.store.decided import Row, Table

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

ENDS = tuple(state for state in OBJECTIVE_STATES if state != "open")
FIELDS = frozenset(
    ("title", "body", "team", "owner", "parent", "quarter", "starts", "due", "epics", "labels", "milestones", "rule")
)
"""What somebody can say of an objective."""
RESULT_FIELDS = frozenset(
    (
        "title",
        "owner",
        "metric",
        "segment",
        "window",
        "query",
        "unit",
        "baseline",
        "target",
        "due",
        "stale_after_days",
    )
)
"""What somebody can say of a key result."""
_RESULT_EDITS = frozenset(("title", "owner", "baseline", "target", "due", "stale_after_days"))
_KINDS: Mapping[Table, str] = {"objectives": "objective", "key_results": "key_result"}


class Home(entering.Home, Protocol):
    """What entering objectives takes of a home."""

    @property
    def warehouse(self) -> Warehouse:
        """Which metrics there are."""
        ...


def one(home: entering.Home, said: str) -> Row:
    """An objective by id, name or number."""
    return _found(home, "objectives", said)


def result(home: entering.Home, said: str) -> Row:
    """A key result by id, or like `calm-releases/trust`."""
    return _found(home, "key_results", said)


def is_result(said: str) -> bool:
    """Whether it names a key result, and not an objective."""
    return said.startswith("key_result:") or ("/" in said and not said.startswith("objective:"))


def add(home: Home, said: Mapping[str, Any], by: str) -> str:
    """Enters an objective by hand, which runs for this quarter where nothing else is said; gives its id."""
    if not str(said.get("title") or "").strip():
        raise Skip("an objective needs a title", hint="say in a sentence what is to be reached")
    given = {name: value for name, value in said.items() if value not in (None, "", ())}
    calendar = _calendar(home, given.get("team"))
    if not {"quarter", "starts", "due"} & given.keys():
        given["quarter"] = quarter_of(home.clock.now(), calendar)
    fields = _objective_fields(home, given, calendar, None)
    if (person := meant(by)).startswith("person:"):
        fields = {"owner": person, **fields}
    fields |= {"state": "open", "created_at": entered_at(home.clock)}
    return entering.enter_new(home, entries.objective_entered, "objectives", "added", fields, by)


def change(home: Home, objective: str, said: Mapping[str, Any], by: str) -> str:
    """Sets fields of an objective that was entered by hand; gives its id."""
    row = _by_hand(one(home, objective))
    given = {name: value for name, value in said.items() if value is not None}
    if not given:
        raise Skip("nothing to change was said", hint="name a field, like --due 2027-03-31")
    calendar = _calendar(home, given.get("team") or row["team"])
    fields = _objective_fields(home, given, calendar, row)
    entering.enter(home, entries.objective_entered, row["id"], "edited", fields, by)
    return str(row["id"])


def end(home: Home, objective: str, state: str, by: str) -> str:
    """A person says how an objective ended, or that it is open again; gives its id."""
    row = one(home, objective)
    if state not in OBJECTIVE_STATES:
        raise Skip(f"no end {state!r:.80}", hint=f"there are: {', '.join(ENDS)}; `open` takes an end back")
    if row["state"] == state:
        raise Skip(f"{row['id']} is {state} already")
    ended = "" if state == "open" else home.clock.now()
    said = {"state": state, "ended_at": ended}
    entering.enter(home, entries.objective_entered, row["id"], "reopened" if state == "open" else "ended", said, by)
    return str(row["id"])


def measure(home: Home, objective: str, said: Mapping[str, Any], by: str) -> str:
    """Adds a key result to an objective that was entered by hand; gives its id."""
    row = _by_hand(one(home, objective))
    if not str(said.get("title") or "").strip():
        raise Skip("a key result needs a title", hint="say what is measured")
    if said.get("target") is None:
        raise Skip("a key result needs a target", hint="say where it is to go: --target 36h")
    given = {name: value for name, value in said.items() if value is not None}
    try:
        written = msgspec.convert({**given, "name": "entered"}, WrittenResult)
    except msgspec.ValidationError as fault:
        raise Skip(str(fault)) from fault
    goal = Written(name="entered", title=row["title"] or "", team=row["team"] or "", path="")
    known = files.Known(home.setup, home.warehouse.catalogue)
    fields, wrong = files.entered(written, goal, known, _calendar(home, row["team"]))
    if wrong:
        raise Skip(wrong[0], hint="; ".join(wrong[1:]))
    record = f"key_result:{row['id'].partition(':')[2]}/{_next(home, row['id'])}"
    fields |= {"objective": row["id"], "created_at": entered_at(home.clock)}
    entering.enter(home, entries.key_result_entered, record, "added", fields, by)
    return record


def adjust(home: Home, key_result: str, said: Mapping[str, Any], by: str) -> str:
    """Sets fields of a key result that was entered by hand; gives its id."""
    row = result(home, key_result)
    objective = _by_hand(one(home, row["objective"]))
    given = {name: value for name, value in said.items() if value is not None}
    if not given:
        raise Skip("nothing to change was said", hint="name a field, like --target 36h")
    if unknown := sorted(given.keys() - _RESULT_EDITS):
        raise Skip(f"`{unknown[0]}` of a key result stays", hint="remove it, and measure by another")
    for name in ("baseline", "target"):
        if name in given and given[name] != "":
            given[name] = _amount(given[name], row["unit"] or "")
    values = {name: given.get(name, row[name]) for name in ("baseline", "target")}
    if values["baseline"] is not None and values["baseline"] == values["target"]:
        raise Skip("the target is the baseline: there is no way to go")
    if "due" in given:
        due = given.pop("due")
        given["due_at"] = _end(_day(due, "due"), _calendar(home, objective["team"])) if due else ""
    entering.enter(home, entries.key_result_entered, row["id"], "edited", given, by)
    return str(row["id"])


def remove(home: Home, said: str, by: str) -> str:
    """Takes back an objective with its key results, or one of these, that was entered by hand; gives its id."""
    gone = {"deleted_at": entered_at(home.clock)}
    if is_result(said):
        row = result(home, said)
        _by_hand(one(home, row["objective"]))
        entering.enter(home, entries.key_result_entered, row["id"], "removed", gone, by)
        return str(row["id"])
    row = _by_hand(one(home, said))
    if row["state"] not in (None, "open"):
        raise Skip(f"{row['id']} is {row['state']}: what is over stays", hint=f"fairlead goals end {row['id']} open")
    for each in _results_of(home, row["id"]):
        if each["deleted_at"] is None:
            entering.enter(home, entries.key_result_entered, each["id"], "removed", gone, by)
    entering.enter(home, entries.objective_entered, row["id"], "removed", gone, by)
    return str(row["id"])


def check_in(
    home: Home, key_result: str, value: float | str, by: str, *, on: str = "", note: str = "",
    confidence: float | None = None,
) -> str:  # fmt: skip
    """A person tells the value of a key result on a day, today where none is said; gives the entry's id."""
    row = result(home, key_result)
    if row["value_from"] not in (None, "manual"):
        raise Skip(
            f"the value of {row['id']} comes from its {row['value_from']}", hint="only a manual one is entered"
        )
    goal = one(home, row["objective"])
    if goal["state"] not in (None, "open"):
        raise Skip(f"{goal['id']} is {goal['state']}", hint=f"fairlead goals end {goal['id']} open")
    calendar, now = _calendar(home, goal["team"]), home.clock.now()
    at, day = now, calendar.local_day(now)
    if on and (said := _day(on, "on")) != day:
        if said > day:
            raise Skip(f"{said} is still to come", hint="a value is entered for today or a day before")
        if goal["starts_at"] and said < calendar.local_day(goal["starts_at"]):
            raise Skip(f"{goal['id']} begins after {said}", hint="where it began is the key result's baseline")
        first, following = calendar.day_bounds(said)
        # noon, so that it is the same day in the zones around
        at, day = first + (following - first) / 2, said
    fields: dict[str, Any] = {"key_result": row["id"], "at": at, "value": _amount(value, row["unit"] or "")}
    fields |= {"note": note, "confidence": confidence, "created_at": entered_at(home.clock)}
    if (person := meant(by)).startswith("person:"):
        fields["by"] = person
    record = entries.check_in_id(row["id"], day)
    entering.enter(home, entries.check_in_entered, record, "entered", fields, by)
    return record


def link(home: Home, item: str, objective: str, state: str, by: str, reason: str = "") -> str:
    """A person says that a work item serves an objective, or that it does not; gives the link's id."""
    row = one(home, objective)
    if state not in LINK_STATES:
        raise Skip(f"no word {state!r:.80}", hint=f"there are: {', '.join(LINK_STATES)}")
    with home.database.read() as tx:
        if records.get(tx, "work_items", item) is None:
            raise Skip(f"no work item {item!r:.80}", hint="`fairlead work` shows their ids")
    fields: dict[str, Any] = {"objective": row["id"], "work_item": item, "state": state, "reason": reason,
                              "at": home.clock.now()}  # fmt: skip
    if (person := meant(by)).startswith("person:"):
        fields["by"] = person
    record = entries.link_id(row["id"], item)
    entering.enter(home, entries.link_entered, record, state, fields, by)
    return record


def told(row: Row) -> dict[str, Any]:
    """A row as plain values, without what the store keeps beside it."""
    return {
        name: iso(value) if isinstance(value, datetime) else value
        for name, value in row.items()
        if name not in ("rev", "raw_seq", "versions", "deleted_at", "source", "url") and value not in (None, ())
    }


def _found(home: entering.Home, table: Table, said: str) -> Row:
    kind = _KINDS[table]
    record = said if said.startswith(f"{kind}:") else f"{kind}:{said}"
    with home.database.read() as tx:
        row = records.get(tx, table, record)
    if row is None or row["deleted_at"] is not None:
        raise Abort(f"no {kind.replace('_', ' ')} {said!r:.80}", hint="`fairlead goals` shows them")
    return row


def _by_hand(row: Row) -> Row:
    if row["path"]:
        raise Skip(f"{row['id']} is stated in {row['path']}", hint="change it there; it is read by the next command")
    return row


def _objective_fields(
    home: Home, given: Mapping[str, Any], calendar: WorkingCalendar, row: Row | None
) -> dict[str, Any]:
    fields = {name: value for name, value in given.items() if name not in ("quarter", "starts", "due", "parent")}
    if team := fields.get("team"):
        fields["team"] = entering.team_id(str(team))
    if owner := fields.get("owner"):
        fields["owner"] = _person(str(owner))
    if "parent" in given:
        fields["parent"] = _parent(home, str(given["parent"]), row) if given["parent"] else ""
    fields |= _times(given, calendar)
    starts, due = (fields.get(name, row[name] if row else None) for name in ("starts_at", "due_at"))
    if row is None and (starts is None or due is None):
        raise Skip("when does it run?", hint="say --quarter 2026-Q4, or --starts and --due")
    if starts and due and due <= starts:
        raise Skip("it ends before it begins")
    return fields


def _parent(home: Home, said: str, row: Row | None) -> str:
    found = one(home, said)
    above, seen = found, {row["id"]} if row else set()
    # it may be a long way up
    while above["id"] not in seen:
        seen.add(above["id"])
        if not above["parent"]:
            return str(found["id"])
        above = one(home, above["parent"])
    raise Skip(f"{found['id']} serves it already", hint="an objective cannot serve itself")


def _times(given: Mapping[str, Any], calendar: WorkingCalendar) -> dict[str, Any]:
    if said := given.get("quarter"):
        if given.get("starts") or given.get("due"):
            raise Skip("say the quarter, or --starts and --due")
        if first_day(str(said)) is None:
            raise Skip(f"no quarter {said!r:.40}", hint=HINT)
        found = quarter(str(said), calendar)
        return {"starts_at": found.start, "due_at": found.end}
    times: dict[str, Any] = {}
    if said := given.get("starts"):
        times["starts_at"] = calendar.day_bounds(_day(said, "starts"))[0]
    if said := given.get("due"):
        times["due_at"] = _end(_day(said, "due"), calendar)
    return times


def _end(day: date, calendar: WorkingCalendar) -> datetime:
    # the last day belongs to it
    return calendar.day_bounds(day)[1]


def _day(said: Any, name: str) -> date:
    found = files.day_of(str(said))
    if found is None:
        raise Skip(f"`{name}`: {said!r:.40} is no day", hint="write it like 2026-12-31")
    return found


def _amount(said: Any, unit: str) -> float:
    try:
        return amount(said, unit)
    except ValueError as fault:
        raise Skip(str(fault)) from fault


def _person(owner: str) -> str:
    return owner if owner.startswith("person:") else f"person:{owner}"


def _calendar(home: entering.Home, team: Any) -> WorkingCalendar:
    return Calendars(home.setup).of_team(entering.team_id(str(team)) if team else None)


def _results_of(home: entering.Home, objective: str) -> list[Row]:
    with home.database.read() as tx:
        return [row for row in records.rows(tx, "key_results") if row["objective"] == objective]


def _next(home: entering.Home, objective: str) -> int:
    """A number that nobody else draws, and that no key result of this objective ever had."""
    taken = {row["id"].rpartition("/")[2] for row in _results_of(home, objective)}
    # after a replay into an empty store the counter begins anew, and the rows do not
    while str(number := entering.number(home, "key_results")) in taken:
        pass
    return number
