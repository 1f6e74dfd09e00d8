"""Accounts as payloads embed them: one sheet for every tool that names people, and their patches made once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import lru_cache

from msgspec import UNSET

from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.sheet import Sheet
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.kinds import Text, Texts
from fairlead.model.records.people import Account


class PeopleSheet(Sheet, ABC):
    """A sheet that knows how its tool names people; where it does so is the same everywhere."""

    __slots__ = ()

    @abstractmethod
    def account(self, user: Doc | None) -> str | None:
        """Says the account of an embedded user and gives its id; `None` for nobody."""

    def person(self, doc: Doc, key: str) -> Text:
        """Account under a key: missing stays unsaid, null (nobody, or a deleted user) is nobody."""
        return self.account(doc.child(key)) if key in doc else UNSET

    def people(self, doc: Doc, key: str) -> Texts:
        """Accounts in a list, sorted, so that the tool's order makes no new version."""
        if key not in doc:
            return UNSET
        return tuple(sorted({found for user in doc.children(key) if (found := self.account(user))}))

    def said(self, patch: Patch) -> str:
        """Says a patch of the caches below, once a payload, and gives the id."""
        self.once(patch)
        return patch.record.id

    def git_author(self, name: Text, email: Text) -> str | None:
        """Says the account of an address in a commit; it is the same one whichever tool shows the commit."""
        address = (email or "").strip().lower()
        return self.said(git_account(self.source, address, name or "")) if address else None


# Accounts carry no time of their own where they are embedded, and one payload names the same user a dozen times:
# their patches are made once and have the oldest version, so that they cost the store one comparison.


@lru_cache(maxsize=16384)
def account(
    source: str,
    identity: str,
    *,
    external_id: str | int | None = "",
    handle: str = "",
    name: str = "",
    email: str = "",
    verified: bool = False,
    kind: str = "",
    url: str = "",
) -> Patch:
    """An account; what is empty stays unsaid, since an embedded user often lacks what another payload has."""
    record = Account(
        id=f"{source}:@{identity}",
        source=source,
        url=url or UNSET,
        external_id=str(external_id) if external_id else UNSET,
        handle=handle or UNSET,
        name=name or UNSET,
        email=email or UNSET,
        email_verified=verified or UNSET,
        tool_kind=kind or UNSET,
    )
    return Patch(record, OLDEST)


@lru_cache(maxsize=16384)
def git_account(source: str, address: str, name: str) -> Patch:
    """The account behind an address that git wrote down."""
    return Patch(Account(id=f"email:{address}", source=source, email=address, name=name or UNSET), OLDEST)
