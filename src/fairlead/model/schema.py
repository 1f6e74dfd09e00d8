"""All record types by table name, with their columns as data.

Tables, migrations, `docs/records.md`, JSON Schema and import validation are all made from here.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import UnsetType

from fairlead.model.records import (
    code,
    conversation,
    delivery,
    goals,
    judgement,
    operation,
    people,
    provenance,
    work,
)
from fairlead.model.records.kinds import OneOf, PersonColumn, Record, Refers

ColumnKind = Literal["text", "whole", "number", "flag", "time", "day", "texts"]

# few kinds on purpose: every one has to be stored by two databases, shown and imported
_KIND_OF: dict[Any, ColumnKind] = {
    str: "text", int: "whole", float: "number", bool: "flag", datetime: "time", date: "day",
}  # fmt: skip

TABLES: Mapping[str, type[Record]] = MappingProxyType(
    {
        "people": people.Person,
        "accounts": people.Account,
        "identity_links": people.IdentityLink,
        "teams": people.Team,
        "memberships": people.Membership,
        "code_owners": people.CodeOwner,
        "calendars": people.Calendar,
        "holidays": people.Holiday,
        "absences": people.Absence,
        "repositories": code.Repository,
        "services": code.Service,
        "commits": code.Commit,
        "commit_files": code.CommitFile,
        "changes": code.Change,
        "change_commits": code.ChangeCommit,
        "change_events": code.ChangeEvent,
        "change_files": code.ChangeFile,
        "work_items": work.WorkItem,
        "work_item_transitions": work.WorkItemTransition,
        "work_item_links": work.WorkItemLink,
        "work_item_changes": work.WorkItemChange,
        "sprints": work.Sprint,
        "milestones": work.Milestone,
        "milestone_dates": work.MilestoneDate,
        "team_dependencies": work.TeamDependency,
        "builds": delivery.Build,
        "test_results": delivery.TestResult,
        "coverage": delivery.Coverage,
        "artifacts": delivery.Artifact,
        "deployments": delivery.Deployment,
        "deployment_commits": delivery.DeploymentCommit,
        "releases": delivery.Release,
        "incidents": operation.Incident,
        "incident_events": operation.IncidentEvent,
        "alerts": operation.Alert,
        "oncall_shifts": operation.OncallShift,
        "slos": operation.Slo,
        "slo_windows": operation.SloWindow,
        "messages": conversation.Message,
        "documents": conversation.Document,
        "signals": judgement.Signal,
        "signal_events": judgement.SignalEvent,
        "actions": judgement.Action,
        "approvals": judgement.Approval,
        "decisions": judgement.Decision,
        "risks": judgement.Risk,
        "objectives": goals.Objective,
        "key_results": goals.KeyResult,
        "check_ins": goals.CheckIn,
        "objective_links": goals.ObjectiveLink,
        "forecasts": goals.Forecast,
        "sources": provenance.Source,
        "sync_runs": provenance.SyncRun,
    }
)
"""Table name -> record type, in the order in which documentation lists them."""

PERMITTING = frozenset({"signals", "signal_events", "actions", "approvals"})
"""Tables that nothing from outside may fill: a row there can be a permission."""

TABLE_OF: Mapping[type[Record], str] = MappingProxyType({kind: name for name, kind in TABLES.items()})
"""Record type -> table name."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a record type, as tables, documentation and validation need it."""

    name: str
    kind: ColumnKind
    refers: str | None
    """Table whose ids it holds."""
    words: tuple[str, ...]
    """The only values allowed; empty means any."""
    person: bool
    """Whether it names or describes a person."""
    table: str
    """Table in which it stands."""

    @property
    def doc(self) -> str:
        """What it means, one sentence; read from the source of the record type when it is first asked for."""
        return _field_docs(self.table)[self.name]


@cache
def columns(table: str) -> tuple[Column, ...]:
    """The columns of a table in order, `id` first."""
    # the annotations are texts here, and the marks are lost without the extras
    hints = get_type_hints(TABLES[table], include_extras=True)
    return tuple(_column(name, hints[name], table) for name in column_names(table))


@cache
def column_names(table: str) -> tuple[str, ...]:
    """Names of the columns of a table in order, `id` first."""
    # the shared fields first in every table, whatever order msgspec gives
    own = (name for name in TABLES[table].__struct_fields__ if name not in Record.__struct_fields__)
    return (*Record.__struct_fields__, *own)


@cache
def references(table: str) -> tuple[Column, ...]:
    """The columns of a table that hold ids of other rows."""
    return tuple(column for column in columns(table) if column.refers)


def _column(name: str, hint: Any, table: str) -> Column:
    marks: list[Any] = []
    # a mark may wrap a kind that is marked itself, like a person's texts
    while get_origin(hint) is Annotated:
        hint, *found = get_args(hint)
        marks.extend(found)
    return Column(
        name=name,
        kind=_kind(hint),
        refers=next((mark.table for mark in marks if isinstance(mark, Refers)), None),
        words=next((mark.words for mark in marks if isinstance(mark, OneOf)), ()),
        person=any(isinstance(mark, PersonColumn) for mark in marks),
        table=table,
    )


def _kind(hint: Any) -> ColumnKind:
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    # fails where a field could be two things: such a column has no type
    (plain,) = (part for part in parts if part not in (type(None), UnsetType))
    return "texts" if get_origin(plain) is tuple else _KIND_OF[plain]


@cache
def _field_docs(table: str) -> dict[str, str]:
    docs: dict[str, str] = {}
    # from the base downwards, so that a record's own words win over the shared ones
    for owner in reversed(TABLES[table].__mro__):
        if issubclass(owner, Record):
            docs.update(_own_field_docs(owner))
    return docs


def _own_field_docs(owner: type) -> Iterator[tuple[str, str]]:
    """Docstrings under the fields of a class: they exist in the source only."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
    assert isinstance(tree, ast.ClassDef)
    # Python throws these texts away, so they are read from the source
    for field, below in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
        ):
            yield field.target.id, inspect.cleandoc(str(below.value.value))
