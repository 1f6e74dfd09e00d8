"""Work: what cannot go on, what stands in each status with its age against what is usual, and how much is begun."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.metrics import figures
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Act, Block, Cell, Claim, Document, Empty, Section, Table
from fairlead.reports.figure_words import figure_block
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.sentences import Teller
from fairlead.reports.standup_facts import load_blocked
from fairlead.reports.standup_lines import blocker_lines
from fairlead.reports.wording import Elapsed
from fairlead.reports.work_facts import Item, Lane, lane_query, load_board

MOST = 10
"""Items told of each status; all of them are rows of its sentence."""
FIGURES = ("wip", "work_item_age", "cycle_time")
DAYS = 30


def work(asked: Asked, *, work_type: str = "") -> Document:
    """The board of a team's work, or of everybody's, of one type of work or of all."""
    teller = asked.teller()
    lanes = load_board(asked.scope, work_type, most=MOST)
    sections = [_blocked(teller, work_type), *(_lane(teller, lane, work_type, n) for n, lane in enumerate(lanes, 1))]
    if not lanes:
        sections = [Section("board", teller.words("section.work"), (_nothing(teller, work_type),))]
    return document(teller, "work", title(teller, lanes, work_type), [*sections, _figures(teller, work_type)])


def title(teller: Teller, lanes: Sequence[Lane], work_type: str) -> Claim:
    """How much is begun, how much of it is old, and how much cannot go on."""
    begun = [lane for lane in lanes if lane.category == "in_progress"]
    n, old, held = (sum(values) for values in zip(*((x.count, x.old, x.held) for x in begun), strict=True)) if begun \
        else (0, 0, 0)  # fmt: skip
    query = lane_query(teller.scope, "in_progress", None, work_type)
    if not n:
        return teller.claim("work.title_none", proof.of_absence("items in progress", query))
    text = teller.words("work.title", n=n)
    text += teller.words("work.title_old", n=old) if old else ""
    text += teller.words("work.title_held", n=held) if held else ""
    ids = [item.id for lane in begun for item in lane.items]
    evidence = proof.of_rows(ids, query, n)
    return Claim(key="work.title", text=text, evidence=evidence, tone="watch" if old or held else "neutral")


def age_words(teller: Teller, item: Item) -> str:
    """What the age of an item means: which share of its project's items were done sooner."""
    if item.category != "in_progress":
        return ""
    if item.usual_s is None:
        return teller.words("work.no_usual")
    key = "work.beyond" if item.passed >= 85 else "work.within"
    return teller.words(key, share=f"{max(item.passed, 85)} %", usual=Elapsed(item.usual_s))


def heading(teller: Teller, lane: Lane) -> str:
    """The tool's own word for the status, with ours behind it where that says something else."""
    name = plain(lane.status) or teller.words("work.no_status")
    kind = teller.words(f"chart.{lane.category}")
    return name if name.casefold() == kind.casefold() else f"{name} ({kind})"


def _blocked(teller: Teller, work_type: str) -> Section:
    found = load_blocked(teller.scope)
    if work_type and found:
        ids = [item.item for item in found]
        query = (
            "select work_item from work_item_cycle_times where work_item in (select unnest($ids)) and work_type = $t"
        )
        own = {row["work_item"] for row in teller.scope.warehouse.rows(query, {"ids": ids, "t": work_type})}
        found = [item for item in found if item.item in own]
    return Section("blocked", teller.words("section.work_blocked"), tuple(blocker_lines(teller, found)))


def _lane(teller: Teller, lane: Lane, work_type: str, number: int) -> Section:
    words = teller.words
    query = lane_query(teller.scope, lane.category, lane.status, work_type)
    evidence = proof.of_rows([item.id for item in lane.items], query, lane.count)
    key = "work.lane_old" if lane.old else "work.lane"
    caption = teller.claim(key, evidence, "watch" if lane.old else "neutral", n=lane.count, old=lane.old)
    columns = ("column.item", "column.title", "column.in_status_since", "column.age", "column.against")
    rows = tuple(_row(teller, item) for item in lane.items)
    # numbered: what a tool calls its status may stand in no address of a heading
    return Section(
        f"lane-{number}", heading(teller, lane), (Table(tuple(words(column) for column in columns), rows, caption),)
    )


def _row(teller: Teller, item: Item) -> tuple[Cell, ...]:
    words = teller.words
    since = words.moment(item.in_status_since) if item.in_status_since else ""
    held = [short_name(reason) if reason != "flag" else words("work.flagged") for reason in item.held]
    against = age_words(teller, item)
    if held:
        against = "; ".join(filter(None, (words("work.held", by=", ".join(held)), against)))
    return (
        Cell(short_name(item.id), item.url), Cell(plain(item.title)),
        Cell(since, reason=words("reason.no_status_history", n=1)),
        Cell(words.value(Elapsed(item.age_s)), number=True),
        Cell(against, reason=words("work.not_begun")),
    )  # fmt: skip


def _nothing(teller: Teller, work_type: str) -> Empty:
    evidence = proof.of_absence("work items", lane_query(teller.scope, "todo", None, work_type))
    act = Act(teller.words("act.bring"), command=teller.scope.bring)
    return Empty(Claim(key="work.empty", text=teller.words("work.empty"), evidence=evidence, act=act))


def _figures(teller: Teller, work_type: str) -> Section:
    scope, words = teller.scope, teller.words
    segment = {**scope.segment, **({"work_type": work_type} if work_type else {})}
    window = scope.last_days(DAYS)
    blocks: list[Block] = [
        figure_block(figures.figure(scope.warehouse, name, window, segment, language=words.language), words)
        for name in FIGURES
    ]
    return Section("figures", words("section.figures"), tuple(blocks), aside=words("aside.window", n=DAYS))
