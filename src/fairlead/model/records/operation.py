"""Incidents, alerts, on-call and service levels."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET

from fairlead.model.records.kinds import (
    AccountId,
    DeploymentId,
    IncidentId,
    Number,
    OneOf,
    PersonId,
    Record,
    RepositoryId,
    ServiceId,
    SloId,
    TeamId,
    Text,
    Texts,
    Time,
    Whole,
    WorkItemId,
)

SEVERITIES = ("critical", "high", "medium", "low")


class Incident(Record, frozen=True):
    """A disturbance of a service."""

    key: Text = UNSET
    """Key or number people use."""
    title: Text = UNSET
    """Title."""
    body: Text = UNSET
    """Description."""
    service: ServiceId = UNSET
    """Service that suffers."""
    repository: RepositoryId = UNSET
    """Repository concerned."""
    team: TeamId = UNSET
    """Team that handles it."""
    severity: Annotated[Text, OneOf(SEVERITIES)] = UNSET
    """`critical`, `high`, `medium` or `low`."""
    status: Annotated[Text, OneOf(("open", "acknowledged", "resolved"))] = UNSET
    """`open`, `acknowledged` or `resolved`."""
    environment: Text = UNSET
    """Environment that suffers."""
    started_at: Time = UNSET
    """When it began."""
    acknowledged_at: Time = UNSET
    """When somebody took it."""
    resolved_at: Time = UNSET
    """When the service was restored."""
    caused_by_deployment: DeploymentId = UNSET
    """Deployment that the incident names or that a person stated; empty if not stated."""
    caused_by_sha: Text = UNSET
    """Commit that the incident names as its cause."""
    caused_by_version: Text = UNSET
    """Version that the incident names as its cause."""
    # a reason instead of a flag: who reads the figure later wants to know why
    not_deployment: Text = UNSET
    """Set, with the reason, once a person stated that no deployment caused it."""
    root_cause: Text = UNSET
    """Cause in words."""
    labels: Texts = UNSET
    """Names of labels, sorted."""
    work_item: WorkItemId = UNSET
    """Item it was taken from."""
    made_from: Text = UNSET
    """What it was taken from: `incident`, `issue`, `alert`, `revert`, `cdevents`, `records`."""


class IncidentEvent(Record, frozen=True):
    """An entry of an incident's timeline."""

    incident: IncidentId = UNSET
    """The incident."""
    at: Time = UNSET
    """When."""
    kind: Text = UNSET
    """`triggered`, `notified`, `acknowledged`, `escalated`, `mitigated`, `resolved`, `reopened`, `note` ..."""
    actor: AccountId = UNSET
    """Who, of `notified` who was paged; empty where a tool did it by itself."""
    body: Text = UNSET
    """In words."""


class Alert(Record, frozen=True):
    """An automatic finding: monitoring, code scanning, dependencies, secrets."""

    repository: RepositoryId = UNSET
    """Repository concerned."""
    service: ServiceId = UNSET
    """Service concerned."""
    incident: IncidentId = UNSET
    """Incident it became part of."""
    number: Whole = UNSET
    """Number in the repository."""
    kind: Annotated[Text, OneOf(("monitoring", "code_scanning", "dependency", "secret"))] = UNSET
    """What found it."""
    title: Text = UNSET
    """Title."""
    rule: Text = UNSET
    """Rule, advisory or secret type."""
    severity: Annotated[Text, OneOf(SEVERITIES)] = UNSET
    """`critical`, `high`, `medium` or `low`."""
    state: Annotated[Text, OneOf(("open", "dismissed", "fixed"))] = UNSET
    """`open`, `dismissed` or `fixed`."""
    started_at: Time = UNSET
    """When it began."""
    ended_at: Time = UNSET
    """When it was fixed or dismissed."""
    path: Text = UNSET
    """File concerned."""


class OncallShift(Record, frozen=True):
    """A time in which a person is on call."""

    person: PersonId = UNSET
    """The person."""
    account: AccountId = UNSET
    """The account by which the tool names the person."""
    team: TeamId = UNSET
    """Team served."""
    service: ServiceId = UNSET
    """Service served."""
    schedule: Text = UNSET
    """Name of the schedule."""
    level: Whole = UNSET
    """Escalation level, from 1."""
    start_at: Time = UNSET
    """Start."""
    end_at: Time = UNSET
    """End."""


class Slo(Record, frozen=True):
    """A service level objective."""

    service: ServiceId = UNSET
    """The service."""
    name: Text = UNSET
    """Name."""
    target: Number = UNSET
    """Share of good events or time, 0 to 1."""
    window_days: Number = UNSET
    """Length of the window in days."""
    indicator: Text = UNSET
    """Query or words for what is measured."""


class SloWindow(Record, frozen=True):
    """Measured good and total of an objective in a stretch of time."""

    slo: SloId = UNSET
    """The objective."""
    start_at: Time = UNSET
    """Start."""
    end_at: Time = UNSET
    """End."""
    good: Number = UNSET
    """Good events or seconds."""
    total: Number = UNSET
    """All events or seconds."""
