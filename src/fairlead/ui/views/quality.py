"""What is missing for which figure: rows that could not be used, by reason."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.ui.views.asking import group
from fairlead.ui.visit import Visit

GROUPS = ("dora", "quality", "review")


@dataclass(frozen=True)
class Gap:
    """Rows that one figure leaves out for one reason."""

    title: str
    share: str
    why: str
    link: str


def gaps(visit: Visit) -> list[Gap]:
    """All reasons of all figures of the scope, the most rows first."""
    found: list[tuple[int, Gap]] = []
    for name in GROUPS:
        for figure in group(visit, name):
            for reason, count in figure.excluded.items():
                of = figure.n + sum(figure.excluded.values())
                share = visit.words("{n} of {all}", n=visit.shown.number(count), all=visit.shown.number(of))
                why = visit.shown.reason(reason, count)
                found.append((count, Gap(figure.title, share, why, visit.scope.link(f"/rows/{figure.name}"))))
    return [gap for _, gap in sorted(found, key=lambda one: -one[0])]
