"""The report of a move from Apache DevLake: its figures, ours, and why they differ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fairlead.metrics.devlake_compare import Compared, Reason, Side
from fairlead.model.figures import Evidence, Window
from fairlead.reports import proof
from fairlead.reports.document import Block, Cell, Claim, Document, Empty, Section, Table
from fairlead.reports.figure_words import quantity
from fairlead.reports.plain import plain
from fairlead.reports.wording import Wording

_SOURCES = "select * from sources where source = 'devlake'"
_NAMED = 5
"""Rows named in a sentence; the rest is one query away."""


def devlake_report(found: Sequence[Compared], projects: Sequence[str], now: datetime, language: str) -> Document:
    """The figures over the whole window, month by month, and a sentence for each reason."""
    words = Wording(language, now=now)
    differing = [one for one in found if one.differs]
    key = "devlake.title" if found else "devlake.nothing"
    title = _claim(words, key, _absence(), n=len(differing), all=len(found))
    sections = [_table(words, "whole", [one for one in found if one.whole])] if found else []
    if months := [one for one in found if not one.whole]:
        sections.append(_table(words, "months", months))
    if reasons := [block for one in found for block in _reasons(words, one)]:
        sections.append(Section("devlake_reasons", words("section.devlake_reasons"), tuple(reasons)))
    if not found:
        empty = Empty(_claim(words, "devlake.empty", _absence()))
        sections = [Section("devlake_whole", words("section.devlake_whole"), (empty,))]
    return Document(
        kind="devlake",
        title=title,
        scope=", ".join(map(plain, projects)) or words("scope.all"),
        as_of=now,
        shown_as_of=words.moment(now, year=True),
        freshness="",
        sections=tuple(sections),
        language=words.language,
    )


def _table(words: Wording, name: str, found: Sequence[Compared]) -> Section:
    columns = ("figure", "month", "theirs", "compatible", "ours", "difference")
    shown = [column for column in columns if column != "month" or name == "months"]
    rows = []
    for one in found:
        cells = {
            "figure": Cell(words(f"devlake.{one.figure}")),
            "month": Cell(f"{one.window.start:%Y-%m}"),
            "theirs": _side(words, one, one.theirs),
            "compatible": _side(words, one, one.compatible),
            "ours": _side(words, one, one.ours),
            "difference": _difference(words, one),
        }
        rows.append(tuple(cells[column] for column in shown))
    caption = _claim(words, f"devlake.caption_{name}", _absence(), n=sum(one.differs for one in found))
    table = Table(tuple(words(f"column.devlake_{column}") for column in shown), tuple(rows), caption)
    aside = words("aside.devlake", start=_day(found[0].window), end=f"{found[-1].window.end:%Y-%m-%d}")
    return Section(f"devlake_{name}", words(f"section.devlake_{name}"), (table,), aside=aside)


def _side(words: Wording, one: Compared, side: Side) -> Cell:
    if side.value is None:
        return Cell("", number=True, reason=words("devlake.no_value"))
    return Cell(words("devlake.value", value=quantity(side.value, one.unit, words), n=side.n), number=True)


def _difference(words: Wording, one: Compared) -> Cell:
    if one.ours.value is None or one.theirs.value is None:
        return Cell("" if one.differs else words("devlake.same"), number=True, reason=words("devlake.no_value"))
    by = one.ours.value - one.theirs.value
    sign = "+" if by > 0 else "-"
    shown = sign + quantity(abs(by), one.unit, words) if one.differs else words("devlake.same")
    return Cell(shown, number=True)


def _reasons(words: Wording, one: Compared) -> list[Block]:
    if not one.reasons:
        return []
    # for the whole window first, then month by month
    when = words("devlake.over_all") if one.whole else f"{one.window.start:%Y-%m}"
    told = tuple(_reason(words, one, reason) for reason in one.reasons)
    key = "devlake.differs" if one.differs else "devlake.data_differs"
    return [
        Claim(
            key=key,
            text=words(key, figure=words(f"devlake.{one.figure}"), when=when),
            evidence=told[0].evidence,
            reasons=told,
        )
    ]


def _reason(words: Wording, one: Compared, reason: Reason) -> Claim:
    rows = list(reason.ids)
    numbers = {name: quantity(value, one.unit, words) for name, value in reason.numbers.items()}
    named = ", ".join(map(plain, rows[:_NAMED])) + (" …" if len(rows) > _NAMED else "")
    key = f"devlake.why_{reason.key}"
    evidence = proof.of_mixed(rows) if rows else _absence()
    return _claim(words, key, evidence, n=len(rows), rows=named, **numbers)


def _claim(words: Wording, key: str, evidence: Evidence, **args: object) -> Claim:
    return Claim(key=key, text=words(key, **args), evidence=evidence)


def _absence() -> Evidence:
    return proof.of_absence("devlake", _SOURCES)


def _day(window: Window) -> str:
    return f"{window.start:%Y-%m-%d}"
