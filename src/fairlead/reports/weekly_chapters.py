"""The chapters of a week for those who lead: what to decide, what is at risk, what went well, what is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fairlead.goals.standing import GoalStanding
from fairlead.model.figures import Evidence
from fairlead.reports import facts as records
from fairlead.reports import proof
from fairlead.reports.concerns import chance_of, watched
from fairlead.reports.document import Block, Claim, Empty, Ref
from fairlead.reports.figure_words import figure_block
from fairlead.reports.goal_words import goal_claim, result_claim
from fairlead.reports.happened import happened_lines
from fairlead.reports.literals import time_literal
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.standup_facts import Done
from fairlead.reports.trends import notable
from fairlead.reports.weekly_facts import Promise
from fairlead.reports.weekly_goals import Goal, Target
from fairlead.reports.weekly_telling import Telling

WINS = 3
PARTS = 3
"""Items named under what they are parts of; how many there are is said before."""
LEAST_DEPLOYED = 5
"""Deployments from which on it says something that none failed."""
SHIPPED = ("merged", "committed", "deployed", "deploy_failed", "released")


def decide(telling: Telling) -> list[Block]:
    """What is asked of those who decide: one line for each kind of trouble, in the order of the risks."""
    # several figures that got worse ask one thing
    asked = list({found.kind: found for found in reversed(telling.concerns)}.values())[::-1]
    if not asked:
        return [Empty(telling.said("decide.none", nothing(telling), "ok"))]
    return [telling.ask(found) for found in asked[: telling.view.concerns]]


def risks(telling: Telling) -> list[Block]:
    """What stands in the way, what matters most first."""
    shown, rest = telling.concerns[: telling.view.concerns], telling.concerns[telling.view.concerns :]
    blocks: list[Block] = [telling.concern(found) for found in shown]
    if rest:
        evidence = proof.of_mixed([found.evidence.ids[0] for found in rest])
        blocks.append(telling.teller.claim("more", evidence, n=len(rest)))
    return blocks or [Empty(telling.said("week.no_risks", nothing(telling), "ok"))]


def shipped(telling: Telling) -> list[Block]:
    """What was done, by what it is a part of where a tool says so, then changes, deployments and releases."""
    facts, whole = telling.facts, dict[str, list[Done]]()
    for item in facts.done:
        whole.setdefault(facts.goals[item.item].item if item.item in facts.goals else "", []).append(item)
    loose = whole.pop("", [])
    goals = {goal.item: goal for goal in facts.goals.values()}
    # what most was done for first; of two alike that of the smaller id
    order = sorted(whole, key=lambda goal: (-len(whole[goal]), goal))
    lines = [_goal(telling, goals[goal], whole[goal]) for goal in order] + [_item(telling, item) for item in loose]
    kinds, form = (("deployed", "released"), ".plain") if telling.view.plain else (SHIPPED, "")
    blocks = [*telling.cut(lines), *happened_lines(telling.teller, facts.happened, kinds, form)]
    return blocks or [Empty(telling.said("shipped.none", _done_in(telling)))]


def _goal(telling: Telling, goal: Goal, items: list[Done]) -> Claim:
    claim = telling.said(
        "shipped.goal", proof.of_records("work_item_cycle_times", [item.item for item in items], "work_item"),
        n=len(items), done=goal.done, parts=goal.parts,
    )  # fmt: skip
    named = () if telling.view.plain else tuple(_part(telling, item) for item in items[:PARTS])
    return _about(claim, goal.item, goal.title, goal.url, named)


def _part(telling: Telling, item: Done) -> Claim:
    evidence = proof.of_records("work_item_cycle_times", [item.item], "work_item")
    return telling.said("shipped.part", evidence, item=short_name(item.item), title=item.title)


def _item(telling: Telling, item: Done) -> Claim:
    evidence = proof.of_records("work_item_cycle_times", [item.item], "work_item")
    claim = telling.said("shipped.item", evidence, at=telling.words.day(item.at))
    return _about(claim, item.item, item.title, item.url)


def _about(claim: Claim, record: str, title: str, url: str | None, reasons: tuple[Claim, ...] = ()) -> Claim:
    return Claim(
        key=claim.key, text=claim.text, evidence=claim.evidence, tone=claim.tone, title=plain(title),
        refs=(Ref(record, short_name(record), url),), reasons=reasons,
    )  # fmt: skip


def wins(telling: Telling) -> list[Block]:
    """What went well: what is complete, dates kept, figures that got better, a week without an incident."""
    found = list(_wins(telling))[:WINS]
    return [*found] or [Empty(telling.said("wins.none", _done_in(telling)))]


def _wins(telling: Telling) -> Iterator[Claim]:
    facts = telling.facts
    for goal in {goal.item: goal for goal in facts.goals.values()}.values():
        if goal.parts and goal.done == goal.parts:
            evidence = proof.of_records("work_item_cycle_times", [goal.item], "work_item")
            claim = telling.said("win.goal", evidence, "ok", n=goal.parts)
            yield _about(claim, goal.item, goal.title, goal.url)
    dated = [each.date for each in facts.agreed]
    if kept := [date.id for date in dated if date.delivered_at and date.delivered_at <= date.due_at]:
        yield telling.said("win.kept", proof.of_records("team_dependencies", kept), "ok", n=len(kept))
    for figure in notable(watched(facts), facts.scope.setup.thresholds.minimum_n, "improving"):
        if title := telling.title_of(figure):
            block = figure_block(figure, telling.words)
            yield telling.said("win.better", figure.rows, "ok", figure=title, value=block.value, change=block.change)
    live = facts.happened.deployed
    if len(live) >= LEAST_DEPLOYED and not facts.happened.deploy_failed and not facts.did_harm:
        yield telling.said(
            "win.deployed", proof.of_records("counted_deployments", live, "deployment"), "ok", n=len(live)
        )
    # of a team that has no tool for incidents a calm week would be said every week
    if not facts.happened.incidents_opened and records.count_rows(facts.scope, "incidents"):
        yield telling.said("win.calm", _incidents_in(telling), "ok")


def dates(telling: Telling) -> list[Block]:
    """Dates agreed with other teams and those that the team has set itself, the nearest first."""
    facts = telling.facts
    told = [(each.date.due_at, _promise(telling, each)) for each in facts.agreed]
    told += [(target.due_at, _target(telling, target)) for target in facts.targets]
    lines = [claim for _, claim in sorted(told, key=lambda pair: (pair[0], pair[1].evidence.ids))]
    if lines:
        return telling.cut(lines)
    query = f"select * from milestones where due_at >= {time_literal(facts.scope.now)}"  # noqa: S608 - a literal
    return [Empty(telling.said("dates.none", proof.of_absence("dates", query)))]


def goals(telling: Telling) -> list[Block]:
    """Objectives, those that ask for most first, with the key results that are not on track."""
    lines = [_aim(telling, aim) for aim in telling.facts.aims]
    return telling.cut(lines, "fairlead goals")


def _aim(telling: Telling, aim: GoalStanding) -> Claim:
    teller = telling.teller
    claim = goal_claim(teller, aim)
    over = aim.goal.state != "open" or aim.unjudged
    slow = [] if over else [one for one in aim.results if one.status not in ("on_track", "reached")]
    # of words of the trade a key result may be full: whoever does without reads how far the whole is
    reasons = () if telling.view.plain else tuple(result_claim(teller, one) for one in slow)
    return replace(claim, refs=(Ref(aim.goal.id, plain(aim.goal.title), aim.goal.url or None),), reasons=reasons)


def _promise(telling: Telling, each: Promise) -> Claim:
    date, names, now = each.date, telling.teller.names, telling.facts.scope.now
    state = "kept" if date.delivered_at else "late" if each.late(now) else "due"
    claim = telling.said(
        f"date.{state}", proof.of_records("team_dependencies", [date.id]),
        "act" if state == "late" else "ok" if state == "kept" else "neutral",
        giver=names.team(each.giver), taker=names.team(each.taker),
        at=telling.words.day(date.delivered_at or date.due_at),
    )  # fmt: skip
    return Claim(key=claim.key, text=claim.text, evidence=claim.evidence, tone=claim.tone, title=plain(date.title))


def _target(telling: Telling, target: Target) -> Claim:
    """A milestone: how much of it is done, and the chance of the rest."""
    at, left = telling.words.day(target.due_at), len(target.left)
    missed, chance = target.due_at <= telling.facts.scope.now, chance_of(telling.facts, target)
    evidence = proof.of_mixed([*target.ids, *target.left])
    key = "date.target_missed" if missed else "date.target" if left or target.done else "date.target_empty"
    claim = telling.said(key, evidence, "act" if missed else "neutral", at=at, n=left, done=target.done)
    odds = (telling.said("date.chance", evidence, n=left, chance=chance),) if chance else ()
    return Claim(
        key=claim.key, text=claim.text, evidence=evidence, tone=claim.tone, reasons=odds,
        refs=(Ref(target.ids[0], plain(target.title), target.url),),
    )  # fmt: skip


def nothing(telling: Telling) -> Evidence:
    """Evidence that nothing stands in the way: what would have been looked at first is not there."""
    limit = telling.facts.scope.owned("service", "repository")
    return proof.of_absence("concerns", f"select * from attention_open_incidents where {limit}")  # noqa: S608 - escaped


def _done_in(telling: Telling) -> Evidence:
    scope = telling.facts.scope
    query = (
        f"select * from work_item_cycle_times where done_at >= {time_literal(scope.since)} "  # noqa: S608 - escaped
        f"and done_at < {time_literal(scope.now)} and {scope.items('work_item')}"
    )
    ids = [item.item for item in telling.facts.done]
    return proof.of_rows(ids, query) if ids else proof.of_absence("items done", query)


def _incidents_in(telling: Telling) -> Evidence:
    scope = telling.facts.scope
    query = (
        f"select * from counted_incidents where started_at >= {time_literal(scope.since)} "  # noqa: S608 - escaped
        f"and started_at < {time_literal(scope.now)} and {scope.owned('service', 'repository')}"
    )
    return proof.of_absence("incidents", query)
