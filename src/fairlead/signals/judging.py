"""Rules over the warehouse: one SELECT a rule, which says of what its condition holds and of what it is unknown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from fairlead.signals.language.check import columns_of
from fairlead.signals.language.compile import SUBJECT, Statement
from fairlead.signals.rules import Rule

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

State = Literal["open", "unknown"]
MOST = 10_000
"""Subjects that one rule may raise: a rule that names everything names nothing."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subject of which a rule says something."""

    rule: str
    subject: str
    fingerprint: str
    state: State
    """`unknown` where something that the condition needs is not known."""
    severity: str
    title: str
    url: str
    team: str
    values: Mapping[str, Any]
    """Columns that the rule reads, as they stood."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement with its parameters."""

    sql: str
    params: Mapping[str, Any]


def select(rule: Rule, now: datetime, subjects: Collection[str] | None = None, rows: str = "") -> Asked:
    """The SELECT of a rule at a moment, over all subjects or these; `rows` in the place of the view's own."""
    statement = Statement(rule.subject.held)
    condition = statement.condition(rule.condition)
    graver = " ".join(f"when {statement.condition(node)} then '{name}'" for name, node in rule.severities)
    usual = rule.written.severity.default
    severity = f"case {graver} else '{usual}' end" if graver else f"'{usual}'"
    values = ", ".join(f"'{name}': {SUBJECT}.\"{rule.subject.held[name]}\"" for name in read_by(rule))
    limit = f"where {SUBJECT}.id in (select unnest($subjects))" if subjects is not None else ""
    sql = f"""
        select * from (
            select {SUBJECT}.id, {SUBJECT}.title, {SUBJECT}.url, {SUBJECT}.team, {condition} as met,
                {severity} as severity, {{{values}}} as held
            from ({rows or rule.subject.rows}) {SUBJECT}
            {statement.joins()}
            {limit}
        ) where met is null or met order by id limit {MOST}
    """  # noqa: S608 - names of the view, values as parameters
    params = {**statement.params, "now": now.astimezone(UTC).replace(tzinfo=None)}
    if subjects is not None:
        params["subjects"] = list(subjects)
    return Asked(sql, {name: value for name, value in params.items() if f"${name}" in sql})


def read_by(rule: Rule) -> Sequence[str]:
    """Columns that the rule's condition reads, in its order."""
    return list(dict.fromkeys(columns_of(rule.condition)))


def judge(
    warehouse: Warehouse, rule: Rule, now: datetime, subjects: Collection[str] | None = None
) -> list[Candidate]:
    """What a rule says at a moment, of all subjects or of those that changed."""
    asked = select(rule, now, subjects)
    return [_candidate(rule, row) for row in warehouse.rows(asked.sql, dict(asked.params))]


def _candidate(rule: Rule, row: Mapping[str, Any]) -> Candidate:
    held = dict(row["held"])
    marks = [str(held.get(name, row.get(name))) for name in rule.written.fingerprint]
    return Candidate(
        rule=rule.id,
        subject=row["id"],
        fingerprint="/".join([row["id"], *marks]),
        state="unknown" if row["met"] is None else "open",
        severity=row["severity"],
        title=row["title"] or "",
        url=row["url"] or "",
        team=row["team"] or "",
        values=held,
    )
