"""Arrow without pandas: the solver brings it along, and Arrow would load it for a second though nothing here asks."""

from __future__ import annotations

import sys
from functools import cache


class _Unseen:
    """Answers whoever looks for pandas that it is not installed."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        """As `importlib` asks its finders."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


@cache
def without_pandas() -> None:
    """Lets Arrow look for it once, in vain: it remembers, and everything else finds pandas afterwards as before."""
    import pyarrow as pa

    if "pandas" in sys.modules:
        return
    finder = _Unseen()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([])
    finally:
        sys.meta_path.remove(finder)
