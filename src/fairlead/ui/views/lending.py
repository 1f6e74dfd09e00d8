"""Who decides in whose place: what the reader has lent, what was lent to them, and to whom they could lend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.governance.voting import RANK, Voter, role_in
from fairlead.model.errors import Skip
from fairlead.model.times import end_of_day
from fairlead.store import delegations
from fairlead.store.access import EVERYWHERE
from fairlead.store.delegations import Delegation
from fairlead.ui.views.acting import Party, names_of, team_name
from fairlead.ui.visit import Visit


@dataclass(frozen=True)
class Loan:
    """A right that somebody uses in another's place."""

    id: str
    giver: str
    taker: str
    where: str
    """Teams with the role in each, like `Payments: manager`."""
    until: datetime
    reason: str
    mine: bool
    """Whether the reader has given it, and so can take it back."""


@dataclass(frozen=True)
class Lending:
    """What the page says of lending."""

    loans: tuple[Loan, ...] = ()
    takers: tuple[tuple[str, str], ...] = ()
    """Id and name of everybody who could take the reader's place."""
    teams: tuple[tuple[str, str], ...] = ()
    """Id and name of the teams in which the reader has something to lend."""
    first: str = ""
    """The first day that can be named."""


def lending(visit: Visit, tx: Any, who: Party) -> Lending:
    """Loans that touch the reader, of everybody for owners; and the choices of the form."""
    roles = {one.person: one.roles for one in who.everybody}
    me = who.me.person
    all_seen = who.me.roles.get(EVERYWHERE) == "owner"
    held = [one for one in delegations.rows(tx, who.now) if all_seen or me in (one.giver, one.taker)]
    others = sorted(one.person for one in who.everybody if one.human and one.person != me)
    names = names_of(tx, [*others, *(name for one in held for name in (one.giver, one.taker))])
    teams = _teams(visit, who.me)
    loans = [_loan(visit, one, roles.get(one.giver, {}), names, me) for one in held]
    today = who.now.astimezone(visit.shown.zone).date()
    choices = sorted(((one, names.get(one, one)) for one in others), key=lambda choice: choice[1].casefold())
    return Lending(tuple(loans), tuple(choices) if teams else (), teams, today.isoformat())


def _loan(visit: Visit, one: Delegation, roles: Any, names: dict[str, str], me: str) -> Loan:
    teams: Iterable[str] = roles if one.team == EVERYWHERE else [one.team]
    held = [(team, role_in(roles, team)) for team in teams]
    where = ", ".join(f"{_called(visit, team)}: {visit.words(role)}" for team, role in held if role in RANK)
    return Loan(
        one.id, names.get(one.giver, one.giver), names.get(one.taker, one.taker),
        where or visit.words("no right any more"), one.until, one.reason, one.giver == me,
    )  # fmt: skip


def _teams(visit: Visit, me: Voter) -> tuple[tuple[str, str], ...]:
    if not me.human:
        return ()
    everywhere = me.roles.get(EVERYWHERE, "viewer") != "viewer"
    known = [f"team:{key}" for key in sorted(visit.services.setup.teams)]
    mine = [team for team in known if everywhere or me.roles.get(team, "viewer") != "viewer"]
    return tuple((team, team_name(visit, team)) for team in mine)


def _called(visit: Visit, team: str) -> str:
    return visit.words("all teams") if team == EVERYWHERE else team_name(visit, team)


def read_until(visit: Visit, said: str) -> datetime:
    """The end of the day that a form names, in the reader's own zone."""
    try:
        return end_of_day(said, visit.shown.zone)
    except ValueError as fault:
        raise Skip(visit.words("“{said}” is no day", said=said[:40])) from fault
