"""People as the page shows them: accounts that may be one person, teams with members, who may sign in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.store import access, records
from fairlead.ui.visit import Visit


@dataclass(frozen=True)
class Side:
    """One of two accounts."""

    id: str
    name: str
    handle: str
    kind: str


@dataclass(frozen=True)
class Link:
    """A suggested, confirmed or refused merge."""

    id: str
    one: Side
    other: Side
    score: float | None
    reason: str
    status: str
    decided: str


@dataclass(frozen=True)
class Someone:
    """A person with accounts and teams, in the order of names: nothing here is a measure of anybody."""

    id: str
    name: str
    kind: str
    zone: str
    accounts: tuple[str, ...]
    teams: tuple[str, ...]
    role: str
    """What they may do here; empty if they cannot sign in."""


@dataclass(frozen=True)
class Register:
    """All that the page needs, read in one transaction."""

    suggested: tuple[Link, ...]
    decided: tuple[Link, ...]
    people: tuple[Someone, ...]


def register(visit: Visit) -> Register:
    """Reads the store itself, since a decision of a moment ago must be seen."""
    with visit.services.database.read() as tx:
        accounts = {row["id"]: row for row in records.rows(tx, "accounts")}
        links = [row for row in records.rows(tx, "identity_links") if not row["deleted_at"]]
        people = [row for row in records.rows(tx, "people") if not row["deleted_at"]]
        teams = {row["id"]: row["name"] or row["id"] for row in records.rows(tx, "teams")}
        memberships = [row for row in records.rows(tx, "memberships") if not row["valid_to"]]
        # In the same transaction: roles that changed in between would stand beside accounts of before.
        users = {user.person: user for user in access.all_users(tx)}
    made = [_link(row, accounts, visit) for row in links if row["status"] in ("suggested", "confirmed", "refused")]
    of_person: dict[str, list[str]] = {}
    for account in accounts.values():
        if account["person"]:
            of_person.setdefault(account["person"], []).append(_said(account))
    in_teams = _teams(memberships, teams, accounts)
    return Register(
        suggested=tuple(
            # The surest first, so that deciding is quick; people themselves are only ever listed by name.
            sorted((link for link in made if link.status == "suggested"), key=lambda link: -(link.score or 0))
        ),
        decided=tuple(link for link in made if link.status != "suggested"),
        people=tuple(_someone(row, of_person, in_teams, users) for row in sorted(people, key=_by_name)),
    )


def _said(account: Mapping[str, Any]) -> str:
    """An account by its handle; one that is a git author by its address."""
    return str(account["handle"] or account["email"] or account["id"].partition(":")[2])


def _by_name(row: Mapping[str, Any]) -> tuple[str, str]:
    return (str(row["name"] or "").casefold() or "~", row["id"])


def _link(row: Mapping[str, Any], accounts: Mapping[str, Mapping[str, Any]], visit: Visit) -> Link:
    decided = visit.shown.moment(row["decided_at"]) if row["decided_at"] else ""
    return Link(
        id=row["id"],
        one=_side(row["account"], accounts),
        other=_side(row["other"], accounts),
        score=row["score"],
        reason=row["reason"] or row["method"] or "",
        status=row["status"],
        decided=decided,
    )


def _side(account: str | None, accounts: Mapping[str, Mapping[str, Any]]) -> Side:
    row = accounts.get(account or "", {})
    handle = row.get("handle") or row.get("email") or (account or "").partition(":")[2]
    return Side(account or "", row.get("name") or handle, handle, row.get("kind") or "")


def _teams(
    memberships: Sequence[Mapping[str, Any]], teams: Mapping[str, str], accounts: Mapping[str, Mapping[str, Any]]
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in memberships:
        # A membership names a person where the file states it, and an account where the host does.
        person = row["person"] or accounts.get(row["account"] or "", {}).get("person")
        if person and row["team"]:
            found.setdefault(person, set()).add(teams.get(row["team"], row["team"]))
    return found


def _someone(
    row: Mapping[str, Any],
    accounts: Mapping[str, list[str]],
    teams: Mapping[str, set[str]],
    users: Mapping[str, access.User],
) -> Someone:
    user = users.get(row["id"])
    role = user.role_in() if user and not user.disabled_at else None
    return Someone(
        id=row["id"],
        name=row["name"] or row["id"],
        kind=row["kind"] or "human",
        zone=row["time_zone"] or "",
        accounts=tuple(sorted(accounts.get(row["id"], ()))),
        teams=tuple(sorted(teams.get(row["id"], ()))),
        role=role or (next(iter(user.roles.values()), "") if user and not user.disabled_at else ""),
    )
