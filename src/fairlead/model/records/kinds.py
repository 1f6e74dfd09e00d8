"""Field kinds of which every record type is made, and the columns that all records share.

A field that is `UNSET` was not said by the tool; `None` means that the tool said it is empty. Only said
fields ever reach the store, so a partial object cannot blank what it does not carry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks a text field that holds the id of a row of another table."""

    table: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """Lists the words that a text field may hold."""

    words: tuple[str, ...]


class PersonColumn:
    """Marks a field that names or describes a person: shown only within the owner's scope."""


Text: TypeAlias = str | None | UnsetType
Whole: TypeAlias = int | None | UnsetType
Number: TypeAlias = float | None | UnsetType
# three answers: yes, no, and the tool says that it does not know
Flag: TypeAlias = bool | None | UnsetType
Time: TypeAlias = datetime | None | UnsetType
Day: TypeAlias = date | None | UnsetType
# a tuple: records are frozen, and the store keeps what was said by its hash
Texts: TypeAlias = tuple[str, ...] | None | UnsetType

AccountId: TypeAlias = Annotated[Text, Refers("accounts"), PersonColumn()]
# marked in the kind, so that no new field with a person in it is forgotten
PersonId: TypeAlias = Annotated[Text, Refers("people"), PersonColumn()]
PersonText: TypeAlias = Annotated[Text, PersonColumn()]
TeamId: TypeAlias = Annotated[Text, Refers("teams")]
CalendarId: TypeAlias = Annotated[Text, Refers("calendars")]
RepositoryId: TypeAlias = Annotated[Text, Refers("repositories")]
ServiceId: TypeAlias = Annotated[Text, Refers("services")]
CommitId: TypeAlias = Annotated[Text, Refers("commits")]
ChangeId: TypeAlias = Annotated[Text, Refers("changes")]
WorkItemId: TypeAlias = Annotated[Text, Refers("work_items")]
SprintId: TypeAlias = Annotated[Text, Refers("sprints")]
MilestoneId: TypeAlias = Annotated[Text, Refers("milestones")]
BuildId: TypeAlias = Annotated[Text, Refers("builds")]
DeploymentId: TypeAlias = Annotated[Text, Refers("deployments")]
IncidentId: TypeAlias = Annotated[Text, Refers("incidents")]
SloId: TypeAlias = Annotated[Text, Refers("slos")]


class Record(msgspec.Struct, kw_only=True, frozen=True):
    """Columns that every record carries."""

    id: str
    """Readable, stable id that starts with the source, like `github:acme/payments#42`."""
    source: Text = UNSET
    """Name of the source that tells of this record, like `github`."""
    url: Text = UNSET
    """Address of the tool's own page for it."""
    # the times of the tool: arrival is known only to the log
    created_at: Time = UNSET
    """When the tool created it."""
    updated_at: Time = UNSET
    """When the tool last changed it."""
    deleted_at: Time = UNSET
    """When it was deleted in the tool or found missing by a sweep; the row stays as a tombstone."""
