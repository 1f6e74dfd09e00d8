"""How many examples a costly property is tried on: all of them in CI and on a hunt, a few at everybody's desk.

For properties whose every example builds a warehouse or a store, tens of times what a usual test costs. The suite is
derandomised, so the few are the first of those that CI tries.
"""

import os

_ALL = bool(os.environ.get("FAIRLEAD_CI") or os.environ.get("FAIRLEAD_HUNT"))


def examples(full: int) -> int:
    """How many to try of so many, a third where a person waits for it."""
    return full if _ALL else -(-full // 3)
