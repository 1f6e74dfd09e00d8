"""What a sprint will bring: chances from what its team's sprints brought each day, and how well that held before."""

from __future__ import annotations

from fairlead.model.figures import Evidence
from fairlead.planning.backtest import Calibration
from fairlead.planning.history import day_after, days_ahead
from fairlead.planning.montecarlo import LEVELS
from fairlead.planning.outlook import SURE, Outlook, sprint_outlook
from fairlead.reports.document import Block, Claim, Empty, Section, Tone
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller
from fairlead.reports.sprint_facts import SprintFacts
from fairlead.reports.sprint_standing import of_days
from fairlead.reports.wording import Share


def outlook_of(scope: Scope, found: SprintFacts) -> Outlook:
    """The forecast of a sprint from its own days and those of the sprints before it."""
    sprint = found.sprint
    calendar = scope.calendars.of_team(sprint.team)
    days = days_ahead(calendar, scope.now, sprint.end_at) if sprint.end_at and not sprint.closed_at else 0
    left = len(found.items) - len(found.done)
    least = scope.setup.thresholds.minimum_n
    return sprint_outlook(
        [past.daily for past in found.before], found.daily, items=left, days=days, least_done=least,
        extra=_grown(found),
    )  # fmt: skip


def _grown(found: SprintFacts) -> tuple[int, ...]:
    """What came on top in each sprint before, from the day on that this one has reached; less what was taken out."""
    at = len(found.days) - 1
    return tuple(past.scope[-1] - past.scope[min(at, len(past.scope) - 1)] for past in found.before if past.scope)


def promised(found: SprintFacts, outlook: Outlook, level: float) -> int | None:
    """How many of its items are done by its end at that level; never more than there are."""
    if outlook.counts is None:
        return None
    # an item may come back: less than nothing can be promised of none
    return max(min(len(found.done) + outlook.counts.at_least(level), len(found.items)), 0)


def outlook_section(teller: Teller, found: SprintFacts, outlook: Outlook) -> Section:
    """How many by its end, when all of it, from what, and how often such answers held."""
    words, blocks = teller.words, list[Block]()
    evidence = of_days(found, earlier=True)
    end = found.sprint.end_at
    if not outlook.basis.enough:
        blocks.append(Empty(too_little(teller, outlook, evidence)))
    elif outlook.counts is not None and end:
        blocks += [
            teller.claim(
                "outlook.by_end", evidence, level=Share(level), sure=promised(found, outlook, level) or 0,
                n=len(found.items), end=words.day(end),
            )
            for level in LEVELS
        ]  # fmt: skip
        left = len(found.items) - len(found.done)
        if left:
            blocks.append(teller.claim("outlook.all", evidence, n=left, chance=Share(outlook.counts.chance(left))))
    else:
        blocks.append(teller.claim("outlook.no_days", evidence))
    if outlook.basis.enough:
        blocks += [*_when(teller, found, outlook, evidence), _drawn_from(teller, found, outlook, evidence)]
        blocks.append(backtest(teller, outlook.calibration, evidence))
    return Section("outlook", words("section.outlook"), tuple(blocks), aside=words("aside.outlook"))


def too_little(teller: Teller, outlook: Outlook, evidence: Evidence) -> Claim:
    """That the past says nothing yet, and what it takes."""
    basis = outlook.basis
    return teller.claim(
        "outlook.too_little", evidence, n=basis.days, done=basis.done, days=basis.least_days, least=basis.least_done
    )


def backtest(teller: Teller, found: Calibration | None, evidence: Evidence) -> Claim:
    """How often forecasts of each level held when they are made again at past moments."""
    if found is None or not found.forecasts:
        return teller.claim("outlook.no_backtest", evidence)
    half, sure, most = (Share(found.of(level) / found.forecasts) for level in LEVELS)
    # five per cent off the level is within what so many draws vary by
    tone: Tone = "neutral" if found.of(SURE) / found.forecasts >= SURE - 0.1 else "watch"
    key = "outlook.backtest_open" if found.open else "outlook.backtest"
    return teller.claim(key, evidence, tone, n=found.forecasts, half=half, sure=sure, most=most, open=found.open)


def _when(teller: Teller, found: SprintFacts, outlook: Outlook, evidence: Evidence) -> list[Block]:
    """When all of it will be done, whether or not that is before its end."""
    half, sure = (outlook.spans.within(level) for level in LEVELS[:2]) if outlook.spans else (None, None)
    if not half or not sure:
        return []
    calendar, now = teller.scope.calendars.of_team(found.sprint.team), teller.scope.now
    words = teller.words
    days = [words.date(day_after(calendar, now, span)) for span in (half, sure)]
    return [teller.claim("outlook.when", evidence, half=days[0], sure=days[1])]


def _drawn_from(teller: Teller, found: SprintFacts, outlook: Outlook, evidence: Evidence) -> Claim:
    basis = outlook.basis
    used = len(found.before) + 1
    return teller.claim("outlook.basis", evidence, n=used, days=basis.days, rate=basis.done / basis.days)
