"""The sync: people, services, every incident with its log, and who is on call.

PagerDuty cannot be asked for incidents that changed. The log of the whole account can: it names the incidents in
which something happened since the last run, and those are read again, whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from fairlead.connectors.kit.connector import Delivery, Page, SyncRequest
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.http import Answer
from fairlead.connectors.kit.ids import ids_page
from fairlead.connectors.kit.rest import Entry, Rest, entries, http_of, number, placed, text
from fairlead.connectors.kit.steps import Step, walked
from fairlead.connectors.pagerduty.oncall import scope
from fairlead.connectors.pagerduty.read import read
from fairlead.model.errors import Abort, Skip
from fairlead.model.patch import Patch
from fairlead.model.raw import content_id
from fairlead.model.times import iso, parse_time

PUBLIC = "https://api.pagerduty.com"
PER_PAGE = 100
_MOST = 10_000
"""PagerDuty lists nothing beyond this offset."""
_FIRST = datetime(2010, 1, 1, tzinfo=UTC)
_WINDOW = timedelta(days=90)
_OVERLAP = timedelta(minutes=5)
"""Entries of the log may appear a little late."""
_SHORTEST = timedelta(minutes=1)
_OLDEST_FIRST = {"sort_by": "created_at:asc"}
_EVERYTHING = {"is_overview": "false"}

Params = Mapping[str, Any]


def sync(request: SyncRequest) -> Iterator[Page]:
    """Raw pages, each with the state after it."""
    rest = connect(request)
    steps = _steps(rest)
    rest.total = len(steps)
    return walked(rest, steps)


def connect(request: SyncRequest) -> Rest:
    """Signs in by the token of an account or of a person."""
    token = request.credentials.get("token", "")
    if not token:
        raise Abort("PagerDuty asks for a token", hint="set `token` in `[sources.<name>]`; read-only is enough")
    headers = {"authorization": f"Token token={token}", "accept": "application/vnd.pagerduty+json;version=2"}
    rest = Rest(http_of(request, "PagerDuty", PUBLIC, lambda: headers), request)
    rest.http.report = rest.waits
    return rest


def listed(rest: Rest, path: str, key: str, params: Params | None = None) -> Iterator[tuple[Answer, list[Entry]]]:
    """The pages of a list."""
    offset = 0
    while True:
        asked = {**(params or {}), "limit": PER_PAGE, "offset": offset}
        answer = placed(rest, path, asked, "offset")
        found = entries(answer, key)
        yield answer, found
        value = answer.value if isinstance(answer.value, dict) else {}
        if not found or value.get("more") is not True:
            return
        offset += len(found)
        if offset >= _MOST:
            raise Skip(f"`{path}` has more than {_MOST} entries in one window")


def _steps(rest: Rest) -> list[Step]:
    return [
        *(Step(name, partial(_whole, rest, name)) for name in ("users", "teams", "services")),
        Step("incidents", partial(_incidents, rest)),
        *(Step(f"on call in {month:%Y-%m}", partial(_oncalls, rest, month), True) for month in _months(rest)),
    ]


def _whole(rest: Rest, name: str, mark: Mark) -> Iterator[Page]:
    """A list without times of its own, if anything in it changed."""
    answers = [answer for answer, _ in listed(rest, f"/{name}", name)]
    rest.tell(name)
    mark.following = content_id(*(answer.body for answer in answers))
    if mark.following != mark.value:
        for answer in answers:
            # What goes back to what it was looks like a page that is known; the time tells them apart.
            yield rest.page(name, f"/{name}", answer, read=iso(rest.http.now))


def _incidents(rest: Rest, mark: Mark) -> Iterator[Page]:
    """At first by the time of their making, later those in whose log something new stands."""
    now = rest.http.now
    begun = str(mark.resume.get("began") or iso(now))
    mark.resume["began"] = begun
    if mark.value:
        yield from _touched(rest, _time(mark.value) - _OVERLAP, now)
    else:
        yield from _all(rest, mark, _time(str(mark.resume.get("from") or rest.start)), now)
    mark.following = begun


def _all(rest: Rest, mark: Mark, start: datetime, end: datetime) -> Iterator[Page]:
    for since, until in _windows(rest, "/incidents", start, end):
        for answer, found in listed(rest, "/incidents", "incidents", {**_between(since, until), **_OLDEST_FIRST}):
            rest.tell(f"incidents since {since:%Y-%m-%d}")
            if found:
                yield rest.page("incidents", "/incidents", answer)
            for incident in found:
                yield from _log(rest, text(incident, "id"))
                # After a kill the list goes on at the last incident that was read whole.
                mark.resume["from"] = text(incident, "created_at")


def _touched(rest: Rest, start: datetime, end: datetime) -> Iterator[Page]:
    names: dict[str, None] = {}
    for since, until in _windows(rest, "/log_entries", start, end):
        for _, found in listed(rest, "/log_entries", "log_entries", {**_between(since, until), **_EVERYTHING}):
            # an incident in which ten things happened is read once, in the order of the log
            names |= {name: None for entry in found if (name := _incident_of(entry))}
    for name in names:
        rest.tell(f"incidents with news: {len(names)}")
        yield rest.page("incidents", f"/incidents/{name}", rest.get(f"/incidents/{name}"))
        yield from _log(rest, name)


def _windows(rest: Rest, path: str, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Stretches of time short enough for what PagerDuty lists at once: 180 days, and so many entries."""
    while start < end:
        until = min(start + _WINDOW, end)
        # halved until it fits: a storm of alerts fills a day with more than PagerDuty lists
        while _total(rest, path, start, until) > _MOST and until - start > _SHORTEST:
            until = start + (until - start) / 2
        yield start, until
        start = until


def _total(rest: Rest, path: str, since: datetime, until: datetime) -> int:
    answer = rest.get(path, {**_between(since, until), "limit": 1, "total": "true"})
    return number(answer.value, "total") if isinstance(answer.value, dict) else 0


def _between(since: datetime, until: datetime) -> dict[str, str]:
    return {"since": iso(since), "until": iso(until), "time_zone": "UTC"}


def _log(rest: Rest, name: str) -> Iterator[Page]:
    """Log, notes and updates of one incident."""
    for key, asked in (("log_entries", _EVERYTHING), ("notes", {}), ("status_updates", {})):
        path = f"/incidents/{name}/{key}"
        try:
            for answer, found in listed(rest, path, key, asked):
                if found:
                    yield rest.page(key, path, answer)
        except Skip as fault:
            # Status updates need a plan that has them; an incident without them is still one.
            if key == "log_entries":
                rest.leave_out(f"log of {name}: {fault.message}")


def _oncalls(rest: Rest, month: datetime, mark: Mark) -> Iterator[Page]:
    """The shifts of a month, and which they all are, since a swapped shift leaves no trace."""
    since, until, now = iso(month), iso(_next(month)), iso(rest.http.now)
    asked = {"since": since, "until": until, "time_zone": "UTC"}
    answers = [answer for answer, _ in listed(rest, "/oncalls", "oncalls", asked)]
    mark.following = content_id(*(answer.body for answer in answers))
    if mark.following == mark.value:
        return
    found: list[str] = []
    for answer in answers:
        page = rest.page("oncalls", "/oncalls", answer, since=since, until=until, read=now)
        found += [patch.record.id for patch in _read(rest, page)]
        yield page
    prefix = scope(rest.request.options.source, month)
    at = answers[0].date or rest.http.now
    # one shift is listed for each level and policy that it answers for
    yield ids_page("oncall_shifts", prefix, {name for name in found if name.startswith(prefix)}, at)


def _read(rest: Rest, page: Page) -> Sequence[Patch]:
    return read(Delivery(page.kind, page.headers, page.body), rest.request.options).patches


def _months(rest: Rest) -> list[datetime]:
    """This month and the next; a first or full run goes back to the start, a year where none is named."""
    now = rest.http.now
    first = rest.request.since or now - timedelta(days=365)
    if rest.request.state and not rest.request.full:
        first = now - timedelta(days=31)
    month = datetime(first.year, first.month, 1, tzinfo=UTC)
    found = []
    while month <= _next(now):
        found.append(month)
        month = _next(month)
    return found


def _next(moment: datetime) -> datetime:
    years, month = divmod(moment.month, 12)
    return datetime(moment.year + years, month + 1, 1, tzinfo=UTC)


def _incident_of(entry: Entry) -> str:
    incident = entry.get("incident")
    return text(incident, "id") if isinstance(incident, dict) else ""


def _time(moment: str) -> datetime:
    return parse_time(moment) or _FIRST
