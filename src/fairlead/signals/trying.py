"""A rule's own examples: each is one row of its subject at a moment, judged by the same SELECT as all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fairlead.model.setup import Setup
from fairlead.model.times import parse_time
from fairlead.signals.judging import select
from fairlead.signals.language.limits import SETTINGS, limits
from fairlead.signals.language.parse import length_of
from fairlead.signals.language.tree import Kind
from fairlead.signals.rules import Rule
from fairlead.signals.written import Case

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

_TYPES: Mapping[Kind, str] = {
    "text": "varchar", "number": "double", "flag": "boolean", "time": "timestamp", "length": "double",
    "worked": "double", "texts": "varchar[]",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tried:
    """An example with what came of it."""

    rule: str
    number: int
    case: Case
    found: str
    severity: str

    @property
    def right(self) -> bool:
        """Whether the rule said what the example expects."""
        return self.found == self.case.expect and self.case.severity in ("", self.severity)


def tried(warehouse: Warehouse, rules: Iterable[Rule]) -> Iterator[Tried]:
    """All examples of rules, on a warehouse whose calendars count: one without rows will do."""
    calendar = warehouse.rows("select calendar from setup_team_calendars where team = ''")[0]["calendar"]
    for rule in rules:
        for number, case in enumerate(rule.written.tests, start=1):
            yield _try(warehouse, rule, number, case, str(calendar))


def _try(warehouse: Warehouse, rule: Rule, number: int, case: Case, calendar: str) -> Tried:
    now = parse_time(case.now)
    assert now is not None
    given: dict[str, Any] = {"calendar": calendar}
    listed = ["'example' as id", "'' as title", "'' as url", "'' as team", "$calendar as calendar"]
    for column in rule.subject.columns:
        name = column.of or column.name
        if name in ("title", "url", "team"):
            continue
        given[f"g_{column.name}"] = _value(column.kind, case.given.get(column.name))
        listed.append(f'cast($g_{column.name} as {_TYPES[column.kind]}) as "{name}"')
    histories = {}
    for one in rule.subject.histories:
        given[f"h_{one.name}"] = [_value(one.kind, said) for said in case.given.get(one.name, ())]
        histories[one.name] = f"select '' as team, unnest(cast($h_{one.name} as double[])) as value"
    # our own limits and not the team's, which would make every example hold or fail with the settings
    held = {
        **limits(Setup()),
        **{name: _value(SETTINGS[name], one) for name, one in case.given.items() if name in SETTINGS},
    }
    asked = select([rule], now, held, rows=f"select {', '.join(listed)}", histories=histories)
    params = {**asked.params, **{name: value for name, value in given.items() if f"${name}" in asked.sql}}
    found = warehouse.rows(asked.sql, params)
    if not found:
        return Tried(rule.id, number, case, "quiet", "")
    return Tried(rule.id, number, case, "unknown" if found[0]["met_0"] is None else "open", found[0]["severity_0"])


def _value(kind: Kind, given: Any) -> Any:
    if kind == "time" and given is not None:
        moment = parse_time(str(given))
        return moment.replace(tzinfo=None) if moment else None
    if kind in ("length", "worked") and isinstance(given, str):
        return length_of(given, kind)
    return given
