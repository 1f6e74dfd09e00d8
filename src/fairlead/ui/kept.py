"""Answers kept while the warehouse is unchanged: opening the rows of a sentence must not write the brief again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from fairlead.ui.visit import Visit

KEPT_S = 60.0
"""How long an answer is given again at most: pages tell the minute, not the second."""
_REVISION = "select key, value from warehouse_state where key in ('rev', 'models', 'seeds') order by key"
_MOST = 256

_T = TypeVar("_T")
_held: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
_lock = Lock()


def kept(visit: Visit, key: Hashable, make: Callable[[], _T]) -> _T:
    """The answer of a moment ago over the same data, else a new one; told apart by home, not by who asks."""
    return kept_for(visit.services, visit.request.state, key, make)


def kept_for(services: Any, state: Any, key: Hashable, make: Callable[[], _T]) -> _T:
    """The same where there is no visit yet; the state of the request remembers which data it looks at."""
    revision = getattr(state, "revision", None)
    if revision is None:
        # One look for the whole page: a refresh between two parts of it is told by the next page.
        revision = state.revision = (str(services.home), str(services.warehouse.rows(_REVISION)))
    whole = (*revision, key)
    now = services.clock.now().timestamp()
    with _lock:
        found = _held.get(whole)
        if found and 0 <= now - found[0] < KEPT_S:
            return found[1]  # type: ignore[no-any-return]
    # Made outside the lock: two readers may make the same, which is cheaper than all waiting for one.
    made = make()
    with _lock:
        _held[whole] = (now, made)
        # Scopes come from addresses: without a bound a crawl would fill the memory.
        while len(_held) > _MOST:
            _held.popitem(last=False)
    return made


def forget() -> None:
    """Drops everything: after something was entered, and between tests."""
    with _lock:
        _held.clear()
