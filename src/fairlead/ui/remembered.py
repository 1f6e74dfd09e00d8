"""Sentences that pages have shown: their rows open even when the report was made anew and says them no longer."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from fairlead.reports.document import Claim, Document
from fairlead.reports.renderers.walk import digest
from fairlead.ui.visit import Visit

_MOST = 20_000
_held: OrderedDict[tuple[str, str, str, str], Claim] = OrderedDict()
_lock = Lock()


def remember(visit: Visit, document: Document) -> None:
    """Keeps the sentences of a document that is shown; the oldest go when there are too many."""
    home, language = str(visit.services.home), visit.words.language
    with _lock:
        for claim in document.claims():
            key = (home, language, document.kind, digest(claim.evidence))
            _held[key] = claim
            _held.move_to_end(key)
        while len(_held) > _MOST:
            _held.popitem(last=False)


def remembered(visit: Visit, report: str, wanted: str) -> Claim | None:
    """The sentence with that evidence; only what was shown by a page can be asked for."""
    with _lock:
        return _held.get((str(visit.services.home), visit.words.language, report, wanted))
