"""Who asks: a person with roles, by cookie, token or the home's socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fairlead.model.errors import Denied
from fairlead.store.access import EVERYWHERE, ROLES, Role

OPERATOR = "operator"
"""Whoever owns the files: no person of the team, and never an approver."""

Scope = Literal["read", "write", "sql", "admin", "feed"]
SCOPES: Mapping[Scope, str] = {
    "read": "records, figures, brief, triage, state of the sources",
    "write": "replay, decisions about identity",
    "sql": "the SQL console, for owners",
    "admin": "invitations, roles, tokens of others, for owners",
    "feed": "feeds of reports, by an address that holds the token",
}
"""What a token may be limited to, on top of the role of its person."""
FEEDS_ALONE: frozenset[Scope] = frozenset({"feed"})
"""Scopes of a token that may stand in an address: it opens nothing else."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who was let in."""

    person: str
    """Person id, or `operator`."""
    name: str
    roles: Mapping[str, Role]
    """Team id, or `*` for everywhere -> role."""
    how: Literal["session", "token", "socket"]
    scopes: frozenset[str] = field(default_factory=lambda: frozenset(SCOPES))

    @property
    def role(self) -> Role:
        """Role on pages that span teams; an owner of one team owns nothing there, and counts as its manager."""
        everywhere = self.roles.get(EVERYWHERE)
        below: list[Role] = [
            "manager" if role == "owner" else role for team, role in self.roles.items() if team != EVERYWHERE
        ]
        # The highest that is held, since pages that span teams have no team to ask about.
        held = [*below, everywhere] if everywhere is not None else below
        return min(held, key=ROLES.index, default="viewer")

    @property
    def sees_people(self) -> bool:
        """Whether SQL and export may show person columns: owners everywhere, with the scope to do so."""
        return self.roles.get(EVERYWHERE) == "owner" and "sql" in self.scopes

    @property
    def loads(self) -> str:
        """Whose load in a plan they may read: `*` who manages everywhere, else their own and that of their teams."""
        teams = [team for team, role in self.roles.items() if role in ("manager", "owner")]
        return EVERYWHERE if EVERYWHERE in teams else " ".join([self.person.removeprefix("person:"), *teams])

    def role_in(self, team: str) -> Role | None:
        """The higher of the role in a team and the one held everywhere."""
        held = [role for role in (self.roles.get(team), self.roles.get(EVERYWHERE)) if role is not None]
        return min(held, key=ROLES.index, default=None)

    def demand(self, role: Role, scope: Scope, team: str | None = None) -> None:
        """Raises `Denied` unless role and scope suffice; says who may."""
        # Role and scope are two locks: a token of an owner opens no more than it was made for.
        held = self.role if team is None else self.role_in(team)
        if held is None or ROLES.index(held) > ROLES.index(role):
            where = f" in {team}" if team else ""
            raise Denied(f"this needs the role {role}{where}", hint="owners give roles: `fairlead people invite`")
        if scope not in self.scopes:
            raise Denied(f"this token lacks the scope `{scope}`", hint="make a token with it: `fairlead login`")
