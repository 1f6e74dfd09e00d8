"""The KPI catalogue: the few figures that are on, each with its definition, its mark and its guardrail beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from fairlead.metrics import figures
from fairlead.metrics.catalogue import Entry
from fairlead.model.errors import Abort
from fairlead.model.figures import Figure, Window
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Block, Claim, Document, Section
from fairlead.reports.figure_words import figure_block
from fairlead.reports.plain import plain
from fairlead.reports.sentences import Teller

DAYS = 30


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure that is on."""

    entry: Entry
    figure: Figure
    guardrail: Figure | None
    """What would show the harm if the figure were driven alone."""

    def to_json(self, language: str) -> dict[str, Any]:
        """The figure with what stands beside it."""
        mark = self.entry.mark
        return {
            **self.figure.to_json(),
            "meaning": self.entry.definition.in_language(language),
            "mark": mark.in_language(language) if mark else None,
            "guardrail": self.guardrail.to_json() if self.guardrail else None,
        }


def load_kpis(asked: Asked, on: Sequence[str], window: Window | None = None) -> list[Kpi]:
    """The figures that are on, each limited to the team where it can be; raises `Abort` for a name of none."""
    known: Mapping[str, Entry] = asked.warehouse.catalogue
    for name in on:
        if name not in known:
            near = get_close_matches(name, known, n=3) or sorted(known)
            raise Abort(f"`[kpi] on` names no figure `{plain(name)}`", hint=f"there are: {', '.join(near)}")
    names = dict.fromkeys(on)
    made: dict[str, Figure] = {}
    # Guardrails are often on themselves: each figure is made once.
    for name in dict.fromkeys([*names, *(rail for name in names if (rail := known[name].guardrail))]):
        limits = {key: value for key, value in asked.scope.segment.items() if key in known[name].segments}
        span = window or asked.scope.last_days(DAYS)
        made[name] = figures.figure(asked.warehouse, name, span, limits, language=asked.language)
    return [Kpi(known[name], made[name], made.get(known[name].guardrail or "")) for name in names]


def kpi(asked: Asked, *, on: Sequence[str]) -> Document:
    """All that are on, with definition, mark and guardrail under each."""
    teller = asked.teller()
    found = load_kpis(asked, on)
    sections = [_section(teller, one) for one in found]
    if sections:
        aside = teller.words("aside.window", n=DAYS)
        first = sections[0]
        sections[0] = Section(first.key, first.heading, first.blocks, aside=aside)
    return document(teller, "kpi", _title(teller, found), sections)


def _title(teller: Teller, found: Sequence[Kpi]) -> Claim:
    told = [one.figure for one in found if one.figure.value is not None]
    evidence = told[0].rows if told else proof.of_absence("figures", "select * from sources")
    return teller.claim("kpi.title", evidence, n=len(found), known=len(told))


def _section(teller: Teller, one: Kpi) -> Section:
    words, language = teller.words, teller.words.language
    evidence = one.figure.rows
    if not evidence.ids:
        evidence = proof.of_absence(one.entry.name, evidence.query)
    said = [teller.claim("kpi.definition", evidence, text=plain(one.entry.definition.in_language(language)))]
    if one.entry.mark:
        said.append(teller.claim("kpi.mark", evidence, text=plain(one.entry.mark.in_language(language))))
    blocks: list[Block] = [figure_block(one.figure, words), *said]
    if one.guardrail:
        beside = figure_block(one.guardrail, words)
        rows = one.guardrail.rows
        rows = rows if rows.ids else proof.of_absence(one.guardrail.name, rows.query)
        title = plain(one.guardrail.title)
        blocks.append(teller.claim("kpi.guardrail", rows, title=title, value=beside.value, basis=beside.basis))
    return Section(one.entry.name, plain(one.figure.title), tuple(blocks))
