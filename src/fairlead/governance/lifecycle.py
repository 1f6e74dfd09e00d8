"""The life of an action: which state may follow which. Pure; whoever takes a step writes it down at once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

State = Literal[
    "proposed", "waiting", "approved", "denied", "expired", "withdrawn", "executing", "done", "failed", "unknown",
    "undone",
]  # fmt: skip

AFTER: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        "proposed": frozenset({"proposed", "waiting", "approved", "denied", "expired", "withdrawn"}),
        # back to `proposed` by an edit: what is not what people were shown has to be judged and approved anew
        "waiting": frozenset({"proposed", "waiting", "approved", "denied", "expired", "withdrawn"}),
        "approved": frozenset({"proposed", "waiting", "denied", "executing", "expired", "withdrawn"}),
        # policy's no is the last word, save for somebody who breaks the glass and answers for it
        "denied": frozenset({"approved", "expired"}),
        # to itself where a try was cut off and is made again; back to `approved` where the tool was down
        "executing": frozenset({"executing", "approved", "done", "failed", "unknown"}),
        "unknown": frozenset({"done", "failed"}),
        "done": frozenset({"undone"}),
        "failed": frozenset(),
        "expired": frozenset(),
        "withdrawn": frozenset(),
        "undone": frozenset(),
    }
)
"""State -> states that may follow it."""

OPEN: frozenset[State] = frozenset({"proposed", "waiting", "approved", "executing", "unknown"})
"""Something is still to come: the same act is not proposed a second time beside it."""
LAPSING: frozenset[State] = frozenset({"proposed", "waiting", "approved"})
"""What time alone can end: nothing has gone out yet."""


def before(state: State) -> frozenset[State]:
    """States that a state may follow."""
    return frozenset(one for one, following in AFTER.items() if state in following)
