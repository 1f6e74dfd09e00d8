"""Examples of a rule as they were written: a name that is no column would make one hold for the wrong reason."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from fairlead.config.check import did_you_mean
from fairlead.model.times import parse_time
from fairlead.signals.faults import Teller, listed, tables, text
from fairlead.signals.language.limits import SETTINGS
from fairlead.signals.language.parse import length_of, meant_length
from fairlead.signals.language.tree import Kind
from fairlead.signals.views import Subject


def examined(said: Mapping[str, Any], subject: Subject, teller: Teller) -> None:
    """Tells of what examples give that their subject cannot have."""
    view = subject.view
    kinds = {**SETTINGS, **view.columns}
    for index, case in enumerate(listed(said, "tests")):
        if not isinstance(case, Mapping):
            continue
        if (now := text(case, "now")) and not _is_moment(now):
            teller.tell(("tests", index, "now"), f"`{now}` is no moment: write it like 2026-09-21T12:00:00Z")
        for name, value in tables(case, "given").items():
            place = ("tests", index, "given", name)
            if name in view.histories:
                if not isinstance(value, list):
                    teller.tell(place, f"`{name}` is a history: give a list of what there was")
                    continue
                for at, one in enumerate(value):
                    _typed(one, view.histories[name], (), (*place, at), teller)
            elif name in kinds:
                _typed(value, kinds[name], view.words.get(name, ()), place, teller)
            else:
                known = [*view.columns, *view.histories, *SETTINGS]
                teller.tell(place, f"no column `{name}`{did_you_mean(name, known)}")


def _typed(value: Any, kind: Kind, words: Any, place: tuple[str | int, ...], teller: Teller) -> None:
    if value is None:
        return
    if not _fits(value, kind):
        said = f"; {meant_length(value)[2:]}" if isinstance(value, str) and meant_length(value) else ""
        teller.tell(place, f"expected {_WANTED[kind]}, got {value!r}{said}")
    elif words and value not in words:
        teller.tell(place, f"it is never `{value}`{did_you_mean(str(value), list(words))}")


def _fits(value: Any, kind: Kind) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
    match kind:
        case "text":
            return isinstance(value, str)
        case "number":
            return number and not math.isnan(value)
        case "flag":
            return isinstance(value, bool)
        case "time":
            return isinstance(value, date) or (isinstance(value, str) and _is_moment(value))
        case "texts":
            return isinstance(value, list) and all(isinstance(one, str) for one in value)
        case "length" | "worked":
            return number or (isinstance(value, str) and length_of(value, kind) is not None)


_WANTED: Mapping[Kind, str] = {
    "text": "text", "number": "a number", "flag": "true or false", "time": "a moment like 2026-09-21T12:00:00Z",
    "length": "a length like 30m, 4h or 2d", "worked": "working time like 8bh or 3bd", "texts": "a list of texts",
}  # fmt: skip


def _is_moment(said: str) -> bool:
    try:
        return parse_time(said) is not None
    except (ValueError, OverflowError):
        return False
