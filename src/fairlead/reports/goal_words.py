"""How objectives and key results stand, in words: each value with its unit, or why there is none."""

from __future__ import annotations

from datetime import datetime, timedelta

from fairlead.goals.facts import Result
from fairlead.goals.standing import GoalStanding, Standing, Status
from fairlead.metrics.segments import quoted
from fairlead.model.figures import Evidence
from fairlead.reports import proof
from fairlead.reports.document import Act, Claim, Ref, Tone
from fairlead.reports.figure_words import quantity
from fairlead.reports.literals import text_list
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.sentences import Teller
from fairlead.reports.wording import Share, Wording

TONES: dict[Status, Tone] = {
    "at_risk": "act", "behind": "watch", "stale": "watch", "unknown": "neutral", "on_track": "ok", "reached": "ok",
}  # fmt: skip
_ENDED_TONES: dict[str, Tone] = {"reached": "ok", "missed": "act", "dropped": "neutral"}
_DETAILED = ("bad_metric", "bad_query", "bad_span")


def amount(value: float | None, unit: str, words: Wording) -> str:
    """A value with its unit; a unit of the team's own stands behind it as it is written."""
    shown = quantity(value, unit, words)
    known = unit in ("", "count", "seconds", "share") or words.knows(f"unit.{unit}")
    return shown if value is None or known else f"{shown} {plain(unit)}"


def status_word(status: Status, words: Wording) -> str:
    """`on track`, `behind` ..."""
    return words(f"objective.status.{status}")


def until(due_at: datetime | None, teller: Teller) -> str:
    """The last day that belongs to it; empty where nobody said it."""
    return teller.words.day(due_at - timedelta(microseconds=1)) if due_at else ""


def goal_claim(teller: Teller, found: GoalStanding) -> Claim:
    """How an objective stands, in a sentence."""
    goal, words = found.goal, teller.words
    evidence = of_goal(found)
    refs = (Ref(goal.id, short_name(goal.id), goal.url or None),)
    if goal.state != "open":
        key = f"objective.ended_{goal.state}"
        text = words(key) if goal.ended_at is None else words(f"{key}_on", day=words.day(goal.ended_at))
        return Claim(key=key, text=text, evidence=evidence, tone=_ENDED_TONES.get(goal.state, "neutral"), refs=refs)
    if found.unjudged:
        act = Act(words("act.judge"), command=f"fairlead goals end {goal.id} reached")
        text = words("objective.unjudged", day=until(goal.due_at, teller))
        return Claim(key="objective.unjudged", text=text, evidence=evidence, tone="watch", refs=refs, act=act)
    if not found.results:
        act = Act(words("act.measure"), command=f"fairlead goals measure {goal.id} ...")
        # what a file states is measured there
        return Claim(key="objective.unmeasured", text=words("objective.unmeasured"), evidence=evidence, refs=refs,
                     act=None if goal.path else act)  # fmt: skip
    if found.progress is None:
        text = words("objective.unknown")
        return Claim(key="objective.unknown", text=text, evidence=evidence, refs=refs)
    text = words("objective.standing", status=status_word(found.status, words), progress=Share(found.progress))
    if found.expected is not None:
        text = words(
            "objective.standing_expected", status=status_word(found.status, words), progress=Share(found.progress),
            expected=Share(found.expected),
        )  # fmt: skip
    known = sum(one.progress is not None for one in found.results)
    if known < len(found.results):
        text = words("objective.part_known", told=text, known=known, n=len(found.results))
    return Claim(key="objective.standing", text=text, evidence=evidence, tone=TONES[found.status], refs=refs)


def result_claim(teller: Teller, found: Standing, *, over: bool = False) -> Claim:
    """How a key result stands; its evidence is that of its value. What is `over` asks for nothing more."""
    result, words = found.result, teller.words
    title = plain(result.title)
    refs = (Ref(result.id, short_name(result.id)),)
    status = status_word(found.status, words)
    evidence = found.reading.evidence
    if found.progress is None:
        told = why(found, words)
        if found.reading.value is not None:
            told = words("result.value_and", value=amount(found.reading.value, result.unit, words), why=told)
        text = words("result.unknown", title=title, why=told)
        act = _enter(result, words) if found.why == "no_entry" and not over else None
        return Claim(key="result.unknown", text=text, evidence=evidence, tone="watch" if act else "neutral",
                     refs=refs, act=act)  # fmt: skip
    key = "result.standing" if found.expected is None else "result.standing_expected"
    said = {"expected": Share(found.expected)} if found.expected is not None else {}
    text = words(
        key, title=title, value=amount(found.reading.value, result.unit, words),
        baseline=amount(found.baseline.value, result.unit, words),
        target=amount(result.target, result.unit, words), progress=Share(found.progress), status=status, **said,
    )  # fmt: skip
    reasons = (teller.claim("result.last_entry", evidence, n=found.age_days),) if found.status == "stale" else ()
    act = _enter(result, words) if found.status == "stale" and not over else None
    return Claim(key=key, text=text, evidence=evidence, tone=TONES[found.status], refs=refs, reasons=reasons, act=act)


def why(found: Standing, words: Wording) -> str:
    """Why its progress is not known."""
    reading, key = found.reading, found.why or found.reading.why
    if key == "metric_empty":
        missing = f"missing.{reading.detail}"
        n = reading.figure.n if reading.figure else 0
        return words(missing, n=n) if words.knows(missing) else plain(reading.detail.replace("_", " "))
    return (
        words(f"result.why.{key}", detail=plain(reading.detail)) if key in _DETAILED else words(f"result.why.{key}")
    )


def of_goal(found: GoalStanding) -> Evidence:
    """What an objective's standing rests on: its key results."""
    ids = [one.result.id for one in found.results]
    if not ids:
        return proof.of_records("objectives", [found.goal.id])
    query = f"select * from key_results where objective = {quoted(found.goal.id)} and deleted_at is null"  # noqa: S608
    return proof.of_rows(ids, query)


def of_goals(found: list[GoalStanding]) -> Evidence:
    """What a sentence about several objectives rests on."""
    ids = [one.goal.id for one in found]
    return proof.of_rows(ids, f"select * from objectives where id in {text_list(ids)}")  # noqa: S608 - escaped


def _enter(result: Result, words: Wording) -> Act:
    return Act(words("act.check_in"), command=f"fairlead goals check-in {result.id} VALUE")
