"""GitHub's sheet: whose payload it is, and how GitHub names people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.people import PeopleSheet, account
from fairlead.connectors.kit.sheet import NO_HEADERS
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.kinds import Text
from fairlead.model.records.people import IdentityLink

_DELETED_USER = "ghost"
_WEB_FLOW = "noreply@github.com"


class Sheet(PeopleSheet):
    """What one payload says, as far as it has been read."""

    __slots__ = ("owner",)

    def __init__(
        self, options: Options, date: datetime | None = None, headers: Mapping[str, str] = NO_HEADERS
    ) -> None:
        super().__init__(options, date, headers)
        self.owner = ""
        """Login of the owner of the repository."""

    def enter(self, full_name: str) -> None:
        """Makes a repository the one that the rest of the payload is about."""
        self.repository = f"{self.source}:{full_name}"
        self.owner = full_name.partition("/")[0]

    def account(self, user: Doc | None) -> str | None:
        """By login. Whoever deletes their account leaves everything behind to a user called `ghost`."""
        login = user.text("login") if user is not None else None
        if user is None or not login or login == _DELETED_USER:
            return None
        return self.said(
            account(
                self.source,
                login,
                handle=login,
                external_id=user.whole("id") or "",
                kind=user.text("type") or "",
                url=user.text("html_url") or "",
            )
        )

    def commit_author(self, name: Text, email: Text, login: Text) -> str | None:
        """Says the account of an address in a commit, and whose the host takes it to be."""
        found = self.git_author(name, email)
        # what is merged on the web is committed by one address, whoever pressed the button
        if found and login and login != _DELETED_USER and found != f"email:{_WEB_FLOW}":
            self.once(_link(self.source, found, self.said(account(self.source, login, handle=login))))
        return found

    def team(self, slug: str, owner: str = "") -> str:
        """Id of a team of the host."""
        return f"{self.source}:@{owner or self.owner}/{slug}"


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
