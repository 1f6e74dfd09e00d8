"""What may be carried over: how many items by the forecast, and which ones show a sign of it."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.planning.montecarlo import LEVELS
from fairlead.planning.outlook import Outlook
from fairlead.reports import proof
from fairlead.reports.document import Act, Block, Claim, Empty, Ref, Section
from fairlead.reports.literals import text_list, text_literal
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.sentences import Teller
from fairlead.reports.sprint_facts import Block as Held
from fairlead.reports.sprint_facts import Left, SprintFacts
from fairlead.reports.sprint_outlook import promised
from fairlead.reports.sprint_standing import of_days
from fairlead.reports.wording import Elapsed, Working

MOST = 8
"""Items told one by one; those with the most signs come first."""


def risk_section(teller: Teller, found: SprintFacts, outlook: Outlook) -> Section:
    """How many items may stay, then which ones, and why each."""
    words = teller.words
    blocks: list[Block] = [*_expected(teller, found, outlook)]
    signs = [(left, tuple(_signs(teller, found, left))) for left in found.left]
    at_risk = sorted(((left, said) for left, said in signs if said), key=lambda pair: (-len(pair[1]), pair[0].item))
    blocks += [_item(teller, left, said) for left, said in at_risk[:MOST]]
    if len(at_risk) > MOST:
        rest = [left.item for left, _ in at_risk[MOST:]]
        blocks.append(teller.claim("more", proof.of_records("work_items", rest), n=len(rest)))
    if found.left and not at_risk:
        evidence = proof.of_records("work_items", [left.item for left in found.left])
        blocks.append(teller.claim("carry.no_signs", evidence, tone="ok", n=len(found.left)))
    if not found.left:
        query = _left_query(found)
        blocks.append(Empty(teller.claim("carry.nothing_left", proof.of_absence("items left", query), tone="ok")))
    return Section("risk", words("section.carry"), tuple(blocks), numbered=True)


def _expected(teller: Teller, found: SprintFacts, outlook: Outlook) -> Iterator[Claim]:
    half, sure = (promised(found, outlook, level) for level in LEVELS[:2])
    if half is None or sure is None or not found.left:
        return
    scope = len(found.items)
    yield teller.claim(
        "carry.expected", of_days(found, earlier=True), tone="watch" if scope - sure else "ok", n=scope - half,
        most=scope - sure,
    )  # fmt: skip


def _item(teller: Teller, left: Left, signs: tuple[Claim, ...]) -> Claim:
    return Claim(
        key="carry.item",
        text=teller.words("carry.item"),
        evidence=proof.of_records("work_items", [left.item]),
        tone="watch",
        refs=(Ref(left.item, short_name(left.item), left.url),),
        title=plain(left.title),
        reasons=signs,
        act=Act(teller.words("act.open"), url=left.url) if left.url else None,
    )


def _signs(teller: Teller, found: SprintFacts, left: Left) -> Iterator[Claim]:
    """Why an item may not be done by the end: each sign is a fact of its own with its own rows."""
    scope, sprint = teller.scope, found.sprint
    for held in left.blocks:
        yield blocked(teller, left.item, held)
    times = proof.of_records("work_item_cycle_times", [left.item], "work_item")
    if left.started_at and left.usual_s is not None:
        age = (scope.now - left.started_at).total_seconds()
        if age > left.usual_s:
            yield teller.claim("carry.old", times, span=Elapsed(age, bent=True), usual=Elapsed(left.usual_s))
    remaining = (sprint.end_at - scope.now).total_seconds() if sprint.end_at else None
    if not left.started_at and left.median_s is not None and remaining is not None and left.median_s > remaining:
        yield teller.claim("carry.late", times, median=Elapsed(left.median_s), span=Elapsed(max(remaining, 0.0)))
    if left.carried:
        query = (
            "select sprint, \"at\" from sprint_scope where kind = 'carried_over' "  # noqa: S608 - literals escaped
            f"and work_item = {text_literal(left.item)} and sprint <> {text_literal(sprint.id)}"
        )
        yield teller.claim("carry.carried", proof.of_rows((left.item,), query, left.carried), n=left.carried)
    # where a team estimates nothing a missing estimate is no sign
    if left.points is None and any(other.points is not None for other in found.left):
        yield teller.claim("carry.unestimated", proof.of_records("work_items", [left.item]))


def blocked(teller: Teller, item: str, held: Held) -> Claim:
    """What holds an item up, and for how many working days by now."""
    scope = teller.scope
    limit = f"blocked_by = {text_literal(held.by)}" if held.by else "kind = 'flag'"
    query = f"select * from work_item_blocks where work_item = {text_literal(item)} and to_at is null and {limit}"  # noqa: S608
    ids = (item, held.by) if held.by else (item,)
    evidence = proof.of_rows(ids, query, 1)
    if held.since is None:
        return teller.claim(f"carry.blocked_{held.kind}_long", evidence, by=short_name(held.by))
    span = Working(scope.working_between(held.since), scope.calendar.usual_day_seconds)
    since = teller.words.recent(held.since)
    return teller.claim(f"carry.blocked_{held.kind}", evidence, by=short_name(held.by), since=since, span=span)


def _left_query(found: SprintFacts) -> str:
    return f"select * from work_items where id in {text_list(sorted(found.items - found.done))}"  # noqa: S608


__all__ = ["blocked", "risk_section"]
