"""Rules over the warehouse: one SELECT a rule, which says of what its condition holds and of what it is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from fairlead.signals.language.check import columns_of
from fairlead.signals.language.compile import SUBJECT, Statement
from fairlead.signals.language.functions import NOW
from fairlead.signals.language.tree import Node
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
    urgency: Level
    impact: Level
    fingerprint: str
    """What makes it the same signal when it is judged again."""
    said: str
    """What is the matter: the rule's title, filled."""
    title: str
    """The subject's own."""
    url: str
    team: str
    values: Mapping[str, Any]
    """Columns that the rule reads or names, as they stood."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement with its parameters."""

    sql: str
    params: Mapping[str, Any]


def select(rule: Rule, now: datetime, rows: str = "") -> Asked:
    """The SELECT of a rule at a moment; `rows` in the place of the view's own."""
    statement = Statement(rule.subject.held)
    condition = statement.condition(rule.condition)
    graver = " ".join(f"when {statement.condition(node)} then '{name}'" for name, node in rule.severities)
    usual = rule.written.severity.default
    severity = f"case {graver} else '{usual}' end" if graver else f"'{usual}'"
    levels = {name: _level(statement, level) for name, level in (("urgency", rule.urgency), ("impact", rule.impact))}
    sql = f"""
        select * from (
            select {SUBJECT}.id, {SUBJECT}.title, {SUBJECT}.url, {SUBJECT}.team, {condition} as met,
                {severity} as severity, {levels["urgency"]} as urgency, {levels["impact"]} as impact
                {"".join(f", {one}" for one in read_columns(rule))}
            from ({rows or rule.subject.rows}) {SUBJECT}
            {statement.joins()}
        ) where met is null or met order by id
    """  # noqa: S608 - names of the view, values as parameters
    return Asked(sql, parameters(sql, statement, now))


def _level(statement: Statement, level: Level | Node | None) -> str:
    """As said; null where the severity says it."""
    if level is None or isinstance(level, str):
        return f"'{level}'" if level else "null"
    return f"case when {statement.condition(level)} then 'high' else 'low' end"


def parameters(sql: str, statement: Statement, now: datetime) -> Mapping[str, Any]:
    """What a statement is asked with: the engine refuses a moment that it does not name."""
    moment = {"now": now.astimezone(UTC).replace(tzinfo=None)} if NOW in sql else {}
    return {**statement.params, **moment}


def read_by(rule: Rule) -> Sequence[str]:
    """Columns that the rule's conditions read, in their order, and those that its texts and lists name."""
    nodes = [rule.condition, *(node for _, node in rule.severities)]
    nodes += [node for node in (rule.urgency, rule.impact) if node is not None and not isinstance(node, str)]
    named = names_in(
        [rule.written.title, rule.then.propose, *(f"{{{one}}}" for one in (*rule.fingerprint, *rule.group_by))]
    )
    read = [*(name for node in nodes for name in columns_of(node)), *named]
    return [name for name in dict.fromkeys(read) if name in rule.subject.held]


def read_columns(rule: Rule) -> list[str]:
    """The same as columns of a SELECT."""
    return [f'{SUBJECT}."{rule.subject.held[name]}" as "read_{name}"' for name in read_by(rule)]


def values(rule: Rule, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a row of such a SELECT says of them, by their names in the language."""
    return {name: row[f"read_{name}"] for name in read_by(rule)}


def judge(warehouse: Warehouse, rule: Rule, now: datetime) -> list[Candidate]:
    """Every subject of which a rule says something at a moment."""
    asked = select(rule, now)
    return [_candidate(rule, row) for row in warehouse.rows(asked.sql, dict(asked.params))]


def _candidate(rule: Rule, row: Mapping[str, Any]) -> Candidate:
    held = values(rule, row)
    told = {**held, "id": row["id"]}
    severity = row["severity"]
    return Candidate(
        rule=rule.id,
        subject=row["id"],
        state="unknown" if row["met"] is None else "open",
        severity=severity,
        urgency=row["urgency"] or ("high" if severity in ("critical", "high") else "low"),
        impact=row["impact"] or ("high" if severity == "critical" else "low"),
        # a separator that no title or name holds, and that every store keeps, unlike NUL
        fingerprint="\x1f".join(worded(told[name]) for name in rule.fingerprint) or row["id"],
        said=filled(rule.written.title, told),
        title=row["title"] or "",
        url=row["url"] or "",
        team=row["team"] or "",
        values=held,
    )
