"""The morning brief: what needs you, what is at risk, how it goes, what changed, and how sure all that is.

Deterministic: the same records, set-up and moment give the same words. Everything said is loaded in `facts.py` and
`open_changes.py`; this module decides what is worth saying and in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from fairlead.metrics import figures
from fairlead.model.figures import Evidence, Figure
from fairlead.reports import facts, literals, proof
from fairlead.reports.alerts import Alerts, alert_claim, load_alerts
from fairlead.reports.asked import Asked, document
from fairlead.reports.brief_data import data_section
from fairlead.reports.document import Act, Block, Claim, Document, Empty, Ref, Section
from fairlead.reports.figure_words import figure_block
from fairlead.reports.happened import happened_lines
from fairlead.reports.load import Loads, load_review_load, queue
from fairlead.reports.naming import short_name
from fairlead.reports.open_changes import Waiting, load_open, overdue
from fairlead.reports.plain import plain
from fairlead.reports.reliability_facts import Burning, load_burning, of_objectives
from fairlead.reports.reliability_levels import burns
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller
from fairlead.reports.suggesting import suggestions

WINDOW_DAYS = 30
MOST_NEEDS, MOST_RISKS = 7, 5
"""More than this is not read before the first coffee; the rest is one command away."""


class Point(NamedTuple):
    """Something worth saying; put into words only if there is room for it."""

    id: str
    """Record that it is about."""
    tell: Callable[[], Claim]


@dataclass(frozen=True)
class _Found:
    """Everything loaded, for the sections to choose from."""

    waiting: Sequence[Waiting]
    incidents: Sequence[facts.Trouble]
    red: Sequence[facts.Trouble]
    failed: Sequence[facts.Trouble]
    alerts: Sequence[Alerts]
    burning: Sequence[Burning]
    happened: facts.Happened
    loads: Loads
    figures: Sequence[Figure]
    sources: Sequence[facts.SourceState]


def brief(asked: Asked, *, window_days: int = WINDOW_DAYS, every_change: bool = False) -> Document:
    """The brief of a team or of everybody, as of the moment that is asked about."""
    scope, teller = asked.scope, asked.teller()
    sources = facts.load_sources(scope)
    # "nothing needs you" would be true of an empty store, and say the wrong thing
    if not any(facts.count_rows(scope, table) for table in ("changes", "commits", "deployments", "work_items")):
        return _nothing_yet(teller, sources)
    found = _Found(
        waiting=load_open(scope),
        incidents=facts.load_incidents(scope),
        red=facts.load_red_main(scope),
        failed=facts.load_failed_deployments(scope),
        alerts=load_alerts(scope),
        burning=load_burning(scope, of_objectives(scope)),
        happened=facts.load_happened(scope),
        loads=load_review_load(scope),
        figures=figures.group(
            scope.warehouse, "dora", scope.last_days(window_days), scope.segment, language=asked.language
        ),
        sources=sources,
    )
    # once, for the title says the same as the section
    needs = _needs(teller, found)
    sections = (
        _section(teller, "needs", needs, MOST_NEEDS, "triage"),
        _section(teller, "risks", _risks(teller, found), MOST_RISKS, "triage"),
        _how_it_goes(teller, found, window_days),
        _what_changed(teller, found.happened, every_change=every_change),
        data_section(teller, sources),
    )
    return document(teller, "brief", _title(teller, found, needs), sections, sources)


def _needs(teller: Teller, found: _Found) -> list[Point]:
    """What is broken, then what has waited too long, in the order in which to do it."""
    late = overdue(found.waiting)
    # only for those that are told: each needs files, owners and history of its own
    suggested = suggestions(teller.scope, teller.names, late[:MOST_NEEDS])
    # reversed, so that of several fixes the one to look at first stays
    fixes = {waiting.repository: waiting for waiting in reversed(found.waiting) if waiting.hotfix}

    def broken(trouble: facts.Trouble, tell: Callable[[facts.Trouble, Waiting | None], Claim]) -> Point:
        return Point(trouble.id, lambda: tell(trouble, fixes.get(trouble.repository)))

    def waits(waiting: Waiting) -> Point:
        def tell() -> Claim:
            # within the call: sentences that find no room are never made
            who = teller.reviewers(waiting, suggested.get(waiting.change), parts=False)
            return teller.waiting(waiting, who, tone="act")

        return Point(waiting.change, tell)

    return [
        *(broken(trouble, teller.incident) for trouble in found.incidents),
        *(broken(trouble, teller.red_main) for trouble in found.red if trouble.overdue),
        *(broken(trouble, teller.failed_deployment) for trouble in found.failed),
        *map(waits, late),
    ]


def _risks(teller: Teller, found: _Found) -> list[Point]:
    """What will need somebody soon: burning budgets, alerts, load, young failures, near limits, too large changes."""
    scope = teller.scope
    # a change is told once in a brief, in the section that asks most
    told = {waiting.change for waiting in overdue(found.waiting)}
    soon = scope.now + timedelta(days=1)
    near = [w for w in found.waiting if w.due_at and scope.now < w.due_at <= soon and w.change not in told]
    told |= {waiting.change for waiting in near}
    large = scope.setup.thresholds.large_change_lines
    big = [w for w in found.waiting if (w.lines or 0) >= large and w.why != "draft" and w.change not in told]
    return [
        # a budget that burns is what users feel now, and the only one of these that gets worse by the hour
        *(Point(budget.slo, partial(burns, teller, budget)) for budget in found.burning),
        *(Point(alerts.ids[0], partial(alert_claim, teller, alerts)) for alerts in found.alerts),
        *(Point(claim.evidence.ids[0], partial(_same, claim)) for claim in _load_claims(teller, found.loads)),
        *(Point(trouble.id, partial(teller.red_main, trouble)) for trouble in found.red if not trouble.overdue),
        *(Point(waiting.change, partial(_near, teller, waiting)) for waiting in near),
        *(Point(waiting.change, partial(_big, teller, waiting, large)) for waiting in big),
    ]


def _same(claim: Claim) -> Claim:
    return claim


def _load_claims(teller: Teller, loads: Loads) -> list[Claim]:
    """Load is told where the group is large enough that it describes a team and not a person."""
    if not loads.heavy:
        return []
    # in a group of three "somebody has too many reviews" names a person
    least = teller.scope.setup.privacy.minimum_group
    if loads.people < least:
        return [teller.claim("load.suppressed", queue(teller.scope), least=least)]
    return [
        teller.claim(
            "load.heavy" if load.with_room else "load.heavy_all",
            proof.of_records("changes", load.changes),
            tone="watch",
            n=len(load.changes),
            name=teller.names.person(load.person),
            room=teller.words("load.room", n=load.with_room),
        )
        for load in loads.heavy
    ]


def _near(teller: Teller, waiting: Waiting) -> Claim:
    assert waiting.due_at is not None
    claim = teller.waiting(waiting, tone="watch")
    evidence = proof.of_change(waiting.change, waiting.events)
    limit = teller.claim("risk.near", evidence, at=teller.words.moment(waiting.due_at))
    return replace(claim, reasons=(*claim.reasons, limit))


def _big(teller: Teller, waiting: Waiting, large: int) -> Claim:
    query = f"select id, additions, deletions from changes where id = {literals.text_literal(waiting.change)}"  # noqa: S608
    return Claim(
        key="risk.large",
        text=teller.words("risk.large", n=waiting.lines, limit=large, who=teller.whom(waiting)),
        evidence=proof.of_rows((waiting.change,), query),
        tone="watch",
        refs=(Ref(waiting.change, short_name(waiting.change), waiting.url),),
        title=plain(waiting.title),
    )


def _section(teller: Teller, key: str, points: Sequence[Point], most: int, command: str) -> Section:
    """A numbered section; what does not fit is counted and leads to a command, and nothing is said to be nothing."""
    words, scope = teller.words, teller.scope
    blocks: list[Block] = [point.tell() for point in points[:most]]
    if not points:
        # silence of the data is not calm, and must not be told in its words
        none = f"{key}.unknown" if key == "needs" and not _turns_known(scope) else f"{key}.none"
        blocks.append(
            Empty(teller.claim(none, _nothing_due(teller, key), tone="ok" if none == f"{key}.none" else "neutral"))
        )
    if len(points) > most:
        rest = points[most:]
        typed = f"fairlead {command}" + (f" --team {scope.team.removeprefix('team:')}" if scope.team else "")
        # the rest keeps its evidence: a count alone could not be checked
        ids = [point.id for point in rest]
        more = Claim(
            key="more",
            text=words("more", n=len(rest)),
            evidence=proof.of_mixed(ids),
            act=Act(words("act.all"), command=typed),
        )
        blocks.append(more)
    return Section(key, words(f"section.{key}"), tuple(blocks), numbered=True)


def _how_it_goes(teller: Teller, found: _Found, days: int) -> Section:
    """The figures; what holds for every one of them is said once."""
    words = teller.words
    aside = words("aside.window", n=days)
    told = [figure_block(figure, words) for figure in found.figures]
    # of one figure alone every note would be common
    common = [note for note in told[0].notes if all(note in block.notes for block in told)] if len(told) > 1 else []
    blocks: list[Block] = [
        replace(block, notes=tuple(note for note in block.notes if note not in common)) for block in told
    ]
    # a claim must rest on something; without sources the notes are left out
    if common and found.sources:
        evidence = proof.of_records("sources", [source.id for source in found.sources])
        blocks.append(
            Claim(key="figures.common", text=words("figures.common", what="; ".join(common)), evidence=evidence)
        )
    return Section("figures", words("section.figures"), tuple(blocks), aside=aside)


def _what_changed(teller: Teller, happened: facts.Happened, *, every_change: bool) -> Section:
    words = teller.words
    blocks: list[Block] = [*happened_lines(teller, happened)]
    if every_change:
        blocks += [
            Claim(
                key="changed.one",
                text=words("changed.one"),
                evidence=proof.of_records("changes", [change]),
                refs=(Ref(change, short_name(change), url),),
                title=plain(title),
            )
            for change, title, url in happened.merged
        ]
    if not blocks:
        query = f"select * from changes where merged_at >= {literals.time_literal(teller.scope.since)}"  # noqa: S608
        blocks.append(Empty(teller.claim("changed.none", proof.of_absence("brief.changed", query))))
    aside = words("aside.since", since=words.recent(teller.scope.since))
    return Section("changed", words("section.changed"), tuple(blocks), aside=aside)


def _title(teller: Teller, found: _Found, needs: Sequence[Point]) -> Claim:
    """The finding in one sentence: at most the two weightiest kinds of what needs somebody."""
    late = len(overdue(found.waiting))
    red = [trouble for trouble in found.red if trouble.overdue]
    said: list[str] = []
    if found.incidents:
        said.append(teller.words("title.incidents", n=len(found.incidents)))
    if found.failed:
        where = short_name(found.failed[0].service or found.failed[0].repository)
        said.append(teller.words("title.failed", n=len(found.failed), where=where))
    if red:
        said.append(teller.words("title.red", n=len(red), where=short_name(red[0].repository)))
    if late:
        said.append(teller.words("title.late", n=late))
    if not needs:
        if not _turns_known(teller.scope):
            return teller.claim("title.unknown", _nothing_due(teller, "needs"))
        return teller.claim("title.calm", _nothing_due(teller, "needs"), tone="ok")
    ids = [point.id for point in needs]
    # two kinds at most: a title with four is a list
    text = teller.words("title.found", what="; ".join(said[:2]))
    # not `capitalize`, which would lower the names behind the first letter
    return Claim(key="title.found", text=text[:1].upper() + text[1:], evidence=proof.of_mixed(ids), tone="act")


def _turns_known(scope: Scope) -> bool:
    """Whether anything tells whose turn it is: commits alone say nothing about who waits for whom."""
    # a clone of git brings commits and no events
    return facts.count_rows(scope, "change_events") > 0


def _nothing_due(teller: Teller, what: str) -> Evidence:
    """Evidence that no limit is behind or near: the query finds none."""
    # the same limit as in `_risks`: the query must find what would have been told
    until = teller.scope.now + (timedelta(days=1) if what == "risks" else timedelta())
    limits = f"due_at <= {literals.time_literal(until)} and {teller.scope.changes('change')}"
    query = f"select change, due_at from open_change_turns where {limits}"  # noqa: S608 - literals escaped
    return proof.of_absence(f"brief.{what}", query)


def _nothing_yet(teller: Teller, sources: Sequence[facts.SourceState]) -> Document:
    # the sources, if there are any: they are what has brought nothing
    evidence = proof.of_absence("brief.empty", "select * from sources", [source.id for source in sources])
    unread = teller.scope.intake.unread
    # what has come needs no command: whoever types one would wait for the same
    claim = (
        teller.claim("empty.unread", evidence, n=unread)
        if unread
        else replace(
            teller.claim("empty.said", evidence),
            act=Act(teller.words("act.bring"), command=teller.scope.bring),
        )
    )
    section = Section("needs", teller.words("section.needs"), (Empty(claim),))
    title = teller.claim("title.empty", evidence)
    return document(teller, "brief", title, (section, data_section(teller, sources)), sources)
