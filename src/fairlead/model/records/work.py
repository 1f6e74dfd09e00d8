"""Work items, sprints, milestones and agreed dependencies."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET

from fairlead.model.records.kinds import (
    AccountId,
    Flag,
    MilestoneId,
    Number,
    OneOf,
    PersonColumn,
    PersonText,
    Record,
    Refers,
    RepositoryId,
    SprintId,
    TeamId,
    Text,
    Texts,
    Time,
    Whole,
    WorkItemId,
)

STATUS_CATEGORIES = ("todo", "in_progress", "done", "canceled")
WORK_TYPES = ("feature", "bug", "tech_debt", "toil", "incident", "epic", "task", "other")


class WorkItem(Record, frozen=True):
    """An issue, story, bug, task or epic."""

    key: Text = UNSET
    """Key people use, like `ACME-17` or `acme/payments#7`."""
    external_id: Text = UNSET
    """The tool's own immutable id."""
    repository: RepositoryId = UNSET
    """Repository, for issues of a code host."""
    project: Text = UNSET
    """Project or board key."""
    team: TeamId = UNSET
    """Team it belongs to."""
    title: Text = UNSET
    """Title."""
    body: Text = UNSET
    """Description."""
    type: Text = UNSET
    """The tool's own type, like `Story`."""
    work_type: Annotated[Text, OneOf(WORK_TYPES)] = UNSET
    """Type in Fairlead's words."""
    status: Text = UNSET
    """The tool's own status."""
    status_category: Annotated[Text, OneOf(STATUS_CATEGORIES)] = UNSET
    """`todo`, `in_progress`, `done` or `canceled`."""
    priority: Text = UNSET
    """The tool's own priority."""
    author: AccountId = UNSET
    """Who reported it."""
    assignee: AccountId = UNSET
    """Who works on it; the first, where a tool allows several."""
    assignees: Annotated[Texts, Refers("accounts"), PersonColumn()] = UNSET
    """All who work on it."""
    labels: Texts = UNSET
    """Names of labels, sorted."""
    points: Number = UNSET
    """Story points."""
    parent: WorkItemId = UNSET
    """Item above it."""
    epic: WorkItemId = UNSET
    """Epic it belongs to."""
    sprint: SprintId = UNSET
    """Sprint it is in now."""
    milestone: MilestoneId = UNSET
    """Milestone."""
    due_at: Time = UNSET
    """When it is due."""
    started_at: Time = UNSET
    """First start of work, where the tool says so."""
    closed_at: Time = UNSET
    """When it was done or canceled; empty while open."""
    resolution: Text = UNSET
    """How it ended, like `completed`, `not_planned`, `duplicate`."""
    flagged: Flag = UNSET
    """Whether it is marked as blocked."""
    restricted: Flag = UNSET
    """Whether the tool shows it to some people only: that a list lacks it is then no sign that it was deleted."""


class WorkItemTransition(Record, frozen=True):
    """A change of status; the creation is the one without a status before. Ids order as those of changes do."""

    work_item: WorkItemId = UNSET
    """The item."""
    at: Time = UNSET
    """When."""
    from_status: Text = UNSET
    """Status before; empty at creation."""
    to_status: Text = UNSET
    """Status after."""
    from_category: Annotated[Text, OneOf(STATUS_CATEGORIES)] = UNSET
    """Category before."""
    to_category: Annotated[Text, OneOf(STATUS_CATEGORIES)] = UNSET
    """Category after."""
    actor: AccountId = UNSET
    """Who moved it."""


LINK_KINDS = ("blocks", "relates", "duplicates", "parent_of", "causes", "closes", "clones")


class WorkItemLink(Record, frozen=True):
    """A link from one item to another item or to a change."""

    # no id of one table: items link to items and to changes
    from_item: Text = UNSET
    """Id of the item or change that links."""
    to_item: Text = UNSET
    """Id of the item or change linked to."""
    kind: Annotated[Text, OneOf(LINK_KINDS)] = UNSET
    """What the first does to the second."""


class WorkItemChange(Record, frozen=True):
    """A change of a field other than status, told by its values before and after.

    Values are texts: an id where the field refers to a record, several joined by `,`, empty for none. Figures read

    - `sprint`: ids of all sprints that the item was in before and after, like `jira:sprint/12,jira:sprint/13`; one
      that is named on neither side of any change is known only if the item is in it now;
    - `points`: numbers, like `5` or `0.5`;
    - `flagged`: `true` while the item is marked as blocked, else empty or `false`.

    Of changes at one moment the one with the longer id comes later, then the one with the greater id, so that a
    tool's growing numbers keep their order.
    """

    work_item: WorkItemId = UNSET
    """The item."""
    at: Time = UNSET
    """When."""
    field: Text = UNSET
    """Field, like `sprint`, `points`, `assignee`, `labels`, `flagged`."""
    # of a person for every field, since for some it is a name
    from_value: PersonText = UNSET
    """Value before, empty for none; of an assignee it is a handle."""
    to_value: PersonText = UNSET
    """Value after, empty for none; of an assignee it is a handle."""
    actor: AccountId = UNSET
    """Who changed it."""


class Sprint(Record, frozen=True):
    """A time box. Who was in it when is told by the changes of the items' field `sprint`."""

    name: Text = UNSET
    """Shown name."""
    project: Text = UNSET
    """Board or project it belongs to."""
    team: TeamId = UNSET
    """Team that runs it."""
    state: Annotated[Text, OneOf(("future", "active", "closed"))] = UNSET
    """`future`, `active` or `closed`."""
    goal: Text = UNSET
    """Goal in words."""
    start_at: Time = UNSET
    """Start."""
    end_at: Time = UNSET
    """Planned end."""
    completed_at: Time = UNSET
    """When it was closed last; it counts only while `state` is `closed`, so that one opened again is open."""


class Milestone(Record, frozen=True):
    """A named target with a date."""

    repository: RepositoryId = UNSET
    """Repository it belongs to."""
    number: Whole = UNSET
    """Number in the repository."""
    title: Text = UNSET
    """Title."""
    body: Text = UNSET
    """Description."""
    state: Annotated[Text, OneOf(("open", "closed"))] = UNSET
    """`open` or `closed`."""
    due_at: Time = UNSET
    """When it is due."""
    closed_at: Time = UNSET
    """When it was closed."""


class MilestoneDate(Record, frozen=True):
    """A date that a milestone had, as of a moment at which its tool said so: tools keep the last one only."""

    milestone: MilestoneId = UNSET
    """The milestone."""
    at: Time = UNSET
    """When the tool said so, by the tool's own time of the change."""
    due_at: Time = UNSET
    """When it was due; empty for no date."""
    state: Annotated[Text, OneOf(("open", "closed"))] = UNSET
    """`open` or `closed`."""


class TeamDependency(Record, frozen=True):
    """What one team has agreed to give another by a date."""

    from_team: TeamId = UNSET
    """Team that waits."""
    to_team: TeamId = UNSET
    """Team that delivers."""
    work_item: WorkItemId = UNSET
    """What is delivered."""
    title: Text = UNSET
    """In words."""
    agreed_at: Time = UNSET
    """When it was agreed."""
    due_at: Time = UNSET
    """Date agreed."""
    delivered_at: Time = UNSET
    """When it was delivered."""
    waiting_item: WorkItemId = UNSET
    """What waits for it."""
    dates: Texts = UNSET
    """Dates that were agreed before, each as the day on which it was moved and the date, like
    `2026-11-18 2026-12-01`."""
