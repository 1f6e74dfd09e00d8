"""Rules over the warehouse: one SELECT for all rules of a subject, which says where each holds or is unknown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from fairlead.signals.language.check import terms_of
from fairlead.signals.language.compile import SUBJECT, Statement
from fairlead.signals.language.limits import SMALLEST_GROUP, limits
from fairlead.signals.language.say import say
from fairlead.signals.language.tree import Column, Kind, Node, Usual
from fairlead.signals.rules import Level, Rule
from fairlead.signals.templates import filled, names_in, worded

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

State = Literal["open", "unknown"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subject of which a rule says something."""

    rule: str
    subject: str
    state: State
    """`unknown` where something that the condition needs is not known."""
    severity: str
    urgency: Level | None
    """As the severity says where the rule is silent."""
    impact: Level | None
    fingerprint: str
    """What makes it the same signal when it is judged again."""
    said: str
    """What is the matter: the rule's title, filled."""
    title: str
    """The subject's own."""
    url: str
    team: str
    values: Mapping[str, Any]
    """What the rule reads or names, as it stood: columns, settings and percentiles by their words."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement with its parameters."""

    sql: str
    params: Mapping[str, Any]


def judge(
    warehouse: Warehouse, rule: Rule, now: datetime, subjects: Collection[str] | None = None
) -> list[Candidate]:
    """Every subject, or of some those, of which a rule says something at a moment."""
    return judge_all(warehouse, [rule], now, None if subjects is None else {rule.subject.name: subjects})


def judge_all(
    warehouse: Warehouse, rules: Iterable[Rule], now: datetime, subjects: Mapping[str, Collection[str]] | None = None
) -> list[Candidate]:
    """What all rules say at a moment, rule by rule.

    With `subjects`, ids by kind of subject, only these are looked at, and kinds that are not named not at all.
    """
    held = limits(warehouse.setup)
    by_subject: dict[str, list[Rule]] = {}
    for rule in rules:
        by_subject.setdefault(rule.subject.name, []).append(rule)
    found: list[Candidate] = []
    for name, listed in by_subject.items():
        some = None if subjects is None else subjects.get(name, ())
        if some is None or some:
            asked = select(listed, now, held, subjects=some)
            rows = warehouse.rows(asked.sql, dict(asked.params))
            for number, rule in enumerate(listed):
                teller, met = _Teller(rule, number), f"met_{number}"
                found += [teller.candidate(row) for row in rows if row[met] is not False]
    return found


def select(
    rules: Sequence[Rule],
    now: datetime,
    held: Mapping[str, Any],
    *,
    rows: str = "",
    histories: Mapping[str, str] | None = None,
    subjects: Collection[str] | None = None,
    also: Sequence[str] = (),
) -> Asked:
    """The SELECT of rules of one subject at a moment; `rows` and `histories` in the place of the view's own.

    `also` are columns of the rows that come along.
    """
    subject = rules[0].subject
    statement = statement_of(rules[0], held, histories)
    listed = [column for number, rule in enumerate(rules) for column in _judgement(statement, rule, number)]
    terms = {say(term): term for rule in rules for term in read_by(rule)}
    listed += [f'{statement.condition(term)} as "read_{name}"' for name, term in terms.items()]
    # once each: `met is null or met` would be reckoned twice
    listed += [f'{SUBJECT}."{name}"' for name in also]
    wanted = " or ".join(f"coalesce(met_{number}, true)" for number in range(len(rules)))
    read = {
        subject.held[term.name] for term in terms.values() if isinstance(term, Column) and term.name in subject.held
    }
    only = "" if subjects is None else f"where {SUBJECT}.id in (select unnest($subjects))"
    sql = f"""
        select * from (
            select {SUBJECT}.id, {SUBJECT}.title, {SUBJECT}.url, {SUBJECT}.team, {", ".join(listed)}
            from ({rows or subject.selected(some=subjects is not None, read=read)}) {SUBJECT}
            {statement.joins()}
            {only}
        ) where {wanted} order by id
    """  # noqa: S608 - names of the view, values as parameters
    params = dict(parameters(sql, statement, now))
    return Asked(sql, params if subjects is None else {**params, "subjects": list(subjects)})


def statement_of(rule: Rule, held: Mapping[str, Any], histories: Mapping[str, str] | None = None) -> Statement:
    """A statement over the subject of a rule, with the limits that its conditions may name."""
    subject = rule.subject
    own = {one.name: one.rows for one in subject.histories}
    return Statement(subject.held, held, own if histories is None else histories)


def parameters(sql: str, statement: Statement, now: datetime) -> Mapping[str, Any]:
    """What a statement is asked with: the engine refuses a moment that it does not name."""
    given = {"now": now.astimezone(UTC).replace(tzinfo=None), "minimum_group": statement.limits[SMALLEST_GROUP]}
    return {**statement.params, **{name: value for name, value in given.items() if f"${name}" in sql}}


def read_by(rule: Rule) -> Sequence[Column | Usual]:
    """What the rule's conditions read, in their order, and the columns that its texts and lists name."""
    nodes = [rule.condition, *(node for _, node in rule.severities)]
    nodes += [node for node in (rule.urgency, rule.impact) if node is not None and not isinstance(node, str)]
    written = rule.written
    named = [*names_in([written.title, rule.then.propose]), *rule.fingerprint, *rule.group_by]
    terms = [term for node in nodes for term in terms_of(node)]
    terms += [Column(name, 0) for name in named if name in rule.subject.held]
    return list({say(term): term for term in terms}.values())


def kinds_of(rule: Rule) -> Mapping[str, Kind | None]:
    """Words of what a rule reads -> kind."""
    view = rule.subject.view
    return {say(term): view.kind_of(term) for term in read_by(rule)}


def values(rule: Rule, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a row of such a SELECT says of all that the rule reads."""
    return {name: row[f"read_{name}"] for name in map(say, read_by(rule))}


def _judgement(statement: Statement, rule: Rule, number: int) -> Sequence[str]:
    graver = " ".join(f"when {statement.condition(node)} then '{name}'" for name, node in rule.severities)
    usual = rule.written.severity.default
    severity = f"case {graver} else '{usual}' end" if graver else f"'{usual}'"
    return (
        f"{statement.condition(rule.condition)} as met_{number}",
        f"{severity} as severity_{number}",
        f"{_level(statement, rule.urgency)} as urgency_{number}",
        f"{_level(statement, rule.impact)} as impact_{number}",
    )


def _level(statement: Statement, level: Level | Node | None) -> str:
    """As said; null where the severity says it."""
    if level is None or isinstance(level, str):
        return f"'{level}'" if level else "null"
    return f"case when {statement.condition(level)} then 'high' else 'low' end"


class _Teller:
    """Rows as candidates of a rule; what the rule reads is found out once and not for each of them."""

    def __init__(self, rule: Rule, number: int) -> None:
        self._rule, self._number, self._kinds = rule, number, kinds_of(rule)

    def candidate(self, row: Mapping[str, Any]) -> Candidate:
        """What the rule says of a row of the SELECT."""
        rule, number = self._rule, self._number
        held = {name: row[f"read_{name}"] for name in self._kinds}
        told = {"id": row["id"], **{name: worded(value, self._kinds[name]) for name, value in held.items()}}
        return Candidate(
            rule=rule.id,
            subject=row["id"],
            state="unknown" if row[f"met_{number}"] is None else "open",
            severity=row[f"severity_{number}"],
            urgency=row[f"urgency_{number}"],
            impact=row[f"impact_{number}"],
            # a separator that no title or name holds, and that every store keeps, unlike NUL
            fingerprint="\x1f".join(told[name] for name in rule.fingerprint) or row["id"],
            said=filled(rule.written.title, told),
            title=row["title"] or "",
            url=row["url"] or "",
            team=row["team"] or "",
            values=held,
        )
