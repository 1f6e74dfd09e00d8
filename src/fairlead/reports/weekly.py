"""The weekly review, and the same facts for other readers: a week in the team's own calendar, ten minutes to read.

Facts are loaded once (`weekly_facts.py`); who reads decides on chapters, depth and words (`weekly_views.py`). A week
that is over is told as it was known by its end, which whoever asks has to see to: the warehouse must be of then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fairlead.model.errors import Abort
from fairlead.reports import proof, weekly_chapters, weekly_work
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Block, Claim, Document, Section
from fairlead.reports.plain import plain
from fairlead.reports.weekly_facts import TREND_DAYS, week_facts
from fairlead.reports.weekly_telling import Telling
from fairlead.reports.weekly_views import AUDIENCES, WEEKLY, View

Chapter = Callable[[Telling], list[Block]]
CHAPTERS: Mapping[str, Chapter] = MappingProxyType(
    {
        "decide": weekly_chapters.decide,
        "risks": weekly_chapters.risks,
        "wins": weekly_chapters.wins,
        "shipped": weekly_chapters.shipped,
        "dates": weekly_chapters.dates,
        "goals": weekly_chapters.goals,
        "sprints": weekly_work.sprints,
        "scope": weekly_work.scope,
        "delivery": weekly_work.delivery,
        "flow": weekly_work.flow,
        "reliability": weekly_work.reliability,
        "quality": weekly_work.quality,
        "reviews": weekly_work.reviews,
        "blocked": weekly_work.blocked,
        "waiting": weekly_work.waiting,
        "old": weekly_work.old,
        "unknown": weekly_work.unknown,
    }
)
_COUNTED = ("decide", "risks")
_OF_WEEK = ("shipped", "wins")
_OF_TREND = ("delivery", "flow", "reliability", "quality", "reviews")


def weekly(asked: Asked, *, week: str = "") -> Document:
    """The week of that name, like `2026-W46`; without one that of the last working day, up to now."""
    return _told(asked, WEEKLY, week)


def update(asked: Asked, *, audience: str = "", week: str = "") -> Document:
    """The same facts for an executive, a product manager or the team."""
    audience = audience or next(iter(AUDIENCES))
    if audience not in AUDIENCES:
        raise Abort(f"no update for `{plain(audience)}`", hint=f"there are: {', '.join(AUDIENCES)}")
    return _told(asked, AUDIENCES[audience], week)


def _told(asked: Asked, view: View, week: str) -> Document:
    telling = Telling(week_facts(asked, week), view)
    # a team without objectives has no chapter about them
    sections = [section for name in view.chapters if (section := _section(telling, name)).blocks]
    return document(telling.teller, view.kind, _title(telling), sections, telling.facts.sources)


def _section(telling: Telling, name: str) -> Section:
    words, period = telling.words, telling.facts.period
    aside = ""
    if name in _OF_WEEK:
        until = telling.facts.scope.now
        end = words.date(period.days[-1]) if until >= period.end else words.moment(until)
        aside = words("aside.week", week=str(period.week), start=words.date(period.days[0]), end=end)
    if name in _OF_TREND:
        aside = words("aside.weeks", n=TREND_DAYS // 7)
    heading = words(telling.key(f"section.week_{name}"))
    return Section(name, heading, tuple(CHAPTERS[name](telling)), aside=aside, numbered=name in _COUNTED)


def _title(telling: Telling) -> Claim:
    """What was done, and the first of what stands in the way."""
    facts, words = telling.facts, telling.words
    done, live = [item.item for item in facts.done], list(facts.happened.deployed)
    # of a team without a tracker its changes are what was done
    merged = [change for change, _, _ in facts.happened.merged] if not done else []
    said = [
        words(telling.key(f"week.{key}"), n=len(ids))
        for key, ids in (("done", done), ("merged", merged), ("live", live))
        if ids
    ]
    first = telling.concerns[0] if telling.concerns else None
    told = ", ".join(said) or words("week.nothing")
    trouble = words("week.calm")
    if first:
        # in a list its subject stands before the sentence; here nobody would know what is meant
        subject = first.title or (first.refs[0].label if first.refs else "")
        trouble = f"{subject}: {telling.concern(first).text}" if subject else telling.concern(first).text
    ids = [*done, *merged, *live, *(first.evidence.ids if first else ())]
    text = words("week.title", number=str(facts.period.week.number), told=told, trouble=trouble)
    evidence = proof.of_mixed(list(dict.fromkeys(ids))) if ids else weekly_chapters.nothing(telling)
    return Claim(key="week.title", text=text, evidence=evidence, tone=first.tone if first else "ok")
