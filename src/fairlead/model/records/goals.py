"""What a team wants to reach, how far it is, and what it foretold of the way there."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET

from fairlead.model.records.kinds import (
    MilestoneId,
    Number,
    OneOf,
    PersonId,
    Record,
    Refers,
    TeamId,
    Text,
    Texts,
    Time,
    Whole,
    WorkItemId,
)

OBJECTIVE_STATES = ("open", "reached", "missed", "dropped")
"""How it ended is a person's word: values alone do not tell whether an objective was reached."""
VALUE_SOURCES = ("metric", "query", "manual")
"""Where the value of a key result comes from: the catalogue, a query over records and marts, a dated entry."""
LINK_STATES = ("confirmed", "refused")
FORECAST_KINDS = ("items", "days", "sprint", "epic", "milestone", "plan")
ObjectiveId = Annotated[Text, Refers("objectives")]
KeyResultId = Annotated[Text, Refers("key_results")]


class Objective(Record, frozen=True):
    """Something to reach by a day, which key results measure and work items serve."""

    title: Text = UNSET
    """What is to be reached, in a sentence."""
    body: Text = UNSET
    """Why, in more words."""
    team: TeamId = UNSET
    """Team that answers for it; empty where all do."""
    owner: PersonId = UNSET
    """Who answers for it."""
    parent: ObjectiveId = UNSET
    """Objective that it serves."""
    state: Annotated[Text, OneOf(OBJECTIVE_STATES)] = UNSET
    """`open`, `reached`, `missed` or `dropped`."""
    starts_at: Time = UNSET
    """From when on work counts for it."""
    due_at: Time = UNSET
    """When it is to be reached."""
    ended_at: Time = UNSET
    """When somebody said how it ended."""
    epics: Texts = UNSET
    """Ids of work items that serve it, with all items below them."""
    labels: Texts = UNSET
    """Labels whose items serve it."""
    rule: Text = UNSET
    """Condition in the language of rules: items for which it holds serve it."""
    milestones: Texts = UNSET
    """Ids of milestones that belong to it."""
    path: Text = UNSET
    """File that states it; empty where it was entered or imported."""


class KeyResult(Record, frozen=True):
    """One measure of an objective: from a value to a value by a day."""

    objective: ObjectiveId = UNSET
    """The objective."""
    title: Text = UNSET
    """What is measured, in words."""
    owner: PersonId = UNSET
    """Who looks after its value."""
    value_from: Annotated[Text, OneOf(VALUE_SOURCES)] = UNSET
    """`metric`, `query` or `manual`."""
    metric: Text = UNSET
    """Name of the metric in the catalogue."""
    segment: Text = UNSET
    """What the metric is limited to, like `service=checkout`."""
    span: Text = UNSET
    """Window of the metric, like `30d`."""
    query: Text = UNSET
    """Query that gives the value: one row, its column `value`."""
    unit: Text = UNSET
    """Unit of the value, as of metrics: `seconds`, `share`, `count` ..."""
    baseline: Number = UNSET
    """Value from which it began."""
    target: Number = UNSET
    """Value that is wanted."""
    due_at: Time = UNSET
    """When; empty for the objective's own day."""
    stale_after_days: Whole = UNSET
    """Days after which a manual value without a new entry is stale."""


class CheckIn(Record, frozen=True):
    """A value of a key result on a day: entered by a person, or kept as it was computed."""

    key_result: KeyResultId = UNSET
    """The key result."""
    at: Time = UNSET
    """The day or moment for which it holds."""
    value: Number = UNSET
    """The value, in the key result's unit."""
    note: Text = UNSET
    """What the person says of it."""
    confidence: Number = UNSET
    """How sure the person is that the target will be reached, from 0 to 1."""
    by: PersonId = UNSET
    """Who entered it; empty where it was computed."""


class ObjectiveLink(Record, frozen=True):
    """A person's word that a work item serves an objective, or does not."""

    objective: ObjectiveId = UNSET
    """The objective."""
    work_item: WorkItemId = UNSET
    """The work item, an epic with all items below it."""
    state: Annotated[Text, OneOf(LINK_STATES)] = UNSET
    """`confirmed` or `refused`."""
    reason: Text = UNSET
    """Why."""
    by: PersonId = UNSET
    """Who said so."""
    at: Time = UNSET
    """When."""


class Forecast(Record, frozen=True):
    """An answer that was given about days to come, and later what came of it."""

    kind: Annotated[Text, OneOf(FORECAST_KINDS)] = UNSET
    """`items` asks when, `days` how many; else what was asked about."""
    subject: Text = UNSET
    """Id of the sprint, epic or milestone; empty for a number of items or a day."""
    milestone: MilestoneId = UNSET
    """The milestone, where it is about one."""
    team: TeamId = UNSET
    """Team; empty for everybody."""
    given_at: Time = UNSET
    """The moment at which it looked ahead."""
    items: Whole = UNSET
    """Items asked for, or left to do."""
    until: Time = UNSET
    """The day asked about, where it asked how many."""
    ends_50: Time = UNSET
    """When it said to be done, with 50 %."""
    ends_85: Time = UNSET
    """With 85 %."""
    ends_95: Time = UNSET
    """With 95 %."""
    count_50: Whole = UNSET
    """How many it said at least, with 50 %."""
    count_85: Whole = UNSET
    """With 85 %."""
    count_95: Whole = UNSET
    """With 95 %."""
    method: Text = UNSET
    """Name and version of how it was made."""
    basis_days: Whole = UNSET
    """Working days of the past that it drew from."""
    basis_done: Whole = UNSET
    """Items that they brought."""
    scored_at: Time = UNSET
    """When it could be judged; empty while it cannot."""
    came_at: Time = UNSET
    """When it was done indeed; empty where it was not by 95 %."""
    came_items: Whole = UNSET
    """How many came indeed."""
    reason: Text = UNSET
    """Why it cannot be judged, where that is so for good."""
