"""What stands in the way of a team, in the order in which it matters, with why it stands there and what it asks.

Until there is a register of risks they follow from figures and records alone: what is broken now comes first, then
dates that will hardly be kept, then what gets worse over weeks. Each kind is told once, with how many there are.
Nobody is named: of a person who carries too much the number of reviews is told, and of small groups not even that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from fairlead.model.figures import Evidence, Figure
from fairlead.planning.history import days_ahead, load_history
from fairlead.planning.outlook import SURE, days_outlook
from fairlead.reports import proof
from fairlead.reports.document import Ref, Tone
from fairlead.reports.facts import Trouble
from fairlead.reports.figure_words import figure_block
from fairlead.reports.flow import older_than_usual
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.sprint_health import Told
from fairlead.reports.sprint_outlook import promised
from fairlead.reports.sprint_standing import of_days
from fairlead.reports.standup_facts import Blocked
from fairlead.reports.trends import notable
from fairlead.reports.weekly_facts import TREND_DAYS, WeekFacts
from fairlead.reports.weekly_goals import Target
from fairlead.reports.wording import Elapsed, Share, Working

Urgency = Literal["now", "date", "trend"]
WATCHED = (
    "lead_time", "change_failure_rate", "failed_deployment_recovery_time", "cycle_time", "time_to_first_review",
    "review_latency", "build_success_rate", "coverage",
)  # fmt: skip
"""Figures whose way is worth a sentence; of all others there are pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One kind of trouble."""

    kind: str
    """Phrases `concern.<kind>` and `ask.<kind>`."""
    urgency: Urgency
    """Why it stands where it stands: phrase `urgency.<urgency>`."""
    evidence: Evidence
    said: Mapping[str, Any] = field(default_factory=dict)
    refs: tuple[Ref, ...] = ()
    title: str = ""
    tone: Tone = "watch"
    figure: str = ""
    """Name of the figure that it tells of, if it does."""


def concerns(facts: WeekFacts) -> Iterator[Concern]:
    """All there are, what matters most first; what nobody reads on to is not loaded."""
    for found in _KINDS:
        yield from found(facts)


def chance_of(facts: WeekFacts, target: Target) -> Share | None:
    """The chance that so many items are done by the date, by its own past; `None` where too little is known."""
    scope = facts.scope
    if not target.left or target.due_at <= scope.now:
        return None
    history = load_history(scope.warehouse, scope.calendar, scope.now, team=scope.team)
    days = days_ahead(scope.calendar, scope.now, target.due_at)
    outlook = days_outlook(history.past, days, least_done=scope.setup.thresholds.minimum_n)
    return Share(outlook.counts.chance(len(target.left))) if outlook.counts else None


def _incidents(facts: WeekFacts) -> Iterator[Concern]:
    yield from _broken(facts, "incident", facts.incidents, "counted_incidents", "incident")


def _failed(facts: WeekFacts) -> Iterator[Concern]:
    yield from _broken(facts, "failed", facts.failed, "counted_deployments", "deployment")


def _red(facts: WeekFacts) -> Iterator[Concern]:
    yield from _broken(facts, "red", facts.red, "builds", "id")


def _broken(facts: WeekFacts, kind: str, found: Sequence[Trouble], table: str, key: str) -> Iterator[Concern]:
    """What is broken now; the first is the gravest, and the oldest says since when."""
    if not found:
        return
    first = found[0]
    where = short_name(first.service or first.repository)
    since = facts.teller.words.recent(min(trouble.since for trouble in found))
    yield Concern(
        kind=kind, urgency="now", tone="act", said={"n": len(found), "since": since},
        evidence=proof.of_records(table, [trouble.id for trouble in found], key),
        # whose it is says more than the number of a run or an incident
        refs=(Ref(first.id, where or short_name(first.id), first.url),),
        # a pipeline and an environment have names too, and those say nothing about what is wrong
        title=plain(first.name) if kind == "incident" else "",
    )  # fmt: skip


def _alerts(facts: WeekFacts) -> Iterator[Concern]:
    if not facts.alerts:
        return
    # the first repository holds the gravest
    first, ids, words = facts.alerts[0], [one for found in facts.alerts for one in found.ids], facts.teller.words
    since = words.recent(min(found.since for found in facts.alerts))
    yield Concern(
        kind="alert", urgency="now", said={"n": len(ids), "since": since, "grave": words(first.grave)},
        refs=(Ref(first.ids[0], short_name(first.repository), first.url),), title=plain(first.title),
        evidence=proof.of_records("attention_security_alerts", ids, "alert"),
    )  # fmt: skip


def _late(facts: WeekFacts) -> Iterator[Concern]:
    late = [each.date for each in facts.agreed if each.late(facts.scope.now)]
    if late:
        at = facts.teller.words.day(late[0].due_at)
        evidence = proof.of_records("team_dependencies", [date.id for date in late])
        said = {"n": len(late), "at": at}
        yield Concern(kind="late", urgency="date", evidence=evidence, said=said, title=plain(late[0].title))


def _targets(facts: WeekFacts) -> Iterator[Concern]:
    """The nearest date of the team's own that is missed, or will hardly be kept."""
    for target in facts.targets:
        missed, chance = target.due_at <= facts.scope.now, chance_of(facts, target)
        if not target.left or not (missed or (chance and chance.value < SURE)):
            continue
        # The milestone itself and what is left of it: both say that it is not closed.
        evidence = proof.of_mixed([*target.ids, *target.left])
        said = {"n": len(target.left), "at": facts.teller.words.day(target.due_at), "chance": chance}
        yield Concern(
            kind="target_missed" if missed else "target", urgency="date", evidence=evidence, said=said,
            refs=(Ref(target.ids[0], plain(target.title), target.url),),
        )  # fmt: skip
        return


def _sprints(facts: WeekFacts) -> Iterator[Concern]:
    """Sprints that will hardly bring all that is in them; the one with the largest part in doubt is told."""
    doubted: list[tuple[float, int, Told]] = []
    for told in facts.sprints:
        sprint, all_of_it = told.facts.sprint, len(told.facts.items)
        sure = promised(told.facts, told.outlook, SURE)
        if sure is not None and sure < all_of_it and sprint.end_at and sprint.end_at > facts.scope.now:
            doubted.append((1 - sure / all_of_it, all_of_it - sure, told))
    if not doubted:
        return
    _, left, most = max(doubted, key=lambda entry: entry[0])
    sprint, words = most.facts.sprint, facts.teller.words
    kind, n = ("sprints", len(doubted)) if len(doubted) > 1 else ("sprint", left)
    end = words.day(sprint.end_at or facts.scope.now)
    yield Concern(
        kind=kind, urgency="date", said={"all": len(most.facts.items), "end": end, "left": left, "n": n},
        evidence=of_days(most.facts, earlier=True), refs=(Ref(sprint.id, sprint.name, sprint.url),),
    )  # fmt: skip


def _waiting_for_others(facts: WeekFacts) -> Iterator[Concern]:
    teams = {each.by: each.team for each in facts.dependencies}
    held = [each for each in facts.blocked if each.by in teams]
    if held:
        team = facts.teller.names.team(teams[held[0].by or ""])
        yield _held(facts, "waits", held, {"by": short_name(held[0].by), "team": team})


def _marked(facts: WeekFacts) -> Iterator[Concern]:
    held = [each for each in facts.blocked if each.kind == "flag"]
    if held:
        yield _held(facts, "marked", held, {})


def _held(facts: WeekFacts, kind: str, held: Sequence[Blocked], said: Mapping[str, Any]) -> Concern:
    """Items that cannot go on; the first has waited longest."""
    first, scope = held[0], facts.scope
    for_how_long = Working(scope.working_between(first.since or scope.now), scope.calendar.usual_day_seconds)
    return Concern(
        kind=kind, urgency="date", said={**said, "n": len(held), "span": for_how_long},
        evidence=proof.of_records("work_item_blocks", [each.item for each in held], "work_item"),
        refs=(Ref(first.item, short_name(first.item), first.url),), title=plain(first.title),
    )  # fmt: skip


def _worse(facts: WeekFacts) -> Iterator[Concern]:
    """Figures that got worse; the words of each are those of its own block."""
    for found in notable(watched(facts), facts.scope.setup.thresholds.minimum_n, "degrading"):
        block = figure_block(found, facts.teller.words)
        said = {"figure": found.title, "value": block.value, "change": block.change, "n": TREND_DAYS // 7}
        yield Concern(kind="worse", urgency="trend", evidence=found.rows, said=said, figure=found.name)


def watched(facts: WeekFacts) -> list[Figure]:
    """The figures whose way is told, in the order in which it is."""
    known = {each.name: each for group in (facts.delivery, facts.flow, facts.review, facts.quality) for each in group}
    return [known[name] for name in WATCHED if name in known]


def _load(facts: WeekFacts) -> Iterator[Concern]:
    """Reviews that wait for one person; of a group in which that one could be recognised nothing is said here."""
    heavy = facts.loads.heavy
    if heavy and facts.loads.people >= facts.scope.setup.privacy.minimum_group:
        most = max(heavy, key=lambda load: len(load.changes))
        said = {"n": len(most.changes), "room": most.with_room}
        yield Concern(kind="load", urgency="trend", said=said, evidence=proof.of_records("changes", most.changes))


def _old(facts: WeekFacts) -> Iterator[Concern]:
    old, now = older_than_usual(facts.scope, facts.underway), facts.scope.now
    if old:
        first = old[0]
        age = Elapsed((now - (first.since or now)).total_seconds())
        yield Concern(
            kind="old", urgency="trend", said={"n": len(old), "span": age}, title=plain(first.title),
            evidence=proof.of_records("work_item_cycle_times", [each.item for each in old], "work_item"),
            refs=(Ref(first.item, short_name(first.item), first.url),),
        )  # fmt: skip


_KINDS: Sequence[Callable[[WeekFacts], Iterator[Concern]]] = (
    _incidents, _failed, _alerts, _red, _late, _targets, _sprints, _waiting_for_others, _marked, _worse, _load, _old,
)  # fmt: skip
"""In the order in which they are told: users first, then dates, then trends."""
