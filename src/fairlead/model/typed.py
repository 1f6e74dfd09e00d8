"""Types that are read from plain values, made ready by whoever defines them: their first use is for one thread."""

from __future__ import annotations

from typing import Any

import msgspec


def ready(*kinds: Any) -> None:
    """Has msgspec work out these types, and all in them, now: call it below their definition.

    It does so at the first use and shows others the half-made: two threads that read a type first at the same time
    end the process with a segmentation fault (seen with 0.22 when the first requests of a server came together).
    """
    for kind in kinds:
        msgspec.json.Decoder(kind)
