"""People, their accounts, teams and working time."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET

from fairlead.model.records.kinds import (
    AccountId,
    CalendarId,
    Day,
    Flag,
    Number,
    OneOf,
    PersonColumn,
    PersonId,
    PersonText,
    Record,
    RepositoryId,
    TeamId,
    Text,
    Texts,
    Time,
    Whole,
)

KINDS = ("human", "bot", "coding_agent", "review_agent")


class Person(Record, frozen=True):
    """One human, bot or agent, whatever the number of accounts."""

    name: PersonText = UNSET
    """Name as the person writes it."""
    email: PersonText = UNSET
    """Preferred address."""
    kind: Annotated[Text, OneOf(KINDS)] = UNSET
    """`human`, `bot`, `coding_agent` or `review_agent`."""
    time_zone: Text = UNSET
    """IANA zone, like `Europe/Berlin`."""
    calendar: CalendarId = UNSET
    """Working calendar; without one the team's holds."""
    # the row stays, for history names those who have left
    active: Flag = UNSET
    """False once the person has left."""


class Account(Record, frozen=True):
    """An identity in one tool: a login, a git author, an e-mail address."""

    # told by identity alone: tools know logins, not people
    person: PersonId = UNSET
    """The person it belongs to; resolved by identity."""
    handle: PersonText = UNSET
    """Login or user name in the tool."""
    name: PersonText = UNSET
    """Display name in the tool."""
    email: PersonText = UNSET
    """Address in the tool."""
    email_verified: Flag = UNSET
    """Whether the tool has verified the address."""
    external_id: Text = UNSET
    """The tool's own immutable id."""
    kind: Annotated[Text, OneOf(KINDS)] = UNSET
    """`human`, `bot`, `coding_agent` or `review_agent`; set by identity."""
    tool_kind: Text = UNSET
    """What the tool itself says, like `User`, `Bot`, `Mannequin`."""


class IdentityLink(Record, frozen=True):
    """A merge of two accounts, suggested, confirmed or refused."""

    account: AccountId = UNSET
    """One of the accounts."""
    other: AccountId = UNSET
    """The other account."""
    method: Text = UNSET
    """Why: `verified_email`, `noreply_email`, `handle`, `co_author`, `mailmap`, `configured`, `name`, `person`."""
    score: Number = UNSET
    """0 to 1."""
    # it quotes addresses and logins
    reason: PersonText = UNSET
    """The reason in words."""
    status: Annotated[Text, OneOf(("automatic", "suggested", "confirmed", "refused"))] = UNSET
    """`automatic` and `confirmed` links merge; `suggested` ones wait for a person."""
    decided_by: PersonId = UNSET
    """Who confirmed or refused it."""
    decided_at: Time = UNSET
    """When it was decided."""


class Team(Record, frozen=True):
    """A team; those of the configuration win over a provider's, which are proposals."""

    name: Text = UNSET
    """Shown name."""
    parent: TeamId = UNSET
    """Team above it."""
    time_zone: Text = UNSET
    """IANA zone of the team."""
    calendar: CalendarId = UNSET
    """Working calendar of the team."""
    proposed: Flag = UNSET
    """True for a provider's team that nobody has adopted."""


class Membership(Record, frozen=True):
    """A person's time in a team; history keeps yesterday's teams."""

    team: TeamId = UNSET
    """The team."""
    person: PersonId = UNSET
    """The person, once identity knows it."""
    # kept beside the person: resolved anew whenever identity learns more
    account: AccountId = UNSET
    """The account by which the tool names the member."""
    role: Text = UNSET
    """`owner`, `manager`, `member`, `viewer` or the tool's own word."""
    valid_from: Time = UNSET
    """Start; empty means always."""
    valid_to: Time = UNSET
    """End; empty means still."""


class CodeOwner(Record, frozen=True):
    """One line of a CODEOWNERS file, in the order of the file."""

    repository: RepositoryId = UNSET
    """The repository."""
    path: Text = UNSET
    """File that holds the line, like `.github/CODEOWNERS`."""
    position: Whole = UNSET
    """Line number; the last matching line wins."""
    pattern: Text = UNSET
    """GitHub's pattern."""
    # as written, for a team or an address may get its account only later
    owners: Annotated[Texts, PersonColumn()] = UNSET
    """Logins, teams and addresses as written; empty means nobody."""
    valid_from: Time = UNSET
    """Start; empty means always."""
    valid_to: Time = UNSET
    """End; empty means still."""


class Calendar(Record, frozen=True):
    """Working hours of a week."""

    name: Text = UNSET
    """Shown name."""
    time_zone: Text = UNSET
    """IANA zone."""
    hours: Text = UNSET
    """Working hours, like `Mon-Fri 09:00-17:00`; several parts separated by commas."""


class Holiday(Record, frozen=True):
    """A day on which a calendar does not work."""

    calendar: CalendarId = UNSET
    """The calendar."""
    day: Day = UNSET
    """Local date."""
    name: Text = UNSET
    """What is celebrated."""


class Absence(Record, frozen=True):
    """A time in which a person is away."""

    person: PersonId = UNSET
    """The person."""
    account: AccountId = UNSET
    """The account by which the tool names the person, where the person is not known."""
    start_at: Time = UNSET
    """First moment away."""
    end_at: Time = UNSET
    """First moment back."""
    kind: PersonText = UNSET
    """`vacation`, `sick`, `training` ...; readers may leave it empty."""
