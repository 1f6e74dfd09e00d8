"""Teams and members of an organisation."""

from __future__ import annotations

from msgspec import UNSET

from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.moments import SNAPSHOT, USUAL_RANK
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.people import Membership, Team


def team_event(sheet: Sheet, payload: Doc) -> None:
    """A `team` or `team_add` webhook. None of them has a time, so a deletion waits for the next list of teams."""
    if payload.text("action") != "deleted":
        say_team(sheet, payload.need("team"), USUAL_RANK)


def membership_event(sheet: Sheet, payload: Doc) -> None:
    """A `membership` webhook. It has no time either: who left is told by the next list of members."""
    team = say_team(sheet, payload.need("team"), USUAL_RANK)
    member = sheet.account(payload.child("member"))
    if member and payload.text("action") == "added":
        record = Membership(id=f"{team}/{member}", source=sheet.source, team=team, account=member)
        sheet.say(record, OLDEST)


def member_event(sheet: Sheet, payload: Doc) -> None:
    """A `member` or `organization` webhook: somebody whose account we learn."""
    sheet.account(payload.child("member"))
    if membership := payload.child("membership"):
        sheet.account(membership.child("user"))


def team_page(sheet: Sheet, team: Doc) -> None:
    """A team as the API lists it."""
    say_team(sheet, team, SNAPSHOT)


def member_page(sheet: Sheet, user: Doc, team: str) -> None:
    """A member as the API lists them."""
    member = sheet.account(user)
    if member:
        record = Membership(
            id=f"{team}/{member}",
            source=sheet.source,
            team=team,
            account=member,
            # Whoever came back is a member again.
            deleted_at=None if sheet.date else UNSET,
        )
        sheet.say(record, sheet.date or OLDEST, SNAPSHOT)


def say_team(sheet: Sheet, team: Doc, rank: int) -> str:
    """Says a team of the host, a proposal until somebody adopts it, and gives its id."""
    identity = sheet.team(team.need_text("slug"))
    parent = team.child("parent")
    sheet.say(
        Team(
            id=identity,
            source=sheet.source,
            url=team.text("html_url"),
            created_at=team.time("created_at"),
            updated_at=team.time("updated_at"),
            name=team.text("name"),
            parent=sheet.team(parent.need_text("slug")) if parent else None if "parent" in team else UNSET,
            proposed=True,
        ),
        sheet.date or team.time("updated_at") or OLDEST,
        rank,
    )
    return identity
