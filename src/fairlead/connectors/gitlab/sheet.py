"""GitLab's sheet: whose payload it is, how GitLab names people, and how exact its times are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from msgspec import UNSET

from fairlead.connectors.kit import sheet as kit
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.kinds import Text, Texts, Time
from fairlead.model.records.people import Account

_HIDDEN = "[REDACTED]"
_NO_HEADERS: Mapping[str, str] = {}


class Sheet(kit.Sheet):
    """What one payload says, as far as it has been read."""

    __slots__ = ("project", "users")

    def __init__(
        self, options: Options, date: datetime | None = None, headers: Mapping[str, str] = _NO_HEADERS
    ) -> None:
        super().__init__(options, date, headers)
        self.project = ""
        """Id of the project that the payload is about; empty for those of a group."""
        self.users: dict[int, str] = {}
        """Accounts that the payload names in full: elsewhere in it stands only their number."""

    def enter(self, path: str) -> None:
        """Makes a project the one that the rest of the payload is about."""
        self.project = f"{self.source}:{path}"

    def person(self, doc: Doc, key: str) -> Text:
        """Account under a key: missing stays unsaid, null is nobody."""
        return self.account(doc.child(key)) if key in doc else UNSET

    def numbered(self, doc: Doc, key: str) -> Text:
        """Account of a number, if the payload names that user somewhere."""
        return self.users.get(doc.whole(key) or 0, UNSET)

    def people(self, users: Doc, key: str, numbers: Doc, number_key: str) -> Texts:
        """Accounts in a list, sorted; webhooks leave an empty list out and show it by its numbers alone."""
        if key in users:
            return tuple(sorted({found for user in users.children(key) if (found := self.account(user))}))
        return () if numbers.plain(number_key) == [] else UNSET

    def account(self, user: Doc | None) -> str | None:
        """Says the account of an embedded user and gives its id."""
        handle = user.text("username") if user is not None else None
        if user is None or not handle:
            return None
        number = user.whole("id") or 0
        patch = _account(self.source, handle, number, user.text("name") or "", user.text("web_url") or "")
        self.once(patch)
        if number:
            self.users[number] = patch.record.id
        return patch.record.id

    def named(self, handle: str) -> str:
        """Account that a text mentions."""
        patch = _account(self.source, handle, 0, "", "")
        self.once(patch)
        return patch.record.id

    def git_author(self, name: str, email: str) -> str | None:
        """Account of an address in a commit."""
        address = email.strip().lower()
        if not address or email == _HIDDEN:
            return None
        patch = _git_account(self.source, address, name)
        self.once(patch)
        return patch.record.id


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


# Accounts carry no time of their own where they are embedded, and one payload names the same user a dozen times.


@lru_cache(maxsize=4096)
def _account(source: str, handle: str, number: int, name: str, url: str) -> Patch:
    record = Account(
        id=f"{source}:@{handle}",
        source=source,
        handle=handle,
        external_id=str(number) if number else UNSET,
        name=name or UNSET,
        url=url or UNSET,
    )
    return Patch(record, OLDEST)


@lru_cache(maxsize=4096)
def _git_account(source: str, address: str, name: str) -> Patch:
    return Patch(Account(id=f"email:{address}", source=source, email=address, name=name or UNSET), OLDEST)
