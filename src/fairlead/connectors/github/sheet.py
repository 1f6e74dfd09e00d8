"""GitHub's sheet: whose payload it is, and how GitHub names people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from msgspec import UNSET

from fairlead.connectors.kit import sheet as kit
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.kinds import Text, Texts
from fairlead.model.records.people import Account, IdentityLink

_DELETED_USER = "ghost"
_WEB_FLOW = "noreply@github.com"
_NO_HEADERS: Mapping[str, str] = {}


class Sheet(kit.Sheet):
    """What one payload says, as far as it has been read."""

    __slots__ = ("owner", "repository")

    def __init__(
        self, options: Options, date: datetime | None = None, headers: Mapping[str, str] = _NO_HEADERS
    ) -> None:
        super().__init__(options, date, headers)
        self.repository = ""
        """Id of the repository that the payload is about; empty for those of an organisation."""
        self.owner = ""
        """Login of its owner."""

    def enter(self, full_name: str) -> None:
        """Makes a repository the one that the rest of the payload is about."""
        self.repository = f"{self.source}:{full_name}"
        self.owner = full_name.partition("/")[0]

    def person(self, doc: Doc, key: str) -> Text:
        """Account under a key: missing stays unsaid, null (a deleted user) is nobody."""
        return self.account(doc.child(key)) if key in doc else UNSET

    def people(self, doc: Doc, key: str) -> Texts:
        """Accounts in a list, sorted, so that the tool's order makes no new version."""
        if key not in doc:
            return UNSET
        return tuple(sorted({found for user in doc.children(key) if (found := self.account(user))}))

    def account(self, user: Doc | None) -> str | None:
        """Says the account of an embedded user and gives its id."""
        login = user.text("login") if user is not None else None
        if user is None or not login or login == _DELETED_USER:
            return None
        patch = _account(
            self.source, login, user.whole("id") or 0, user.text("type") or "", user.text("html_url") or ""
        )
        self.once(patch)
        return patch.record.id

    def git_author(self, name: str, email: str, username: str) -> str | None:
        """Says the account of an address in a commit, and whose the host takes it to be."""
        address = email.strip().lower()
        if not address:
            return None
        patch = _git_account(self.source, address, name)
        self.once(patch)
        if username and username != _DELETED_USER and address != _WEB_FLOW:
            self.once(_account(self.source, username, 0, "", ""))
            self.once(_link(self.source, patch.record.id, f"{self.source}:@{username}"))
        return patch.record.id

    def team(self, slug: str, owner: str = "") -> str:
        """Id of a team of the host."""
        return f"{self.source}:@{owner or self.owner}/{slug}"


# Accounts carry no time of their own, and one payload names the same user a dozen times: their patches are made once
# and have the oldest version, so that they cost the store one comparison.


@lru_cache(maxsize=4096)
def _account(source: str, login: str, number: int, kind: str, url: str) -> Patch:
    record = Account(
        id=f"{source}:@{login}",
        source=source,
        handle=login,
        external_id=str(number) if number else UNSET,
        tool_kind=kind or UNSET,
        url=url or UNSET,
    )
    return Patch(record, OLDEST)


@lru_cache(maxsize=4096)
def _git_account(source: str, address: str, name: str) -> Patch:
    return Patch(Account(id=f"email:{address}", source=source, email=address, name=name or UNSET), OLDEST)


@lru_cache(maxsize=4096)
def _link(source: str, one: str, other: str) -> Patch:
    first, second = sorted((one, other))
    record = IdentityLink(
        id=f"link:{first}~{second}",
        source=source,
        account=first,
        other=second,
        method="commit_author",
        score=1.0,
        reason="the host names this account as the author behind the address",
        status="automatic",
    )
    return Patch(record, OLDEST)
