"""An action as whoever looks at it must see it: nothing of it cut, with whose word it has and what they may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.governance import entitled, showing
from fairlead.governance.desk import Desk, word_of
from fairlead.governance.lifecycle import LAPSING
from fairlead.governance.voting import WITHDRAWS, Right, Voter, counted, may
from fairlead.reports.plain import plain
from fairlead.store import actions, records
from fairlead.store.access import EVERYWHERE
from fairlead.store.actions import Row
from fairlead.ui.rights import allowed
from fairlead.ui.views.links import signal_page
from fairlead.ui.views.reasoning import people_in, tree
from fairlead.ui.visit import Visit


@dataclass(frozen=True)
class Party:
    """The reader beside everybody else who may give a word."""

    me: Voter
    everybody: Sequence[Voter]
    now: datetime


def desk_of(visit: Visit) -> Desk:
    """What acts for the reader; its clock is the one that words are dated by."""
    desk: Desk = visit.request.app.state.desk
    return desk


def party(visit: Visit, tx: Any) -> Party:
    """Who could give a word now, read once for the whole page."""
    viewer, now = visit.request.state.viewer, desk_of(visit).now()
    me = entitled.voter_of(tx, viewer.person, viewer.roles, now)
    return Party(me, entitled.voters(tx, now), now)


def told(visit: Visit, tx: Any, row: Row, who: Party) -> dict[str, Any]:
    """An action with its exact requests, the tree of reasons, and what the reader may do."""
    said = showing.told(row)
    for call in said["calls"] or []:
        call["body"] = showing.spelled(call["body"]) if call.get("body") is not None else ""
    given = actions.approvals(tx, [row["id"]])
    words = [word_of(one) for one in given]
    open_ = row["state"] == "waiting"
    # of what has ended it matters no more what it lacked
    asked = entitled.asked(row, words, who.everybody, who.now) if open_ else []
    right = entitled.yes(row, words, who.me, who.now)
    needed = {*people_in(asked), row["proposed_by"] or "", *(one["person"] or "" for one in given)}
    needed |= {one["on_behalf_of"] or "" for one in given}
    # whoever gives a word knows on whose proposal and beside whom; else that is no business of viewers
    concerned = who.me.person in (row["proposed_by"], *(one["person"] for one in given))
    known = allowed(visit, "member") or isinstance(right, Right) or concerned
    needed |= {right.on_behalf_of} if isinstance(right, Right) else set()
    names = names_of(tx, needed) if known else dict.fromkeys(filter(None, needed), visit.words("somebody"))
    return {
        **said,
        "number": row["id"].partition(":")[2],
        "why": plain(visit.shown.retold(row["why"] or "")),
        "by": called(visit, row["proposed_by"] or "", names) if known else "",
        "team_name": team_name(visit, row["team"] or ""),
        "signal_link": visit.scope.link(signal_page(row["signal"])) if row["signal"] else "",
        "tree": tree(visit, showing.spoken(tx, row), asked, counted(words, row["digest"]), names),
        "as_whom": _as_whom(visit, right, row, names) if isinstance(right, Right) else "",
        "not_you": "" if isinstance(right, Right) or not open_ else f"{right.words}; {right.hint}".rstrip("; "),
        "may_break": entitled.breaks_glass(row, who.me, who.now),
        "may_withdraw": row["state"] in LAPSING and may(row, who.me.person, who.me.roles, WITHDRAWS),
        "said": [_word(one, names) for one in given],
    }


def _word(one: Row, names: Mapping[str, str]) -> dict[str, Any]:
    giver = one["on_behalf_of"] or ""
    return {**one, "name": names.get(one["person"] or "", one["person"] or ""), "giver": names.get(giver, giver)}


def _as_whom(visit: Visit, right: Right, row: Row, names: Mapping[str, str]) -> str:
    where = {"role": visit.words(right.role), "team": team_name(visit, row["team"] or "") or visit.words("all teams")}
    if right.on_behalf_of:
        where["name"] = names.get(right.on_behalf_of, right.on_behalf_of)
        return visit.words("You decide in place of {name}, {role} of {team}, who lent you the right.", **where)
    return visit.words("You decide as {role} of {team}.", **where)


def called(visit: Visit, by: str, names: Mapping[str, str]) -> str:
    """Who proposed something: a person by name, a rule or an agent as such."""
    kind, colon, key = by.partition(":")
    if kind == "rule" and colon:
        return visit.words("the rule {rule}", rule=key)
    return names.get(by, visit.words("the operator") if by == "operator" else by)


def team_name(visit: Visit, team: str) -> str:
    """A team as people call it; empty for none."""
    if team in ("", EVERYWHERE):
        return ""
    stated = visit.services.setup.teams.get(team.removeprefix("team:"))
    return (stated.name if stated else "") or team.removeprefix("team:")


def names_of(tx: Any, people: Iterable[str]) -> dict[str, str]:
    """Person id -> name; who has none is called by the id."""
    ids = sorted({one for one in people if one.startswith("person:")})
    rows = records.rows(tx, "people", ids) if ids else ()
    return {row["id"]: plain(row["name"] or row["id"]) for row in rows}
