"""The chapters of a week about the work itself, from sprints to reviews, and what is not known of it."""

from __future__ import annotations

from dataclasses import replace

from fairlead.model.figures import Evidence
from fairlead.planning.outlook import SURE
from fairlead.reports import proof
from fairlead.reports.alerts import alert_claim
from fairlead.reports.brief_data import data_section
from fairlead.reports.document import Block, Chart, Claim, Empty, Notice, Table
from fairlead.reports.flow import old_section
from fairlead.reports.happened import happened_lines
from fairlead.reports.load import queue
from fairlead.reports.open_changes import overdue
from fairlead.reports.sprint_health import Told, sprint_line
from fairlead.reports.sprint_ledger import ledger_section
from fairlead.reports.sprint_outlook import promised
from fairlead.reports.sprint_standing import burndown, of_days, of_items
from fairlead.reports.standup_lines import blocker_lines
from fairlead.reports.trend_charts import trend_chart
from fairlead.reports.weekly_telling import Telling


def sprints(telling: Telling) -> list[Block]:
    """Each running sprint: on course or not, what will be done by its end, what is blocked in it."""
    told = telling.facts.sprints
    lines = [_sprint(telling, one) for one in told]
    drawn: list[Block] = []
    # two burndowns beside each other ask to be compared, and teams are not
    if len(told) == 1 and told[0].facts.items and len(told[0].facts.days) > 1:
        drawn.append(burndown(telling.teller, told[0].facts))
    return [*lines, *drawn] or [Empty(telling.said("sprint.title_none", _no_sprints()))]


def scope(telling: Telling) -> list[Block]:
    """The running sprints with what came into them and went; of a single one each change of its scope."""
    told = telling.facts.sprints
    if not told:
        return [Empty(telling.said("sprint.title_none", _no_sprints()))]
    blocks: list[Block] = []
    for one in told:
        ledger = ledger_section(telling.teller, one.facts).blocks
        counts = tuple(block for block in ledger if isinstance(block, Claim))
        line = _sprint(telling, one)
        blocks.append(replace(line, reasons=(*line.reasons, *counts)))
        blocks += [block for block in ledger if isinstance(block, Table) and len(told) == 1]
    return blocks


def _sprint(telling: Telling, told: Told) -> Claim:
    line, found = sprint_line(telling.teller, told), told.facts
    reasons: list[Claim] = []
    sure = promised(found, told.outlook, SURE)
    if sure is not None and found.items:
        course = "on_course" if sure >= len(found.items) else "off_course"
        reasons.append(telling.said(f"sprint.{course}", of_days(found)))
    if stuck := [left.item for left in found.left if left.blocks]:
        evidence = proof.of_records("work_item_blocks", stuck, "work_item")
        reasons.append(telling.said("sprint.stuck", evidence, "watch", n=len(stuck)))
    if goal := found.sprint.goal:
        reasons.append(telling.said("sprint.goal", proof.of_records("sprints", [found.sprint.id]), goal=goal))
    return replace(line, reasons=tuple(reasons), evidence=line.evidence or of_items(found))


def _no_sprints() -> Evidence:
    return proof.of_absence("sprints", "select * from sprint_results")


def delivery(telling: Telling) -> list[Block]:
    """DORA's figures with their trends and bands, and the days on which something reached production."""
    group = telling.facts.delivery
    frequency = next((figure for figure in group if figure.name == "deployment_frequency"), None)
    axis = telling.words("unit.axis_deploy_days")
    chart = trend_chart(telling.teller, frequency, "deployments", axis) if frequency else []
    return [*telling.figures("delivery", group), *chart]


def flow(telling: Telling) -> list[Block]:
    """How work items flow: throughput, how long they take, how many are under way and how old they are."""
    group = telling.facts.flow
    throughput = next((figure for figure in group if figure.name == "throughput"), None)
    axis = telling.words("unit.axis_items")
    chart: list[Chart] = trend_chart(telling.teller, throughput, "throughput", axis) if throughput else []
    return [*telling.figures("flow", group), *chart]


def reliability(telling: Telling) -> list[Block]:
    """Incidents that began, ended and go on, and the figures of them."""
    facts, teller = telling.facts, telling.teller
    lines = happened_lines(teller, facts.happened, ("incidents_opened", "incidents_closed"))
    going_on = telling.cut([teller.incident(trouble) for trouble in facts.incidents], "fairlead incidents list")
    return [*lines, *going_on, *telling.figures("reliability", facts.reliability)]


def quality(telling: Telling) -> list[Block]:
    """Main branches that are red, open alerts, builds and tests."""
    facts, teller = telling.facts, telling.teller
    lines = [teller.red_main(trouble) for trouble in facts.red]
    if not lines:
        limit = facts.scope.repositories("repository")
        evidence = proof.of_absence("red main", f"select * from attention_red_main where {limit}")  # noqa: S608 - escaped
        lines = [telling.said("quality.green", evidence, "ok")]
    lines += [alert_claim(teller, alerts) for alerts in facts.alerts]
    return [*telling.cut(lines), *telling.figures("quality", facts.quality)]


def reviews(telling: Telling) -> list[Block]:
    """How changes are reviewed, how many wait, and whether the load is even; nobody is named."""
    facts = telling.facts
    blocks: list[Block] = []
    if waiting := [each for each in facts.waiting if each.turn in ("reviewer", "any_reviewer")]:
        evidence = proof.of_records("open_change_turns", [each.change for each in waiting], "change")
        late = sum(each.overdue for each in waiting)
        blocks.append(
            telling.said("standup.waiting", evidence, "watch" if late else "neutral", n=len(waiting), late=late)
        )
    if heavy := facts.loads.heavy:
        changes = {change for load in heavy for change in load.changes}
        evidence, least = queue(facts.scope), facts.scope.setup.privacy.minimum_group
        # in a group of three "one person" is somebody
        key = "load.suppressed" if facts.loads.people < least else "reviews.uneven"
        blocks.append(telling.said(key, evidence, "watch", n=len(heavy), least=least, reviews=len(changes)))
    return [*blocks, *telling.figures("reviews", facts.review)]


def blocked(telling: Telling) -> list[Block]:
    """What cannot go on, one by one."""
    return blocker_lines(telling.teller, telling.facts.blocked)


def old(telling: Telling) -> list[Block]:
    """What is older than usual, one by one."""
    return list(old_section(telling.teller).blocks)


def waiting(telling: Telling) -> list[Block]:
    """Changes that have waited for too long, in the order of the queue."""
    late = overdue(telling.facts.waiting)
    if late:
        return telling.cut([telling.teller.waiting(each) for each in late], "fairlead triage")
    limit = telling.facts.scope.changes("change")
    query = f"select * from open_change_turns where {limit}"  # noqa: S608 - escaped
    return [Empty(telling.said("waiting.none", proof.of_absence("late changes", query), "ok"))]


def unknown(telling: Telling) -> list[Block]:
    """Silent sources, syncs that left something out, data that never came, figures without rows."""
    data = data_section(telling.teller, telling.facts.sources).blocks
    lines: list[Block] = [
        block for block in data if isinstance(block, Notice) or (isinstance(block, Claim) and block.key in _MISSING)
    ]
    if telling.view.plain and lines:
        # which tool told what is said in words of the trade: here it counts that not all of it was known
        said = [block.claim if isinstance(block, Notice) else block for block in lines]
        ids = [claim.evidence.ids[0] for claim in said if isinstance(claim, Claim)]
        return [telling.said("unknown.some", proof.of_mixed(ids), "watch", n=len(ids))]
    lines += _without_value(telling)
    if lines:
        return lines
    ids = [source.id for source in telling.facts.sources]
    evidence = proof.of_records("sources", ids) if ids else proof.of_absence("sources", "select * from sources")
    return [telling.said("unknown.nothing", evidence, "ok")]


_MISSING = ("data.no_builds", "data.no_incidents", "data.no_events")


def _without_value(telling: Telling) -> list[Block]:
    """Figures that would be told and have no value, in one line: each says why on its own page."""
    if telling.view.plain:
        return []
    facts = telling.facts
    groups = [facts.delivery, facts.flow, facts.quality, facts.review, facts.reliability]
    none = [figure for group in groups for figure in group if figure.value is None]
    if not none:
        return []
    # how they would be made is what can be shown of figures that are none
    ids = tuple(f"definition:{figure.name}" for figure in none)[: proof.SHOWN_IDS]
    evidence = Evidence(ids=ids, count=0, query=none[0].rows.query)
    return [telling.said("unknown.figures", evidence, n=len(none), what=", ".join(figure.title for figure in none))]
