"""Messages and documents."""

from __future__ import annotations

from msgspec import UNSET

from fairlead.model.records.kinds import AccountId, Flag, Record, RepositoryId, Text, Texts, Time


class Message(Record, frozen=True):
    """A comment on an issue or a message of a channel."""

    about: Text = UNSET
    """Id of the record that it comments on."""
    channel: Text = UNSET
    """Channel it was sent to."""
    thread: Text = UNSET
    """Id of the message that it answers."""
    author: AccountId = UNSET
    """Who wrote it."""
    body: Text = UNSET
    """Text; empty where only some may read it."""
    at: Time = UNSET
    """When."""
    restricted: Flag = UNSET
    """Whether the tool shows it to some people only: that a list lacks it is then no sign that it was deleted."""


class Document(Record, frozen=True):
    """A page or file that people read."""

    repository: RepositoryId = UNSET
    """Repository that holds it."""
    path: Text = UNSET
    """Path in the repository or space."""
    title: Text = UNSET
    """Title."""
    body: Text = UNSET
    """Whole text."""
    author: AccountId = UNSET
    """Who wrote it."""
    owners: Texts = UNSET
    """Who keeps it, as written."""
