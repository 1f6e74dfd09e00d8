"""The lines of a standup, each with its item, its rows, and how it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from fairlead.model.figures import Evidence
from fairlead.reports import facts, proof
from fairlead.reports.document import Basis, Block, Claim, Empty, Ref, Tone
from fairlead.reports.happened import DONE, happened_lines
from fairlead.reports.literals import text_literal, time_literal
from fairlead.reports.naming import short_name
from fairlead.reports.open_changes import load_open
from fairlead.reports.plain import plain
from fairlead.reports.sentences import Teller
from fairlead.reports.sprint_facts import Block as Held
from fairlead.reports.sprint_risks import blocked
from fairlead.reports.standup_facts import (
    Agreed,
    Blocked,
    Dependency,
    Done,
    Posted,
    Underway,
    load_agreed,
    load_dependencies,
    load_planned,
    load_underway,
)
from fairlead.reports.wording import Elapsed, Working

_ANY_WORK = " union all ".join(f"(select 1 from {table} limit 1)" for table in ("work_items", "changes", "sprints"))  # noqa: S608
MOST = 10
"""Lines of a section; the rest is counted and keeps its evidence."""
SILENT_DAYS = 2.0
"""Working days without any sign from which work under way is worth a question."""
AGREED_AHEAD = timedelta(days=7)
"""Agreed dates within this time are told."""


def marked(teller: Teller, claim: Claim, basis: Basis) -> Claim:
    """The claim with how it is known behind its words."""
    return replace(claim, text=f"{claim.text} ({teller.words(f'basis.{basis}')})", basis=basis)


def done_lines(teller: Teller, done: Sequence[Done]) -> list[Block]:
    """Items done, changes merged, what went to production, incidents ended."""
    lines: list[Claim] = []
    for item in done:
        evidence = proof.of_records("work_item_cycle_times", [item.item], "work_item")
        key = "standup.done_merged" if item.merged else "standup.done"
        text = teller.words(key, at=teller.words.recent(item.at), change=short_name(item.merged))
        said = _item(key, text, evidence, item.item, item.title, item.url)
        # a status is somebody's word; a merged change for it was seen
        lines.append(marked(teller, said, "observed" if item.merged else "self-reported"))
    counted = happened_lines(teller, facts.load_happened(teller.scope), DONE)
    told = [*_cut(teller, lines), *(marked(teller, line, "observed") for line in counted)]
    return told or [_none(teller, "standup.nothing_done")]


def planned_lines(teller: Teller) -> list[Block]:
    """What is under way, then what the running sprint still holds, then changes that wait."""
    items = load_underway(teller.scope)
    # Only what is told is worded: each line asks for the signs of its item, and thousands may be under way.
    told: list[Block] = [_underway(teller, item) for item in items[:MOST]]
    told += _rest(teller, [item.item for item in items[MOST:]])
    planned = load_planned(teller.scope)
    if planned:
        evidence = proof.of_records("work_items", [item.item for item in planned])
        names = ", ".join(dict.fromkeys(plain(item.sprint) for item in planned))
        told.append(
            marked(teller, teller.claim("standup.planned", evidence, n=len(planned), sprint=names), "self-reported")
        )
    waiting = [found for found in load_open(teller.scope) if found.turn in ("reviewer", "any_reviewer")]
    if waiting:
        late = sum(found.overdue for found in waiting)
        evidence = proof.of_records("open_change_turns", [found.change for found in waiting], "change")
        said = teller.claim("standup.waiting", evidence, "watch" if late else "neutral", n=len(waiting), late=late)
        told.append(marked(teller, said, "observed"))
    return told or [_none(teller, "standup.nothing_planned")]


def blocker_lines(teller: Teller, found: Sequence[Blocked]) -> list[Block]:
    """What cannot go on, the longest first, with its age in working days."""
    lines = []
    for item in found:
        said = blocked(teller, item.item, Held(item.kind, item.by, item.since))
        told = replace(
            said,
            # how it is known follows on the same line
            text=said.text.removesuffix("."),
            tone="act",
            refs=(Ref(item.item, short_name(item.item), item.url),),
            title=plain(item.title),
        )
        # flags are raised and links drawn by people
        lines.append(marked(teller, told, "self-reported"))
    return _cut(teller, lines) or [_none(teller, "standup.nothing_blocked", "ok")]


def dependency_lines(teller: Teller) -> list[Block]:
    """What other teams did about items that the team waits for, and dates agreed with them."""
    lines = [_dependency(teller, found) for found in load_dependencies(teller.scope)]
    soon = teller.scope.now + AGREED_AHEAD
    lines += [_agreed(teller, found) for found in load_agreed(teller.scope, soon)]
    return _cut(teller, lines) or [_none(teller, "standup.no_dependencies", "ok")]


def posted_lines(teller: Teller, posted: Sequence[Posted], part: str) -> list[Claim]:
    """What people of the team handed in for a part, in their own words; who it was stays with them."""
    return [
        marked(
            teller,
            teller.claim("standup.posted", proof.of_records("messages", [one.message]), line=plain(one.line)),
            "self-reported",
        )
        for one in posted
        if one.part == part
    ]


def _underway(teller: Teller, item: Underway) -> Claim:
    words, scope = teller.words, teller.scope
    evidence = proof.of_records("work_item_cycle_times", [item.item], "work_item")
    if item.since is None:
        # its status says to do, and an open change for it says otherwise
        ids = [item.item, *filter(None, (item.change,))]
        text = words("standup.by_change", change=short_name(item.change))
        said = _item("standup.by_change", text, proof.of_mixed(ids), item.item, item.title, item.url)
        return marked(teller, said, "inferred")
    key = "standup.in_progress" if item.usual_s is None else "standup.in_progress_usual"
    text = words(
        key, since=words.recent(item.since), span=_working(teller, item.since), usual=Elapsed(item.usual_s or 0.0)
    )
    late = item.usual_s is not None and (scope.now - item.since).total_seconds() > item.usual_s
    said = _item(key, text, evidence, item.item, item.title, item.url, "watch" if late else "neutral")
    return replace(marked(teller, said, "self-reported"), reasons=tuple(_silence(teller, item)))


def _silence(teller: Teller, item: Underway) -> Sequence[Claim]:
    """That nothing has been seen of it for days: of the work, and no word about whoever does it."""
    scope = teller.scope
    day_s = scope.calendar.usual_day_seconds
    if item.sign is None or scope.working_between(item.sign) < SILENT_DAYS * day_s:
        return ()
    literal = text_literal(item.item)
    query = (
        # by what they are of: ids of such events are made of handles, which not every reader sees
        f'select work_item as id, "at" from work_item_transitions where work_item = {literal} '  # noqa: S608 - escaped
        f'union all select work_item, "at" from work_item_changes where work_item = {literal} '
        'union all select e.change, e."at" from work_item_links l join change_events e on e.change = l.from_item '
        f"where l.kind = 'closes' and l.deleted_at is null and l.to_item = {literal}"
    )
    count = len(scope.warehouse.rows(query))
    evidence = proof.of_rows((item.item,), query, count)
    said = teller.claim(
        "standup.silent", evidence, since=teller.words.recent(item.sign), span=_working(teller, item.sign)
    )
    return (marked(teller, said, "inferred"),)


def _dependency(teller: Teller, found: Dependency) -> Claim:
    """The other team's item: that it no longer holds ours up, or where it stands and since when."""
    words, scope = teller.words, teller.scope
    by, team = short_name(found.by), teller.names.team(found.team) if found.team else ""
    # a link may have been drawn, taken away and drawn again: this one alone
    stretch = f"to_at = {time_literal(found.ended_at)}" if found.ended_at else "to_at is null"
    query = (
        f"select distinct work_item, blocked_by, from_at, to_at from work_item_blocks where {stretch} "  # noqa: S608
        f"and work_item = {text_literal(found.item)} and blocked_by = {text_literal(found.by)}"
    )
    evidence = proof.of_rows((found.item, found.by), query, 1)
    args = {"by": by, "team": team, "status": plain(found.status), "before": plain(found.moved_from)}
    at, tone = found.ended_at or found.moved_at, _tone("watch")
    if found.ended_at:
        key, tone = "standup.dependency_ended", _tone("ok")
    elif found.moved_at and found.moved_at >= scope.since and found.event:
        key, tone = "standup.dependency_moved", _tone("neutral")
        evidence = proof.of_records("work_item_transitions", [found.event])
    else:
        key = "standup.dependency_still" if at else "standup.dependency_unknown"
    text = words(key, at=words.recent(at) if at else "", **args)
    # that ours no longer waits follows from the end of the other, or of the link
    basis: Basis = "inferred" if found.ended_at else "self-reported"
    # the subject is our item; its title would say nothing of what the other team did
    return marked(teller, _item(key, text, evidence, found.item, "", found.url, tone), basis)


def _agreed(teller: Teller, found: Agreed) -> Claim:
    words, now = teller.words, teller.scope.now
    evidence = proof.of_records("team_dependencies", [found.id])
    side = "ours" if found.ours else "theirs"
    state = "kept" if found.delivered_at else "late" if found.due_at < now else "due"
    at = found.delivered_at or found.due_at
    text = words(f"standup.agreed_{side}_{state}", team=teller.names.team(found.other), at=words.day(at))
    said = Claim(
        key=f"standup.agreed_{side}_{state}", text=text, evidence=evidence,
        tone=_tone({"kept": "ok", "late": "act", "due": "neutral"}[state]), title=plain(found.title),
    )  # fmt: skip
    return marked(teller, said, "self-reported")


def _tone(name: str) -> Tone:
    tones: dict[str, Tone] = {"ok": "ok", "act": "act", "watch": "watch"}
    return tones.get(name, "neutral")


def _item(
    key: str, text: str, evidence: Evidence, item: str, title: str, url: str | None, tone: Tone = "neutral"
) -> Claim:
    return Claim(
        key=key, text=text, evidence=evidence, tone=tone, refs=(Ref(item, short_name(item), url),), title=plain(title)
    )


def _working(teller: Teller, since: datetime) -> Working:
    return Working(teller.scope.working_between(since), teller.scope.calendar.usual_day_seconds)


def _cut(teller: Teller, lines: Sequence[Claim]) -> list[Block]:
    """No more lines than are read standing; the rest is counted."""
    rest = lines[MOST:]
    ids = [line.refs[0].id for line in rest if line.refs] or [line.evidence.ids[0] for line in rest[:1]]
    return [*lines[:MOST], *_rest(teller, ids, len(rest))]


def _rest(teller: Teller, ids: Sequence[str], count: int | None = None) -> list[Block]:
    return [teller.claim("more", proof.of_mixed(ids), n=len(ids) if count is None else count)] if ids else []


def _none(teller: Teller, key: str, tone: Tone = "neutral") -> Empty:
    if not teller.scope.warehouse.once(_ANY_WORK):
        # nothing was seen because no tool of work has been read
        evidence = proof.of_absence("sources", "select id from sources")
        return Empty(teller.claim("standup.nothing_known", evidence))
    evidence = proof.of_absence(key, "select work_item from work_item_cycle_times where false")
    return Empty(marked(teller, teller.claim(key, evidence, tone), "observed"))
