"""Signals: the inbox of what needs somebody, with forms to take it on, put it off or hear no more of its rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from fairlead.governance import reviewing
from fairlead.model.times import entered_at
from fairlead.signals import entering
from fairlead.signals.sweeping import JUDGED
from fairlead.store import signals, state
from fairlead.store.signals import RESPONSES, Wanted
from fairlead.ui.entering import enter
from fairlead.ui.kept import forget
from fairlead.ui.misnamed import choice
from fairlead.ui.page import Page
from fairlead.ui.rights import allowed
from fairlead.ui.views.grids import Grid, grid, wanted
from fairlead.ui.views.waking import MAY, item, may, names, until
from fairlead.ui.visit import Visit

STATES = ("open", "snoozed", "unknown", "pending", "resolved")
WORDS = {
    "escalate": "at once",
    "quick_fix": "quick fix",
    "plan": "to plan",
    "backlog": "backlog",
    "open": "open",
    "snoozed": "snoozed",
    "unknown": "unknown",
    "pending": "pending",
    "resolved": "resolved",
}
"""Responses and states in words."""


@dataclass(frozen=True)
class Chip:
    """One choice above the list."""

    name: str
    count: int
    link: str
    chosen: bool


def show(visit: Visit) -> Response:
    """The inbox, a page of it, limited by response, state or rule."""
    response, said = choice(visit, "response", RESPONSES), choice(visit, "state", STATES)
    with visit.services.database.read() as tx:
        # those that were judged: reading the files of fifty rules takes longer than the page may
        rules = (state.get(tx, JUDGED) or {}).get("rules", {})
    rule = choice(visit, "rule", rules)
    part, now = wanted(visit, ()), visit.services.clock.now()
    asked = Wanted(
        states=("open",) if said in ("", "open", "snoozed") else (said,),
        rule=rule,
        teams=(visit.scope.team,) if visit.scope.team else None,
        response=response,
        snoozed="only" if said == "snoozed" else "without" if said in ("", "open") else "with",
    )
    with visit.services.database.read() as tx:
        rows = signals.listed(tx, asked, now, limit=part.limit, skip=part.offset)
        counts = signals.counted(tx, asked, now, "response")
        mutes = {(one.rule, one.whom) for one in signals.mutes(tx, now)}
        judged = state.get(tx, JUDGED) or {}
    total = sum(counts.values())
    # the pager alone: rows are told as sentences
    pages: Grid = grid(visit, "/signals", (), (), total=total, part=part)
    known = names(visit, rows)
    return visit.page(
        "pages/signals.html",
        _title(visit, counts, said),
        items=[item(visit, row, known, mutes) for row in rows],
        chips=_chips(visit, counts, response, said, rule),
        states=_states(visit, said, rule),
        pages=pages,
        silent=_silent(judged),
        rule=rule,
        response=response,
        words=WORDS,
        manages=allowed(visit, MAY["team"]),
        me=str(getattr(visit.request.state.viewer, "person", "")),
        total=total,
    )


def _title(visit: Visit, counts: Mapping[str, int], said: str) -> str:
    words, total = visit.words, sum(counts.values())
    number = visit.shown.number(total)
    if said not in ("", "open"):
        return words.plural("{n} signal in this state", "{n} signals in this state", total, n=number)
    if not total:
        return words("Nothing needs anybody now")
    if urgent := counts.get("escalate", 0):
        n = visit.shown.number(urgent)
        return words.plural("{n} signal needs somebody at once", "{n} signals need somebody at once", urgent, n=n)
    return words.plural("{n} signal is open, none is urgent", "{n} signals are open, none is urgent", total, n=number)


def _chips(visit: Visit, counts: Mapping[str, int], response: str, said: str, rule: str) -> Sequence[Chip]:
    link = visit.scope.link
    return [
        Chip(one, counts.get(one, 0), link("/signals", response=one, state=said, rule=rule), one == response)
        for one in RESPONSES
        if counts.get(one)
    ]


def _states(visit: Visit, said: str, rule: str) -> Sequence[Chip]:
    link = visit.scope.link
    return [
        Chip(one, 0, link("/signals", state=one if one != "open" else "", rule=rule), one == (said or "open"))
        for one in STATES
    ]


def _silent(judged: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rules of which nobody can know anything, with why: that is not the same as nothing being wrong."""
    rules = judged.get("rules", {}).items()
    return [(name, one["silent"] or one["failed"]) for name, one in rules if one["silent"] or one["failed"]]


def acknowledge(visit: Visit) -> Response:
    """Takes a signal on."""
    services, row = visit.services, may(visit)
    return _entered(visit, reviewing.acknowledged(services.database, row["id"], _by(visit), _at(visit)), "taken")


def snooze(visit: Visit) -> Response:
    """Puts a signal off."""
    row = may(visit)
    end, reason = until(visit), visit.form.get("reason", "")
    event = reviewing.snoozed(visit.services.database, row["id"], end, reason, _by(visit), _at(visit))
    return _entered(visit, event, "snoozed")


def wake(visit: Visit) -> Response:
    """Ends a snooze."""
    row = may(visit)
    return _entered(visit, entering.woken(visit.services.database, row["id"], _by(visit), _at(visit)), "woken")


def mute(visit: Visit) -> Response:
    """Hears no more of a rule, for oneself or for a team that one manages."""
    row = may(visit, mute=True)
    whom = row["team"] if visit.form.get("for") == "team" else _by(visit)
    event = reviewing.muted(
        [row["rule"]], row["rule"], whom, until(visit), visit.form.get("reason", ""), _by(visit), _at(visit)
    )
    return _entered(visit, event, "muted")


def _entered(visit: Visit, event: Any, done: str) -> Response:
    enter(visit.services, event)
    forget()
    return visit.back_to_form("/signals", done)


def _by(visit: Visit) -> str:
    return str(visit.request.state.viewer.person)


def _at(visit: Visit) -> Any:
    return entered_at(visit.services.clock)


PAGE = Page(
    "/signals",
    "Signals",
    60,
    show,
    key="e",
    acts={
        "/signals/acknowledge": acknowledge,
        "/signals/snooze": snooze,
        "/signals/wake": wake,
        "/signals/mute": mute,
    },
    act_role="member",
    cut=("team",),
    reads=("response", "state", "rule", "page"),
)
