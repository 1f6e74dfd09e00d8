"""Keeps forecasts that were given: one a day of each thing that was asked."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from fairlead.model.errors import Fault
from fairlead.model.patch import Patch
from fairlead.model.records.goals import Forecast
from fairlead.store import records

if TYPE_CHECKING:
    from fairlead.store.database import Database

_log = logging.getLogger(__name__)


class Home(Protocol):
    """What it takes of a home."""

    @property
    def database(self) -> Database:
        """Where they are kept."""
        ...

    @property
    def then(self) -> datetime | None:
        """The past moment that is looked at, where it is one: nothing is said then any more."""
        ...


def keep(home: Home, given: Iterable[Forecast | None], now: datetime) -> int:
    """Keeps those that are new; tells how many. Keeping is for later: where nothing can be written none is kept."""
    wanted = {str(forecast.id): forecast for forecast in given if forecast}
    if not wanted or home.then is not None:
        return 0
    try:
        with home.database.read() as tx:
            known = {row["id"] for row in records.rows(tx, "forecasts", list(wanted))}
        new = [forecast for one, forecast in wanted.items() if one not in known]
        if new:
            with home.database.begin() as tx:
                records.apply(tx, [Patch(forecast, now) for forecast in new])
    # a reader's answer does not hang on whether it could be kept
    except (Fault, OSError) as fault:
        _log.warning("a forecast could not be kept: %s", fault)
        return 0
    return len(new)
