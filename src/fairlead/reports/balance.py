"""How a team's work is shared among roadmap, defects, debt, toil, support and compliance, beside what was agreed.

Work is counted in working days in progress, or in points of what was done, as the settings say; never by person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fairlead.goals.effort import spent
from fairlead.model.errors import Fault
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Block, Cell, Claim, Document, Empty, Section, Table
from fairlead.reports.sentences import Teller
from fairlead.reports.wording import Share

WINDOWS = {"7d": 7, "30d": 30, "90d": 90}
UNSTATED = "unstated"
KINDS = ("roadmap", "defect", "debt", "toil", "support", "compliance", UNSTATED)


@dataclass(frozen=True, slots=True)
class Part:
    """The work of one kind."""

    kind: str
    amount: float
    """Working days, or points."""
    share: float
    items: tuple[str, ...]
    agreed: tuple[float, float] | None
    planned: float | None
    """Share of the next sprint's hours; nothing where none can be planned."""

    @property
    def off(self) -> bool:
        """Whether the share lies outside of what was agreed."""
        return self.agreed is not None and not self.agreed[0] <= round(self.share, 4) <= self.agreed[1]


@dataclass(frozen=True, slots=True)
class Shared:
    """All kinds, with what they were counted in."""

    parts: tuple[Part, ...]
    total: float
    by: str
    days: int
    quarter: str

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        kinds = [
            {"kind": one.kind, self.by: round(one.amount, 2), "share": round(one.share, 4),
             "agreed": list(one.agreed) if one.agreed else None, "off": one.off,
             "next_sprint": one.planned, "items": list(one.items)}
            for one in self.parts
        ]  # fmt: skip
        return {"by": self.by, "days": self.days, "quarter": self.quarter, "total": round(self.total, 2),
                "kinds": kinds}  # fmt: skip


def balance(asked: Asked, *, window: str = "") -> Document:
    """The report over the days before now."""
    return told_balance(asked, window)[0]


def told_balance(asked: Asked, window: str = "") -> tuple[Document, Shared]:
    """The report with its numbers."""
    found = load_balance(asked, WINDOWS.get(window, 30))
    return _told(asked.teller(), found), found


def load_balance(asked: Asked, days: int) -> Shared:
    """What the work of so many days was, by kind."""
    scope, said = asked.scope, asked.setup.balance
    span = scope.last_days(days)
    rows = spent(scope.warehouse, span, "points" if said.by == "points" else "time", scope.team)
    one_of = 1.0 if said.by == "points" else scope.calendar.usual_day_seconds
    amounts: dict[str, float] = {}
    items: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: str(row["item"])):
        kind = said.kind(row["work_type"], row["labels"] or ()) or UNSTATED
        if row["amount"] and one_of:
            amounts[kind] = amounts.get(kind, 0.0) + row["amount"] / one_of
            items.setdefault(kind, []).append(row["item"])
    quarter = f"{scope.now:%Y}-Q{(scope.now.month + 2) // 3}"
    agreed = said.agreed((scope.team or "").removeprefix("team:"), quarter)
    total, planned = sum(amounts.values()), _planned(asked)
    parts = [
        Part(
            kind, amounts.get(kind, 0.0), amounts.get(kind, 0.0) / total if total else 0.0,
            tuple(items.get(kind, ())), agreed.get(kind), planned.get(kind, 0.0) if planned else None,
        )
        for kind in KINDS
        if kind in amounts or kind in agreed or kind in planned
    ]  # fmt: skip
    return Shared(tuple(parts), total, said.by, days, quarter)


def _planned(asked: Asked) -> Mapping[str, float]:
    """Share of each kind of the hours that the next sprint has a place for; nothing without a sprint."""
    # arrays start threads as they are read: only who plans reads them
    from fairlead.reports.planned import Wish, planned

    try:
        found = planned(asked, Wish())[1]
    except Fault:
        return {}
    kinds = found.answer.by_kind() if found else {}
    total = sum(sums["hours"] for sums in kinds.values())
    return {kind: round(sums["hours"] / total, 4) for kind, sums in kinds.items()} if total else {}


def _told(teller: Teller, found: Shared) -> Document:
    words = teller.words
    if not found.total:
        evidence = proof.of_absence("balance", "select work_item from work_item_cycle_times order by work_item")
        key = "balance.none_points" if found.by == "points" else "balance.none"
        said = teller.claim(key, evidence, days=found.days)
        return document(
            teller, "balance", said, [Section("balance_shares", words("section.balance_shares"), (Empty(said),))]
        )
    off = [one for one in found.parts if one.off]
    everything = _of([item for one in found.parts for item in one.items])
    if off:
        title = teller.claim("balance.title_off", everything, "watch", n=len(off), days=found.days)
    else:
        title = teller.claim("balance.title", everything, "ok", days=found.days)
    blocks: dict[str, Sequence[Block]] = {
        "balance_off": [_off(teller, one, everything) for one in off],
        "balance_shares": [_table(teller, found, everything), *_kinds(teller, found)],
        "balance_basis": [
            teller.claim(f"balance.basis_{found.by}", everything), teller.claim("balance.basis_kinds", everything)
        ],
    }  # fmt: skip
    sections = [Section(key, words(f"section.{key}"), tuple(said)) for key, said in blocks.items() if said]
    return document(teller, "balance", title, sections)


def _of(items: Sequence[str]) -> Any:
    return proof.of_records("work_items", list(items))


def _off(teller: Teller, one: Part, everything: Any) -> Claim:
    assert one.agreed is not None
    least, most = map(Share, one.agreed)
    evidence = _of(one.items) if one.items else everything
    kind = teller.words(f"plan.kind_{one.kind}")
    return teller.claim(
        "balance.off", evidence, "watch", kind=kind, share=Share(round(one.share, 4)), least=least, most=most
    )


def _table(teller: Teller, found: Shared, everything: Any) -> Table:
    words = teller.words
    names = ("kind", found.by, "share", "agreed", "next")
    rows = []
    for one in found.parts:
        agreed = words("balance.range", least=Share(one.agreed[0]), most=Share(one.agreed[1])) if one.agreed else ""
        rows.append(
            (
                Cell(words(f"plan.kind_{one.kind}")), Cell(words.number(round(one.amount, 1)), number=True),
                Cell(words.share(one.share), number=True), Cell(agreed, number=True),
                Cell("" if one.planned is None else words.share(one.planned), number=True),
            )
        )  # fmt: skip
    caption = teller.claim(
        f"balance.shares_{found.by}", everything, total=round(found.total, 1), quarter=found.quarter
    )
    return Table(tuple(words(f"balance.col_{name}") for name in names), tuple(rows), caption)


def _kinds(teller: Teller, found: Shared) -> Iterator[Claim]:
    """What each kind rests on."""
    for one in found.parts:
        if one.items:
            told = teller.claim(
                "balance.kind", _of(one.items), kind=teller.words(f"plan.kind_{one.kind}"), n=len(one.items)
            )
            yield replace(told, tone="watch") if one.off else told
