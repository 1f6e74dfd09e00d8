"""GitLab's sheet: whose payload it is, how GitLab names people, and how exact its times are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.people import PeopleSheet, account
from fairlead.connectors.kit.sheet import NO_HEADERS
from fairlead.model.patch import OLDEST
from fairlead.model.records.kinds import Text, Texts, Time

_HIDDEN = "[REDACTED]"
_GHOSTS = ("ghost", "ghost1")
"""Whom GitLab gives the work of a deleted user to; on gitlab.com the first name had been taken."""


class Sheet(PeopleSheet):
    """What one payload says, as far as it has been read."""

    __slots__ = ("users",)

    def __init__(
        self, options: Options, date: datetime | None = None, headers: Mapping[str, str] = NO_HEADERS
    ) -> None:
        super().__init__(options, date, headers)
        self.users: dict[int, str] = {}
        """Accounts that the payload names in full: elsewhere in it stands only their number."""

    def enter(self, path: str) -> None:
        """Makes a project the one that the rest of the payload is about."""
        self.repository = f"{self.source}:{path}"

    def numbered(self, doc: Doc, key: str) -> Text:
        """Account of a number, if the payload names that user somewhere."""
        return self.users.get(doc.whole(key) or 0, UNSET)

    def people_of(self, users: Doc, key: str, numbers: Doc, number_key: str) -> Texts:
        """Accounts in a list; webhooks leave an empty list out and show it by its numbers alone."""
        if key not in users and numbers.plain(number_key) == []:
            return ()
        return self.people(users, key)

    def account(self, user: Doc | None) -> str | None:
        """By username, which the number beside it outlives."""
        handle = user.text("username") if user is not None else None
        if user is None or not handle or handle in _GHOSTS:
            return None
        number = user.whole("id") or 0
        found = self.user(handle, number, user.text("name"), url=user.text("web_url"))
        if number:
            self.users[number] = found
        return found

    def user(self, handle: str, number: int, name: Text, *, url: Text = UNSET, email: Text = UNSET) -> str:
        """Says a user, of whom each kind of payload knows another part."""
        address = (email or "").strip().lower()
        more = {"name": name or "", "url": url or "", "email": address}
        return self.said(account(self.source, handle, handle=handle, external_id=number, **more))

    def named(self, handle: str) -> str:
        """Account that a text mentions."""
        return self.said(account(self.source, handle, handle=handle))

    def git_author(self, name: Text, email: Text) -> str | None:
        """In place of an address that its owner keeps private GitLab writes one word, the same for all of them."""
        return None if email == _HIDDEN else super().git_author(name, email)


def second(doc: Doc, key: str) -> Time:
    """A time of GitLab: one way tells milliseconds and the other whole seconds, so only these are compared."""
    found = doc.time(key)
    return found.replace(microsecond=0) if isinstance(found, datetime) else found


def seconds(doc: Doc, *keys: str) -> datetime:
    """The first of these times that is there, as a version."""
    for key in keys:
        if found := second(doc, key):
            return found
    return OLDEST
