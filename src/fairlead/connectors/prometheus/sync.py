"""The sync: for each objective its queries over ranges, oldest first; later runs ask for what is new."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from fairlead.connectors.kit.connector import Page, SyncRequest
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.http import Answer
from fairlead.connectors.kit.ids import ids_page
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.rest import Rest, http_of
from fairlead.connectors.kit.steps import Step, walked
from fairlead.connectors.prometheus.objective import Objective, objectives
from fairlead.connectors.prometheus.read import values
from fairlead.model.errors import Abort, Skip, Unreadable
from fairlead.model.times import EPOCH, iso, parse_time

PATH = "/api/v1/query_range"
PROBE = "/api/v1/query"
"""Every server of this API answers it, those without `/status/buildinfo` too."""
_POINTS = 10_000
"""Points asked for at once; Prometheus refuses more than 11,000 of a series."""
_LONGEST = timedelta(days=7)
"""And a week at most: a long range of a costly query times out."""
_FURTHEST = timedelta(days=730)
"""How far back "all" reaches; hardly any Prometheus keeps more, and asking for what is gone takes as long."""
_SETTLED = timedelta(minutes=1)
"""Scrapes and remote writes of the last minute may still be under way."""
_AGAIN = timedelta(minutes=10)
"""What is asked for again, since late samples change what a step held."""


def sync(request: SyncRequest) -> Iterator[Page]:
    """Raw pages, each with the state after it."""
    rest = connect(request)
    # Asked once for the server's clock: what ours calls the last hour may be to come there, and would stay a gap.
    rest.get(PROBE, {"query": "1"})
    now = min(request.now, rest.http.now)
    steps = [Step(f"objective {one.key}", partial(_ranges, rest, one, now)) for one in objectives(request.settings)]
    rest.total = len(steps)
    return walked(rest, steps)


def connect(request: SyncRequest) -> Rest:
    """Signs in by a bearer token, by user and password, or not at all: most Prometheus servers ask nobody."""
    if not request.settings.get("url"):
        raise Abort("it is not known where Prometheus runs", hint="set `url` in `[sources.<name>]`")
    signed = _signed(request)
    rest = Rest(http_of(request, "Prometheus", "", lambda: signed), request)
    rest.http.report = rest.waits
    return rest


def _signed(request: SyncRequest) -> Mapping[str, str]:
    token, user = request.credentials.get("token", ""), str(request.settings.get("user") or "")
    headers = {"accept": "application/json"}
    if token and user:
        headers["authorization"] = "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()
    elif token:
        headers["authorization"] = f"Bearer {token}"
    # Mimir and Cortex keep tenants apart by a header; several are joined by a bar
    if tenants := request.settings.get("organisations"):
        headers["x-scope-orgid"] = "|".join(map(str, tenants))
    return headers


def _ranges(rest: Rest, objective: Objective, now: datetime, mark: Mark) -> Iterator[Page]:
    """Ranges from where the last run ended, or from the start where the queries are others than they were."""
    known, _, read_until = mark.value.partition(" ")
    end = _floor(now - _SETTLED, objective.step)
    start = max(rest.request.since or EPOCH, now - _FURTHEST)
    if known == objective.mark:
        start = max(start, (parse_time(read_until) or start) - _AGAIN)
    elif known:
        # What the old queries measured is another thing: its samples go, before the new ones come.
        scope = f"{rest.request.options.source}:slo/{objective.key}/{known}/"
        yield ids_page("slo_windows", scope, (), now)
    start = max(start, parse_time(str(mark.resume.get("from") or "")) or start)
    mark.following = f"{objective.mark} {iso(end)}"
    at = _floor(start, objective.step) + objective.step
    while at <= end:
        until = min(at + min(_LONGEST, objective.step * _POINTS), end)
        yield from _range(rest, objective, at, until, last=until == end)
        # After a kill the range whose pages are not all durable is asked for again.
        at = until + objective.step
        mark.resume["from"] = iso(until)


def _range(rest: Rest, objective: Objective, start: datetime, end: datetime, *, last: bool) -> Iterator[Page]:
    """A page for each query; of the past only those that hold something."""
    rest.tell(f"{objective.key} since {start:%Y-%m-%d}")
    for field, query in sorted(objective.queries.items()):
        asked = {
            "query": query,
            "start": _unix(start),
            "end": _unix(end),
            "step": int(objective.step.total_seconds()),
        }
        answer = rest.get(PATH, asked)
        found = checked(answer)
        for warning in found.texts("warnings"):
            # Thanos and Mimir answer with what they have where a part does not answer
            rest.leave_out(f"{objective.key}: {warning[:200]}")
        # the newest goes along also without a value: it says that nothing was there, and the state is kept with it
        if last or values(found):
            yield rest.page("query_range", PATH, answer, field=field, until=iso(end), **objective.headers)


def checked(answer: Answer) -> Doc:
    """The answer, if it is one range of one series; a query that gives something else is told with its reason."""
    page = Doc(answer.value if isinstance(answer.value, dict) else {}, "")
    if page.plain("status") != "success":
        raise Skip(f"`{PATH}` answered {str(page.plain('error') or 'no result')[:200]}")
    try:
        if page.need("data").text("resultType") != "matrix":
            raise Skip("the query gives no series over time")
        values(page)
    except Unreadable as fault:
        raise Skip(fault.message) from None
    return page


def _floor(moment: datetime, step: timedelta) -> datetime:
    """Steps begin at whole multiples of their length, so that every run asks for the same ones."""
    length = int(step.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // length * length, UTC)


def _unix(moment: datetime) -> Any:
    return int(moment.timestamp())
