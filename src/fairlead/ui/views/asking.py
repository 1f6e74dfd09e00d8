"""Figures of the catalogue for the reader's scope."""

from __future__ import annotations

from collections.abc import Mapping

from fairlead.metrics import catalogue, figures
from fairlead.metrics.catalogue import Entry
from fairlead.model.errors import Skip
from fairlead.model.figures import Figure
from fairlead.ui.kept import kept
from fairlead.ui.visit import Visit


def entries(visit: Visit) -> Mapping[str, Entry]:
    """The catalogue, the team's own entries among it."""
    found: Mapping[str, Entry] = visit.services.warehouse.catalogue
    return found


def entry(visit: Visit, name: str) -> Entry:
    """One entry; raises `Skip` that names the known ones."""
    known = entries(visit)
    if name not in known:
        raise Skip(
            visit.words("There is no figure `{name}`.", name=name),
            hint=visit.words("There are: {names}", names=", ".join(sorted(known))),
        )
    return known[name]


def group(visit: Visit, name: str) -> list[Figure]:
    """All figures of a group, each limited by what it can be limited by."""
    return [ask(visit, member) for member in catalogue.group(entries(visit), name)]


def ask(visit: Visit, name: str) -> Figure:
    """One figure."""
    # A figure that cannot be limited by a choice is told whole, and its definition says so.
    limits = {key: value for key, value in visit.scope.limits.items() if key in entry(visit, name).segments}
    window = visit.scope.between(visit.shown.now)

    language = visit.words.language

    def make() -> Figure:
        return figures.figure(visit.services.warehouse, name, window, limits, language=language)

    return kept(visit, ("figure", name, visit.scope.window, tuple(sorted(limits.items())), language), make)


def title(visit: Visit, name: str) -> str:
    """Shown name of a figure in the reader's language."""
    known = entries(visit)
    return known[name].title.in_language(visit.words.language) if name in known else name
