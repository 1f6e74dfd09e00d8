"""The access log of pages: whoever is shown columns about people is written down, at the moment of showing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from fairlead.governance.ledger import readings
from fairlead.store import access
from fairlead.ui.visit import Visit


def note(
    visit: Visit, columns: Sequence[str], count: int, *, how: Literal["page", "export"] = "page", what: str = ""
) -> None:
    """Writes that the reader was shown these columns; nothing where there are none."""
    if not columns or not count:
        return
    # Not the query string of the address: what somebody typed into a search is no business of the log.
    what = what or f"{visit.request.method} {visit.request.url.path}"
    who = str(visit.request.state.viewer.person)
    reading = access.Reading(visit.shown.now, who, how, what[:2000], tuple(columns), count)
    with visit.services.database.begin() as tx:
        readings.note(tx, reading, visit.services.clock)
