"""Incidents, each with the deployment that it counts for, and the score of that as a tree of reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from fairlead.model.figures import Evidence
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.causes import MOST_OF_PART, Cause, load_causes
from fairlead.reports.document import Act, Block, Claim, Document, Empty, Ref, Section
from fairlead.reports.naming import short_name, short_sha
from fairlead.reports.plain import plain
from fairlead.reports.sentences import Teller
from fairlead.reports.wording import Elapsed

if TYPE_CHECKING:
    pass

DAYS = 90
"""How far back incidents are told; open ones always are."""
MOST = 50
"""Incidents told one by one; more are a table's work (`incident_causes`)."""
_PUT_DOWN = frozenset({"scored", "named_deployment", "named_sha", "named_version"})


def incidents(asked: Asked, *, incident: str = "") -> Document:
    """Incidents of a team or of everybody, as of the clock's moment; with an id only that one."""
    teller = asked.teller()
    found = load_causes(asked.scope, incident=incident, days=DAYS)
    return document(teller, "incidents", _title(teller, found), (_section(teller, found),))


def _title(teller: Teller, found: Sequence[Cause]) -> Claim:
    if not found:
        return teller.claim("incidents.title_none", _nothing())
    evidence = proof.of_records("incident_causes", [cause.incident for cause in found], "incident")
    put_down = sum(cause.deployment is not None for cause in found)
    return teller.claim("incidents.title", evidence, n=len(found), caused=put_down)


def _section(teller: Teller, found: Sequence[Cause]) -> Section:
    blocks: list[Block] = [_claim(teller, cause) for cause in found[:MOST]]
    # counted, never cut in silence
    if len(found) > MOST:
        rest = [cause.incident for cause in found[MOST:]]
        blocks.append(teller.claim("more", proof.of_mixed(rest), n=len(rest)))
    if not found:
        act = Act(teller.words("act.bring"), command=teller.scope.bring)
        text = teller.words("incidents.none")
        blocks.append(Empty(Claim(key="incidents.none", text=text, evidence=_nothing(), act=act)))
    since = teller.words.day(teller.scope.now - timedelta(days=DAYS))
    aside = teller.words("aside.since", since=since)
    return Section("causes", teller.words("section.causes"), tuple(blocks), aside=aside, numbered=True)


def _nothing() -> Evidence:
    return proof.of_absence("incidents", "select * from counted_incidents")


def _claim(teller: Teller, cause: Cause) -> Claim:
    """The incident, what it is put down to, and why."""
    evidence = proof.of_records("incident_causes", [cause.incident], "incident")
    limits = teller.scope.setup.incidents
    text = teller.words(
        f"cause.{cause.verdict}",
        since=teller.words.recent(cause.started_at),
        deployment=_label(teller, cause),
        score=round(cause.score or 0.0, 2),
        enough=limits.attribution_threshold,
        span=Elapsed(limits.attribution_hours * 3600, bent=True),
        reason=plain(cause.reason),
        stated=short_name(cause.stated),
    )
    return Claim(
        key=f"cause.{cause.verdict}",
        text=text,
        evidence=evidence,
        # a decided cause asks nothing of anybody; an open one does
        tone="neutral" if cause.verdict in _PUT_DOWN or cause.verdict == "stated_not" else "watch",
        refs=(Ref(cause.incident, short_name(cause.incident), cause.url),),
        title=plain(cause.title),
        reasons=tuple(_reasons(teller, cause, evidence)),
    )


def _reasons(teller: Teller, cause: Cause, evidence: Evidence) -> list[Claim]:
    """The parts of the score, also those that gave nothing: they say what was looked at."""
    after = Elapsed((cause.hours_after or 0.0) * 3600)
    return [
        teller.claim(f"cause.part_{key}", evidence, points=round(points, 2), most=MOST_OF_PART[key], span=after)
        for key, points in cause.parts
    ]


def _label(teller: Teller, cause: Cause) -> str:
    """A deployment as people know it: its repository, commit and hour; the id is in the rows."""
    if cause.suspect is None or cause.suspect_finished_at is None:
        return short_name(cause.suspect)
    commit = f" {short_sha(cause.suspect_sha)}" if cause.suspect_sha else ""
    return f"{short_name(cause.suspect)}{commit} ({teller.words.recent(cause.suspect_finished_at)})"
