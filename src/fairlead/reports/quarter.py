"""The quarterly execution plan, made from data: scope, dates, what teams owe each other, risks and hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from fairlead.goals.standing import GoalStanding
from fairlead.model.figures import Window
from fairlead.reports import proof
from fairlead.reports.alignment import shares
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Block, Cell, Claim, Document, Empty, Ref, Section, Table, Tone
from fairlead.reports.goal_words import goal_claim, result_claim
from fairlead.reports.literals import text_literal, time_literal
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.quarter_facts import (
    Danger,
    Date,
    Promise,
    Quarter,
    dates_query,
    load_dates,
    load_quarter,
)
from fairlead.reports.sentences import Teller

_HIGH, _MEDIUM = 15, 8
"""Scores of likelihood times impact from which a risk is high, and medium."""


def quarter(asked: Asked, *, quarter: str = "") -> Document:
    """The plan of a quarter by name; without one of that which runs."""
    return told(asked.teller(), load_quarter(asked, quarter))


def told(teller: Teller, found: Quarter) -> Document:
    """What was loaded, as a report."""
    words = teller.words
    aside = words("quarter.window", start=words.day(found.window.start), end=_last(teller, found))
    sections = [
        Section("scope", words("section.quarter_scope"), tuple(_scope(teller, found)), aside),
        _milestones(teller, found.window, found.dates),
        Section("promises", words("section.promises"), tuple(_promises(teller, found))),
        Section("risks", words("section.quarter_risks"), tuple(_dangers(teller, found.dangers))),
        Section("capacity", words("section.capacity"), tuple(_capacity(teller, found))),
    ]
    return document(teller, "quarter", _title(teller, found), sections)


def _last(teller: Teller, found: Quarter) -> str:
    return teller.words.day(found.window.end - timedelta(microseconds=1))


def _title(teller: Teller, found: Quarter) -> Claim:
    words = teller.words
    outcomes = Counter(date.outcome for date in found.dates)
    late = sum(promise.state(teller.scope.now) == "late" for promise in found.promises)
    said = [words("quarter.goals", n=len(found.goals)), words("quarter.dates", n=len(found.dates))]
    said += [words("quarter.missed", n=outcomes["missed"])] if outcomes["missed"] else []
    said += [words("quarter.late", n=late)] if late else []
    high = sum((danger.score or 0) >= _HIGH for danger in found.dangers)
    said += [words("quarter.high", n=high)] if high else []
    tone: Tone = "act" if outcomes["missed"] or late or high else "neutral"
    ids = [*(one.goal.id for one in found.goals), *(date.milestone for date in found.dates)]
    evidence = proof.of_mixed(list(dict.fromkeys(ids))) if ids else _no_goals(teller, found).evidence
    text = words("quarter.title", quarter=found.name, told=", ".join(said))
    return Claim(key="quarter.title", text=text, evidence=evidence, tone=tone)


def _scope(teller: Teller, found: Quarter) -> list[Block]:
    if not found.goals:
        return [Empty(_no_goals(teller, found))]
    return [_goal(teller, one) for one in found.goals]


def _goal(teller: Teller, one: GoalStanding) -> Claim:
    over = one.goal.state != "open"
    results = tuple(result_claim(teller, result, over=over) for result in one.results)
    claim = goal_claim(teller, one)
    return replace(claim, title=plain(one.goal.title), reasons=(*claim.reasons, *results))


def _no_goals(teller: Teller, found: Quarter) -> Claim:
    query = (
        "select * from objectives where deleted_at is null and "  # noqa: S608 - escaped
        f"coalesce(starts_at < {time_literal(found.window.end)}, true) "
        f"and coalesce(due_at > {time_literal(found.window.start)}, true)"
    )
    return teller.claim("quarter.no_goals", proof.of_absence("objectives", query))


def dates_alone(teller: Teller, name: str, window: Window) -> Document:
    """The dates of a quarter, for whoever shows nothing else of it."""
    dates = load_dates(teller.scope, window)
    (block,) = _dates(teller, window, dates)
    title = block.caption if isinstance(block, Table) else block.claim
    return document(teller, "quarter", title, [_milestones(teller, window, dates, name)], ())


def _milestones(teller: Teller, window: Window, dates: Sequence[Date], aside: str = "") -> Section:
    return Section("milestones", teller.words("section.milestones"), tuple(_dates(teller, window, dates)), aside)


def _dates(teller: Teller, window: Window, dates: Sequence[Date]) -> list[Table | Empty]:
    """Dates of milestones with what came of them, or that there are none."""
    query = dates_query(teller.scope, window)
    if not dates:
        return [Empty(teller.claim("quarter.no_dates", proof.of_absence("dates", query)))]
    words = teller.words
    counts = Counter(date.outcome for date in dates)
    judged = counts["met"] + counts["rescoped"] + counts["missed"]
    evidence = proof.of_rows([date.promise for date in dates], query)
    caption = teller.claim(
        "quarter.dates_told" if judged else "quarter.dates_ahead", evidence,
        "watch" if counts["missed"] else "neutral", n=len(dates), judged=judged, met=counts["met"],
        rescoped=counts["rescoped"], missed=counts["missed"],
    )  # fmt: skip
    columns = ("column.milestone", "column.date", "column.outcome", "column.items_done", "column.items_left")
    # a train of milestones bears one title in all repositories
    titles = Counter(title for _, title in {(date.milestone, date.title) for date in dates})
    rows = tuple(_date(teller, date, several=titles[date.title] > 1) for date in dates)
    return [Table(tuple(words(column) for column in columns), rows, caption)]


def _date(teller: Teller, date: Date, *, several: bool) -> tuple[Cell, ...]:
    words = teller.words
    title = plain(date.title) or date.milestone
    if several:
        title = f"{title} ({short_name(date.repository or date.milestone)})"
    outcome = words(f"outcome.{date.outcome}")
    detail = ""
    if date.outcome == "left_out":
        detail = words(f"reason.{date.detail}")
    elif date.moved_to is not None:
        detail = words("outcome.moved_to", day=words.day(date.moved_to))
    elif date.detail:
        detail = words(f"outcome.{date.detail}")
    return (
        Cell(title, date.url), Cell(words.day(date.due_at)),
        Cell(": ".join(filter(None, (outcome, detail)))), Cell(words.number(date.done), number=True),
        Cell(words.number(date.left), number=True),
    )  # fmt: skip


def _promises(teller: Teller, found: Quarter) -> list[Block]:
    if not found.promises:
        query = (
            f"select * from team_dependencies where due_at >= {time_literal(found.window.start)} "  # noqa: S608
            f"and due_at < {time_literal(found.window.end)}"
        )
        return [Empty(teller.claim("quarter.no_promises", proof.of_absence("dependencies", query)))]
    return [_promise(teller, promise) for promise in found.promises]


def _promise(teller: Teller, promise: Promise) -> Claim:
    names, state = teller.names, promise.state(teller.scope.now)
    tone: Tone = "act" if state == "late" else "ok" if state == "kept" else "neutral"
    claim = teller.claim(
        f"date.{state}", proof.of_records("team_dependencies", [promise.id]), tone,
        giver=names.team(promise.giver), taker=names.team(promise.taker),
        at=teller.words.day(promise.delivered_at or promise.due_at),
    )  # fmt: skip
    return replace(claim, title=plain(promise.title))


def _dangers(teller: Teller, dangers: Sequence[Danger]) -> list[Block]:
    if not dangers:
        query = "select * from risks where deleted_at is null and state in ('proposed', 'open', 'accepted')"
        return [Empty(teller.claim("quarter.no_risks", proof.of_absence("risks", query)))]
    return [_danger(teller, one) for one in dangers]


def _danger(teller: Teller, one: Danger) -> Claim:
    words, evidence = teller.words, proof.of_records("risks", [one.id])
    score = one.score or 0
    tone: Tone = "act" if score >= _HIGH else "watch" if score >= _MEDIUM else "neutral"
    key = f"quarter.risk_{one.state}" if one.score is not None else f"quarter.risk_{one.state}_unscored"
    told = [teller.claim("quarter.mitigation", evidence, what=plain(one.mitigation))] if one.mitigation else []
    return Claim(
        key=key, text=words(key, likelihood=one.likelihood, impact=one.impact, score=score), evidence=evidence,
        tone=tone, title=plain(one.title), refs=(Ref(one.id, one.id),), reasons=tuple(told),
    )  # fmt: skip


def _capacity(teller: Teller, found: Quarter) -> list[Block]:
    blocks: list[Block] = [_hours(teller, found)]
    if found.alignment and found.alignment.goals:
        blocks += shares(teller, found.alignment)
    return blocks


def _hours(teller: Teller, found: Quarter) -> Claim:
    hours, scope = found.hours, teller.scope
    limit = f" where team = {text_literal(scope.team)}" if scope.team else ""
    # how many, not who: what is told is told of all of them
    query = f"select team, count(*) as accounts from account_teams{limit} group by team order by team"  # noqa: S608 - escaped
    if hours is None:
        stated = [
            team for key, team in scope.setup.teams.items() if team.members and scope.team in (None, f"team:{key}")
        ]
        key = "quarter.members_unknown" if stated else "quarter.no_people"
        return teller.claim(key, proof.of_absence("people", query))
    teams = [str(row["team"]) for row in scope.warehouse.rows(query)]
    evidence = proof.of_rows(teams or [scope.team or "organisation"], query, len(teams))
    if len(hours.people) < scope.setup.privacy.minimum_group:
        # the hours of a few tell of each when they are away
        return teller.claim("quarter.hours_few", proof.of_absence("people", query), n=len(hours.people))
    key = "quarter.hours_seen" if hours.seen else "quarter.hours"
    return teller.claim(
        key, evidence, n=len(hours.people), hours=round(hours.whole), away=round(hours.away), left=round(hours.left)
    )
