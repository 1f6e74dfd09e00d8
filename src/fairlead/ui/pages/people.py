"""People: accounts that may be one person, who is who, who may do what here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from fairlead.connectors.fairlead import identity_decided
from fairlead.model.errors import Skip
from fairlead.model.times import entered_at
from fairlead.store import access, records
from fairlead.ui.entering import enter
from fairlead.ui.kept import forget
from fairlead.ui.noted import note
from fairlead.ui.page import Page
from fairlead.ui.rights import allowed, demand, sees_people
from fairlead.ui.views.grids import Cell, Column, Grid, Slice, grid, wanted
from fairlead.ui.views.people import Register, Someone, register
from fairlead.ui.visit import Visit

ROLES = (
    ("owner", "settings, roles, rows about people"),
    ("manager", "load and risk of the team, decisions"),
    ("member", "the team's pages, own data"),
    ("viewer", "delivery figures"),
)


@dataclass(frozen=True)
class Invitation:
    """A link that is shown this one time; empty if the person may already sign in."""

    name: str
    link: str


def show(visit: Visit) -> Response:
    """The page as it is."""
    return _page(visit)


def decide(visit: Visit) -> Response:
    """Confirms, refuses or takes back that two accounts are one person; it becomes a raw event and replays."""
    decision, link = visit.form.get("decision", ""), visit.form.get("link", "")
    if decision not in ("confirmed", "refused", "reverted"):
        raise Skip(visit.words("This can be confirmed, refused or taken back."))
    with visit.services.database.read() as tx:
        if records.get(tx, "identity_links", link) is None:
            raise Skip(visit.words("There is no such pair of accounts."))
    account, _, other = link.removeprefix("link:").partition("~")
    # What a person decides is a raw event with their name: it survives a replay and can be taken back.
    by = str(visit.request.state.viewer.person)
    enter(visit.services, identity_decided(decision, account, other, by, entered_at(visit.services.clock)))
    forget()
    return visit.back("/people", done=decision)


def invite(visit: Visit) -> Response:
    """Gives a known person a role, and a one-time link unless they may already sign in and the reader owns less."""
    demand(visit, "owner")
    person, team, role = (visit.form.get(name, "") for name in ("person", "team", "role"))
    with visit.services.database.read() as tx:
        row = records.get(tx, "people", person)
        if row is None or role not in access.ROLES:
            raise Skip(visit.words("That person or role is not known."))
        if team != access.EVERYWHERE and records.get(tx, "teams", team) is None:
            raise Skip(visit.words("That team is not known."))
    state = visit.request.state
    secret = state.access.invite(person, role, team, by=str(state.viewer.person))
    base = visit.services.settings.server.public_url.rstrip("/") or str(visit.request.base_url).rstrip("/")
    return _page(visit, Invitation(row["name"] or person, f"{base}/sign-in/{secret}" if secret else ""))


def _page(visit: Visit, invitation: Invitation | None = None) -> Response:
    known = register(visit)
    humans = [someone for someone in known.people if someone.kind == "human"]
    part = wanted(visit, ())
    listed = known.people[part.offset : part.offset + part.limit]
    note(visit, ["accounts.email"], _addresses(visit, known, listed))
    return visit.page(
        "pages/people.html",
        _title(visit, known, humans),
        invitation=invitation,
        may_decide=allowed(visit, "manager"),
        may_invite=allowed(visit, "owner"),
        suggested=known.suggested,
        decided=known.decided,
        grid=_grid(visit, listed, part, len(known.people)),
        invitable=humans,
        roles=ROLES,
        frame_teams=visit.frame.teams,
    )


def _addresses(visit: Visit, known: Register, listed: tuple[Someone, ...]) -> int:
    """How many addresses the page shows: those of pairs to who decides about them, all others to owners."""
    pairs = (*known.suggested, *known.decided) if allowed(visit, "manager") else ()
    told = [side.handle for link in pairs for side in (link.one, link.other)]
    told += [name for someone in listed for name in someone.accounts] if sees_people(visit) else []
    return sum("@" in text for text in told)


def _title(visit: Visit, known: Register, humans: list[Someone]) -> str:
    words = visit.words
    if known.suggested and allowed(visit, "manager"):
        return words.plural(
            "{n} pair of accounts waits for your word",
            "{n} pairs of accounts wait for your word",
            len(known.suggested),
        )
    others = len(known.people) - len(humans)
    people = words.plural("{n} person", "{n} people", len(humans))
    return words(
        "{people}, {others}", people=people, others=words.plural("{n} bot or agent", "{n} bots and agents", others)
    )


def _grid(visit: Visit, people: tuple[Someone, ...], part: Slice, total: int) -> Grid:
    words = visit.words
    rows: list[dict[str, Any]] = [{"one": someone} for someone in people]
    columns = [
        Column(words("Name"), lambda row: Cell(row["one"].name)),
        Column(words("Kind"), lambda row: _kind(row["one"], visit)),
        Column(words("Teams"), lambda row: _list(row["one"].teams, words("in no team"))),
        Column(words("Accounts"), lambda row: _accounts(row["one"], visit)),
        Column(words("Time zone"), lambda row: Cell(row["one"].zone or None, why=words("the team's zone holds"))),
    ]
    if allowed(visit, "manager"):
        cannot = words("cannot sign in")
        columns.append(
            Column(words("Role"), lambda row: Cell(words(row["one"].role) if row["one"].role else None, why=cannot))
        )
    return grid(visit, "/people", columns, rows, total=total, part=part)


def _kind(someone: Someone, visit: Visit) -> Cell:
    kind = visit.words(someone.kind.replace("_", " "))
    return Cell(kind, tag="" if someone.kind == "human" else "neutral")


def _accounts(someone: Someone, visit: Visit) -> Cell:
    """Handles; addresses only for those who may list them."""
    # A handle holds no `@`: what holds one is the address that a git author was known by.
    whole = [name for name in someone.accounts if "@" not in name or sees_people(visit)]
    return _list(tuple(whole), visit.words("no account known"))


def _list(texts: tuple[str, ...], otherwise: str) -> Cell:
    return Cell(", ".join(texts) or None, why=otherwise)


PAGE = Page(
    "/people",
    "People",
    60,
    show,
    shown="more",
    key="p",
    role="member",
    cut=(),
    reads=("page",),
    acts={"/people/links": decide, "/people/invite": invite},
)
