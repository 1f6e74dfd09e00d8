"""Reports as trees, built once for what they depend on: opening one claim's rows must not write the brief again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from fairlead.model.errors import Skip
from fairlead.reports.brief import brief
from fairlead.reports.document import Document
from fairlead.reports.triage import triage
from fairlead.ui.visit import Visit

REPORTS: dict[str, Callable[..., Document]] = {"brief": brief, "triage": triage}
KEPT_S = 20.0
"""How long a report is shown again unchanged: its words tell the minute, not the second."""
_KEPT = 32
_held: OrderedDict[tuple[str, str, str, str], tuple[float, Document]] = OrderedDict()
_lock = Lock()


def paper(name: str, visit: Visit) -> Document:
    """A report for the reader's team and language."""
    if name not in REPORTS:
        raise Skip(visit.words("There is no such report."))
    services = visit.services
    team, language = visit.scope.team, visit.words.language
    key, now = (str(services.home), name, team, language), services.clock.now().timestamp()
    with _lock:
        found = _held.get(key)
        if found and 0 <= now - found[0] < KEPT_S:
            return found[1]
    made = REPORTS[name](services.warehouse, services.setup, services.clock, team=team or None, language=language)
    with _lock:
        _held[key] = (now, made)
        while len(_held) > _KEPT:
            _held.popitem(last=False)
    return made
