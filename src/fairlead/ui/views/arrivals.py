"""The raw event that came last: found by its arrival, since the log keeps no index by source and kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from fairlead.bus.log import EventLog
from fairlead.model.raw import RawEvent
from fairlead.store.intake import Tally

_DISORDER = timedelta(seconds=2)
"""Gateways that write into one log have clocks of their own: arrivals may go back by as much."""
_PAGE, _MOST = 50, 1_000
"""How many events are looked through for the one, where many came at the same time, like the pages of a sync."""


def last(log: EventLog, tally: Tally) -> RawEvent | None:
    """The event that a tally counted last; `None` once it has expired."""
    place, seen = _before(log, tally), 0
    while seen < _MOST and (page := log.read(place, _PAGE)):
        for stored in page:
            event = stored.event
            if event.received_at > tally.last_at + _DISORDER:
                return None
            if (event.source, event.kind, event.received_at) == (tally.source, tally.kind, tally.last_at):
                return event
        place, seen = page[-1].seq, seen + len(page)
    return None


def last_sent(log: EventLog, tallies: Iterable[Tally]) -> RawEvent | None:
    """The last event that a tool sent by itself; what we have read there is `local`."""
    newest = sorted(tallies, key=lambda tally: tally.last_at, reverse=True)
    # Pages of an API are of few kinds and come in one go: behind the newest of them stands the newest webhook.
    sent = (event for tally in newest if not tally.kind.startswith("api:") and (event := last(log, tally)))
    return next((event for event in sent if event.trust != "local"), None)


def _before(log: EventLog, tally: Tally) -> int:
    """A position below which all came earlier: halved, so that a log of millions is asked some twenty times."""
    low, high = 0, log.latest()
    since = tally.last_at - _DISORDER
    while low < high:
        middle = (low + high) // 2
        found = log.read(middle, 1)
        if not found or found[0].event.received_at >= since:
            high = middle
        else:
            low = found[0].seq
    return low
