"""A Prometheus that answers from what it was taught, with the real one's shapes, limits and complaints."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import msgspec

from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.connectors.kit.fake.tool import FakeTool, Json, said
from fairlead.model.times import parse_time

Curve = Callable[[float], float | None]
"""Seconds since 1970 -> the value of a series, none where it has no sample."""

_MOST_POINTS = 11_000
"""Of one series, as Prometheus has it."""


@dataclass(kw_only=True)
class FakePrometheus(FakeTool):
    """Knows expressions as texts, each with the series that it gives."""

    token: str = ""
    """Bearer token, or the password of any user; empty lets everybody in."""
    expressions: dict[str, list[tuple[Mapping[str, str], Curve]]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    """Told with every answer, as Thanos does where a store is down."""

    def teach(self, expression: str, curve: Curve, **labels: str) -> None:
        """A series that an expression gives; several of them where it is taught again with other labels."""
        self.expressions.setdefault(expression, []).append((labels, curve))

    def knows(self, request: Request) -> bool:
        """Whether the request is signed in."""
        said_by = request.headers.get("authorization", "")
        if said_by.startswith("Basic "):
            return base64.b64decode(said_by[6:]).decode("utf-8", "replace").partition(":")[2] == self.token
        return not self.token or said_by == f"Bearer {self.token}"

    def answer(self, request: Request) -> Response:
        """`query` and `query_range`, by GET or as a form."""
        path = request.path.rpartition("/api/v1/")[2]
        asked = dict(request.query) | dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if path == "query":
            return _data({"resultType": "scalar", "result": [self.now().timestamp(), asked.get("query", "")]}, [])
        if path != "query_range":
            return Response(404, b"404 page not found\n", {"content-type": "text/plain; charset=utf-8"})
        start, end, step = (_number(asked.get(name, "")) for name in ("start", "end", "step"))
        if start is None or end is None or step is None:
            return _bad('invalid parameter "start": cannot parse "" to a valid timestamp')
        if step <= 0:
            return _bad('invalid parameter "step": zero or negative query resolution step widths are not accepted.')
        if end < start:
            return _bad('invalid parameter "end": end timestamp must not be before start time')
        if (end - start) / step > _MOST_POINTS:
            return _bad(
                "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution "
                "(?step=XX)"
            )
        return self._matrix(asked.get("query", ""), start, end, step)

    def _matrix(self, query: str, start: float, end: float, step: float) -> Response:
        series = self.expressions.get(query)
        if series is None:
            return _bad('invalid parameter "query": 1:1: parse error: unexpected end of input')
        now, found = self.now().timestamp(), []
        times = [start + place * step for place in range(int((end - start) // step) + 1)]
        for labels, curve in series:
            # nothing is known of what is to come
            points = [[at, _text(value)] for at in times if at <= now and (value := curve(at)) is not None]
            # a series without a sample in the range is no part of the answer
            if points:
                found.append({"metric": dict(labels), "values": points})
        return _data({"resultType": "matrix", "result": found}, self.warnings)


def _data(data: Json, warnings: list[str]) -> Response:
    return said({"status": "success", "data": data, **({"warnings": warnings} if warnings else {})})


def _bad(words: str) -> Response:
    body = msgspec.json.encode({"status": "error", "errorType": "bad_data", "error": words})
    return Response(400, body, {})


def _text(value: float) -> str:
    """A sample as Prometheus writes it: a text, since JSON knows neither NaN nor infinity."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return f"{value:g}" if value != int(value) else str(int(value))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        found = parse_time(text)
    except ValueError:
        return None
    return found.timestamp() if found else None
