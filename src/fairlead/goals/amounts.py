"""Values as people write them: a number, or one with a unit, like `36h`, `2d` or `85%`."""

from __future__ import annotations

import math
import re

_WRITTEN = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*(s|min|h|d|w|%)?\s*")
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
_SPAN = re.compile(r"([1-9]\d{0,3})([dw])")
MOST_DAYS = 1_000
"""A window is no longer: further back there is hardly anything."""


def amount(said: float | str, unit: str) -> float:
    """A value in a unit; raises `ValueError` where it cannot be one."""
    if isinstance(said, int | float):
        found, measure = float(said), ""
    elif match := _WRITTEN.fullmatch(said):
        found, measure = float(match[1]), match[2] or ""
    else:
        raise ValueError(f"`{said:.40}` is no number: write it like 12, 36h, 2d or 85%")
    if not math.isfinite(found):
        raise ValueError("it is no finite number")
    if measure == "%":
        if unit != "share":
            raise ValueError(f"a share is written with `%`, and this is measured in {unit or 'nothing'}")
        return found / 100
    if measure and unit != "seconds":
        raise ValueError(f"`{measure}` is a length of time, and this is measured in {unit or 'nothing'}")
    return found * _SECONDS[measure] if measure else found


def days_of(span: str) -> int | None:
    """Days of a window like `30d` or `4w`; `None` where it is none."""
    found = _SPAN.fullmatch(span)
    days = int(found[1]) * (7 if found[2] == "w" else 1) if found else 0
    return days if 0 < days <= MOST_DAYS else None
