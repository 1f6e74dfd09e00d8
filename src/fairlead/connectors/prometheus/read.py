"""Ranges of Prometheus -> samples of service level objectives.

A page holds one query's values; good and total of a step are two pages that say two fields of one record. What is no
number (nothing was asked, a division by zero) is left unsaid: a step of which one half is missing is a gap.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.connectors.kit.moments import SNAPSHOT
from fairlead.connectors.kit.payload import Doc, document
from fairlead.connectors.kit.reading import page_date, routed
from fairlead.connectors.kit.sheet import Sheet
from fairlead.connectors.prometheus.objective import FIELDS
from fairlead.model.errors import Unreadable
from fairlead.model.records.operation import SloWindow
from fairlead.model.times import iso, parse_time

Values = list[tuple[datetime, float]]


def read(delivery: Delivery, options: Options) -> Reading:
    """A page of a range; nothing else comes."""
    return routed(delivery, options, webhook=_nothing, page=_page)


def _nothing(delivery: Delivery, options: Options) -> Reading:  # noqa: ARG001 - the shape of a reader
    return Reading(nothing="Prometheus sends no webhooks")


def _page(delivery: Delivery, options: Options) -> Reading:
    if delivery.kind != "api:query_range":
        return Reading(nothing=f"no reader for `{delivery.kind.removeprefix('api:')}`")
    said = delivery.headers
    key, mark, field = (_header(said, name) for name in ("slo", "mark", "field"))
    if field not in FIELDS:
        raise Unreadable("headers.field", f"`{field}` is nothing that an objective is measured by")
    step = timedelta(seconds=_step_s(said))
    sheet = Sheet(options, page_date(said), said)
    for end, value in values(document(delivery.body)):
        record = SloWindow(
            id=f"{sheet.source}:slo/{key}/{mark}/{iso(end)}",
            source=sheet.source,
            slo=f"slo:{key}",
            start_at=end - step,
            end_at=end,
            deleted_at=None,
            **_measured(field, value, step),
        )
        # Late samples change what a step held: the page that was asked for later knows better.
        sheet.say(record, sheet.date or end, SNAPSHOT)
    return sheet.reading("nothing was measured in this range")


def values(page: Doc) -> Values:
    """The values of the one series of an answer, without those that are no number."""
    series = list(page.need("data").children("result"))
    # whoever sums them up decides what they have in common; a sum of our own could count a request twice
    if len(series) > 1:
        page.need("data").wrong("result", f"{len(series)} series where one is expected: sum them up in the query")
    return list(_points(series[0])) if series else []


def _points(series: Doc) -> Iterator[tuple[datetime, float]]:
    said = series.plain("values")
    if not isinstance(said, list):
        series.wrong("values", "expected a list of pairs")
    for pair in said:
        try:
            at, value = _moment(pair[0]), float(pair[1])
        except (TypeError, ValueError, IndexError, KeyError, OverflowError):
            series.wrong("values", "expected pairs of a time and a number")
        # a counter that fell, a division by nothing: neither good nor bad is known
        if math.isfinite(value) and value >= 0:
            yield at, value


def _moment(said: Any) -> datetime:
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 < said < 1e11:
        raise ValueError(said)
    found = parse_time(float(said))
    if found is None:
        raise ValueError(said)
    return found


def _measured(field: str, value: float, step: timedelta) -> Mapping[str, Any]:
    if field != "error_ratio":
        return {field: value}
    # A share of errors knows no number of events, so that each step counts by its length.
    length = step.total_seconds()
    return {"good": (1.0 - min(value, 1.0)) * length, "total": length}


def _header(said: Mapping[str, str], name: str) -> str:
    return said.get(name) or _lacking(name)


def _step_s(said: Mapping[str, str]) -> int:
    text = _header(said, "step")
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= 86_400):
        raise Unreadable("headers.step", "expected the seconds of a step, a day at most")
    return int(text)


def _lacking(name: str) -> str:
    raise Unreadable(f"headers.{name}", "the page does not tell which objective it measures")
