"""Alignment: where effort went by objective, how much served none, how that changed, and what may be linked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fairlead.goals.effort import Bucket, Measure, Part
from fairlead.goals.linking import Suggestion
from fairlead.model.figures import Evidence
from fairlead.reports import proof
from fairlead.reports.alignment_facts import USUAL_DAYS, Alignment, Broken, load_alignment, own
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Act, Block, Cell, Claim, Document, Empty, Notice, Ref, Section, Table, Tone
from fairlead.reports.literals import time_literal
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.sentences import Teller
from fairlead.reports.wording import Share, Working

MOST = 10
"""Items that serve nothing, told one by one; the table counts all."""
_MUCH = 0.5
"""Share without an objective from which the title is one to watch."""


def alignment(asked: Asked, *, window: str = "", by: str = "") -> Document:
    """Effort of the days before now by objective; `by` is `time` or `points`."""
    days = int(window.removesuffix("d") or USUAL_DAYS)
    measure: Measure = "points" if by == "points" else "time"
    return told(asked.teller(), load_alignment(asked.scope, days=days, measure=measure), days)


def told(teller: Teller, found: Alignment, days: int) -> Document:
    """What was loaded, as a report."""
    words = teller.words
    aside = words("aside.window", n=days)
    sections = [Section("shares", words("section.effort"), (*_broken(teller, found), *shares(teller, found)), aside)]
    if parts := found.effort.unlinked.parts:
        lines = tuple(_unlinked(teller, found, part) for part in parts[:MOST])
        sections.append(Section("unlinked", words("section.unlinked"), (*lines, *_rest(teller, parts))))
    if found.suggestions:
        lines = tuple(suggested(teller, found, one) for one in found.suggestions)
        sections.append(Section("suggestions", words("section.suggestions"), lines, numbered=True))
    sections.append(Section("counting", words("section.counting"), tuple(counting(teller, found))))
    return document(teller, "alignment", _title(teller, found), sections)


def shares(teller: Teller, found: Alignment) -> list[Block]:
    """The table of all buckets, or what is missing for it."""
    if not found.goals:
        return [_no_goals(teller)]
    if not found.effort.total:
        return [teller.claim("goal.no_effort", _effort_of(teller, found, ()))]
    words = teller.words
    wanted = own(teller.scope, found)
    buckets = [bucket for bucket in found.effort.buckets if bucket.objective in wanted]
    columns = ("column.objective", "column.share", "column.share_before", "column.effort", "column.items")
    parts = [part for bucket in buckets for part in bucket.parts]
    caption = teller.claim(
        "goal.shares", _effort_of(teller, found, parts), total=amount(teller, found, found.effort.total)
    )
    rows = tuple(_row(teller, found, bucket) for bucket in buckets)
    table = Table(tuple(words(column) for column in columns), rows, caption)
    return [table, *(_opened(teller, found, bucket) for bucket in buckets if bucket.parts or bucket.earlier)]


def amount(teller: Teller, found: Alignment, size: float) -> str:
    """Effort in words: working days of the scope's calendar, or points."""
    words = teller.words
    if found.effort.measure == "points":
        return words("goal.points", n=round(size, 1))
    return words.value(Working(size, teller.scope.calendar.usual_day_seconds))


def name_of(teller: Teller, found: Alignment, objective: str) -> str:
    """Title of an objective, or the word for what serves none."""
    goal = found.goal(objective)
    return plain(goal.title) if goal else teller.words("goal.unlinked")


def suggested(teller: Teller, found: Alignment, one: Suggestion) -> Claim:
    """An item that probably serves an objective, why, and the command that says so."""
    words = teller.words
    evidence = proof.of_mixed([one.item, one.objective, *one.siblings])
    reasons = []
    if one.siblings:
        key = "goal.by_siblings"
        reasons.append(teller.claim(key, proof.of_mixed(one.siblings), n=len(one.siblings)))
    if one.labels:
        reasons.append(teller.claim("goal.by_labels", evidence, labels=", ".join(map(plain, one.labels))))
    if one.words:
        reasons.append(teller.claim("goal.by_words", evidence, words=", ".join(map(plain, one.words[:5]))))
    command = f"fairlead goals link {one.item} {one.objective}"
    return Claim(
        key="goal.suggested", text=words("goal.suggested", goal=name_of(teller, found, one.objective)),
        evidence=evidence,
        refs=(Ref(one.item, plain(one.key) or short_name(one.item), one.url or None),), title=plain(one.title),
        reasons=tuple(reasons), act=Act(words("goal.link"), command=command),
    )  # fmt: skip


def counting(teller: Teller, found: Alignment) -> list[Claim]:
    """How effort is counted, what is divided, and what counts for nothing."""
    evidence = _effort_of(teller, found, [part for bucket in found.effort.buckets for part in bucket.parts])
    claims = [teller.claim(f"goal.counted_{found.effort.measure}", evidence)]
    shared = [part.item for bucket in found.effort.buckets for part in bucket.parts if part.among > 1]
    if shared:
        items = sorted(set(shared))
        claims.append(teller.claim("goal.divided", proof.of_records("work_items", items), n=len(items)))
    if found.effort.measure == "points" and found.effort.unsized:
        claims.append(teller.claim("goal.unsized", evidence, n=found.effort.unsized))
    return claims


def _title(teller: Teller, found: Alignment) -> Claim:
    effort = found.effort
    parts = [part for bucket in effort.buckets for part in bucket.parts]
    evidence = _effort_of(teller, found, parts)
    if not found.goals:
        return teller.claim("goal.title_no_goals", proof.of_absence("objectives", _GOALS))
    if not effort.total or effort.unlinked.share is None:
        return teller.claim("goal.title_no_effort", evidence)
    tone: Tone = "watch" if effort.unlinked.share >= _MUCH else "neutral"
    served = Share(1 - effort.unlinked.share)
    return teller.claim("goal.title_effort", evidence, tone, served=served, unlinked=Share(effort.unlinked.share))


def _row(teller: Teller, found: Alignment, bucket: Bucket) -> tuple[Cell, ...]:
    words = teller.words
    share, before = bucket.share, bucket.before
    return (
        Cell(name_of(teller, found, bucket.objective)),
        Cell(words.share(share) if share is not None else "", number=True),
        Cell(words.share(before) if before is not None else "", number=True, reason=words("goal.no_effort_before")),
        Cell(amount(teller, found, bucket.amount), number=True),
        Cell(words.number(len(bucket.parts)), number=True),
    )  # fmt: skip


def _opened(teller: Teller, found: Alignment, bucket: Bucket) -> Claim:
    """What the row of a bucket rests on, now and in the time before."""
    name = name_of(teller, found, bucket.objective)
    evidence = _effort_of(teller, found, bucket.parts)
    told = teller.claim("goal.rests_on", evidence, goal=name, n=len(bucket.parts))
    if not bucket.earlier:
        return told
    before = teller.claim(
        "goal.rested_on", proof.of_records("work_items", bucket.earlier), n=len(bucket.earlier)
    )  # fmt: skip
    return replace(told, reasons=(before,))


def _unlinked(teller: Teller, found: Alignment, part: Part) -> Claim:
    evidence = proof.of_records("work_items", [part.item])
    return Claim(
        key="goal.serves_none", text=teller.words("goal.serves_none", amount=amount(teller, found, part.amount)),
        evidence=evidence, refs=(Ref(part.item, plain(part.key), part.url or None),), title=plain(part.title),
    )  # fmt: skip


def _rest(teller: Teller, parts: Sequence[Part]) -> list[Claim]:
    rest = [part.item for part in parts[MOST:]]
    return [teller.claim("more", proof.of_mixed(rest), n=len(rest))] if rest else []


def _broken(teller: Teller, found: Alignment) -> list[Notice]:
    return [Notice("fault", _broken_rule(teller, one)) for one in found.broken]


def _broken_rule(teller: Teller, one: Broken) -> Claim:
    evidence = proof.of_records("objectives", [one.goal.id])
    return teller.claim("goal.broken_rule", evidence, "act", goal=plain(one.goal.title), why=plain(one.why))


def _no_goals(teller: Teller) -> Empty:
    act = Act(teller.words("goal.begin"), command="fairlead goals add")
    text = teller.words("goal.none")
    return Empty(Claim(key="goal.none", text=text, evidence=proof.of_absence("objectives", _GOALS), act=act))


def _effort_of(teller: Teller, found: Alignment, parts: Sequence[Part]) -> Evidence:
    window = found.effort.window
    if parts:
        return proof.of_records("work_items", sorted({part.item for part in parts}))
    query = (
        f"select * from work_item_spells where from_at < {time_literal(window.end)} "  # noqa: S608 - escaped
        f"and coalesce(to_at > {time_literal(window.start)}, true) and {teller.scope.items('work_item')}"
    )
    return proof.of_absence("effort", query)


_GOALS = "select * from objectives where deleted_at is null"
