"""Open changes in the order in which they should be looked at, why, and who could review them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairlead.reports import facts, proof
from fairlead.reports.alerts import alert_claim, load_alerts
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Act, Block, Claim, Document, Empty, Section
from fairlead.reports.open_changes import Waiting, load_open
from fairlead.reports.sentences import Teller
from fairlead.reports.suggesting import suggestions

if TYPE_CHECKING:
    pass

MOST = 50
"""Changes told one by one; a longer queue is a table's work (`open_change_turns`)."""

MOST_ALERTS = 5
"""Repositories with open security alerts told; the rest is in `attention_security_alerts`."""


def triage(asked: Asked) -> Document:
    """The queue of a team (by key, id or name) or of everybody, as of the clock's moment."""
    teller, waiting = asked.teller(), load_open(asked.scope)
    return document(teller, "triage", _title(teller, waiting), (_queue(teller, waiting), *_alerts(teller)))


def _title(teller: Teller, waiting: list[Waiting]) -> Claim:
    late = sum(found.overdue for found in waiting)
    if not waiting:
        return teller.claim("triage.title_none", proof.of_absence("triage", "select * from open_change_turns"))
    evidence = proof.of_records("open_change_turns", [found.change for found in waiting], "change")
    key = "triage.title_late" if late else "triage.title"
    return teller.claim(key, evidence, n=len(waiting), late=late)


def _queue(teller: Teller, waiting: list[Waiting]) -> Section:
    words = teller.words
    # only for those that are told: a long queue would load the files of thousands
    suggested = suggestions(teller.scope, teller.names, waiting[:MOST])
    blocks: list[Block] = [
        teller.waiting(
            found,
            (
                *teller.place(found),
                *teller.reviewers(found, suggested.get(found.change), parts=True),
            ),
        )
        for found in waiting[:MOST]
    ]
    if len(waiting) > MOST:
        rest = [found.change for found in waiting[MOST:]]
        blocks.append(teller.claim("more", proof.of_mixed(rest), n=len(rest)))
    if not waiting:
        blocks.append(Empty(_empty(teller)))
    return Section("queue", words("section.queue"), tuple(blocks), numbered=True)


def _alerts(teller: Teller) -> tuple[Section, ...]:
    """What is at risk beside the queue; no section where nothing is open."""
    claims = tuple(alert_claim(teller, alerts) for alerts in load_alerts(teller.scope)[:MOST_ALERTS])
    return (Section("alerts", teller.words("section.alerts"), claims),) if claims else ()


def _empty(teller: Teller) -> Claim:
    """Nothing is open, or nothing has come yet: the second has a command that brings it."""
    evidence = proof.of_absence("triage", "select * from open_change_turns")
    # changes but none open is good news; no changes at all is no news
    if facts.count_rows(teller.scope, "changes"):
        return teller.claim("triage.none", evidence, tone="ok")
    act = Act(teller.words("act.bring"), command=teller.scope.bring)
    return Claim(key="triage.empty", text=teller.words("triage.empty"), evidence=evidence, act=act)
