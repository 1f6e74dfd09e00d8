"""The scope of a sprint as a ledger: what was committed, came, went, was re-estimated, was done or carried over."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.reports import proof
from fairlead.reports.document import Block, Cell, Claim, Empty, Section, Table
from fairlead.reports.literals import text_literal
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller
from fairlead.reports.sprint_facts import Entry, SprintFacts
from fairlead.reports.sprint_standing import of_items
from fairlead.reports.wording import Share

KINDS = ("committed", "added", "removed", "re_estimated", "completed", "carried_over")
CHANGES = ("added", "removed", "re_estimated")
MOST = 20
"""Changes listed one by one; the rest is one query away."""


def ledger_section(teller: Teller, found: SprintFacts) -> Section:
    """A line for each kind of entry, then every change since the start."""
    words = teller.words
    blocks: list[Block] = [_kind(teller, found, kind) for kind in KINDS if found.of_kind(kind)]
    blocks += _came_along(teller, found)
    blocks += _share(teller, found)
    changes = found.of_kind(*CHANGES)
    if changes:
        blocks.append(_table(teller, found, changes))
    elif found.ledger:
        blocks.append(teller.claim("ledger.unchanged", of_items(found, CHANGES), tone="ok"))
    else:
        blocks.append(Empty(teller.claim("ledger.empty", of_items(found))))
    return Section("ledger", words("section.ledger"), tuple(blocks), aside=words("aside.ledger"))


def _kind(teller: Teller, found: SprintFacts, kind: str) -> Claim:
    entries = found.of_kind(kind)
    # of what left, the points that went with it; of all else those that it has now
    values = [entry.points_before if kind == "removed" else entry.points_after for entry in entries]
    known = [value for value in values if value is not None]
    points = "" if kind == "re_estimated" or not known else teller.words("ledger.points", n=sum(known))
    return teller.claim(f"ledger.{kind}", of_items(found, (kind,)), n=len(entries), points=points)


def _came_along(teller: Teller, found: SprintFacts) -> list[Block]:
    """How many of the committed items are leftovers of an earlier sprint."""
    ids = _leftovers(teller.scope, found)
    if not ids:
        return []
    return [teller.claim("ledger.came_along", proof.of_records("work_items", ids), n=len(ids))]


def _leftovers(scope: Scope, found: SprintFacts) -> list[str]:
    query = (
        "select distinct c.work_item from sprint_scope c join sprint_scope o on o.work_item = c.work_item "  # noqa: S608
        'and o.sprint <> c.sprint and o.kind = \'carried_over\' and o."at" <= c."at" '
        f"where c.sprint = {text_literal(found.sprint.id)} and c.kind = 'committed' order by 1"
    )
    return [row["work_item"] for row in scope.warehouse.rows(query)]


def _share(teller: Teller, found: SprintFacts) -> list[Block]:
    """Scope change by the definition of the figure, so that a sprint under way can be held against its mark."""
    committed = len(found.of_kind("committed"))
    moved = found.of_kind("added", "removed")
    if not committed or not moved:
        return []
    mark = teller.scope.warehouse.catalogue["scope_change"].mark
    told = mark.in_language(teller.words.language) if mark else ""
    key = "ledger.share_marked" if told else "ledger.share"
    evidence = of_items(found, ("committed", "added", "removed"))
    return [teller.claim(key, evidence, share=Share(len(moved) / committed), n=committed, mark=told)]


def _table(teller: Teller, found: SprintFacts, changes: Sequence[Entry]) -> Table:
    """The latest changes; each line leads to its item at the tool."""
    words = teller.words
    shown = list(reversed(changes))[:MOST]
    key = "ledger.latest" if len(changes) > len(shown) else "ledger.all"
    return Table(
        (
            words("column.item"), words("column.title"), words("column.what"), words("column.when"),
            words("column.before"), words("column.after"),
        ),
        tuple(_row(teller, entry) for entry in shown),
        teller.claim(key, of_items(found, CHANGES), n=len(shown), all=len(changes)),
    )  # fmt: skip


def _row(teller: Teller, entry: Entry) -> tuple[Cell, ...]:
    words = teller.words

    def points(value: float | None) -> Cell:
        if value is None:
            return Cell("", number=True, reason=words("reason.no_points"))
        return Cell(words.number(value), number=True)

    # whoever deletes an item may do so for its title; its page at the tool is gone too
    title = words("ledger.deleted") if entry.deleted else plain(entry.title)
    url = None if entry.deleted else entry.url
    return (
        Cell(short_name(entry.item), url), Cell(title), Cell(words(f"entry.{entry.kind}")),
        Cell(words.moment(entry.at)), points(entry.points_before), points(entry.points_after),
    )  # fmt: skip
