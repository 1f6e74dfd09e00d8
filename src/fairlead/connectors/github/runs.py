"""Workflow runs: by windows of time, since GitHub lists no more than a thousand of a search."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from fairlead.connectors.github.api import Api
from fairlead.connectors.kit.connector import Page
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.http import Answer
from fairlead.connectors.kit.rest import Entry, number, text
from fairlead.model.errors import Skip
from fairlead.model.times import iso, parse_time

_MOST_LISTED = 1000
_SHORTEST = timedelta(minutes=10)
_LATE = timedelta(minutes=10)
_BEGINNING = timedelta(days=400)
"""GitHub keeps runs for 400 days at most."""


def runs(api: Api, home: str, mark: Mark) -> Iterator[Page]:
    """Runs and their jobs from the mark on; the mark stays at the oldest run that has not ended."""
    now = api.http.now
    begin = _moment(str(mark.resume.get("from") or mark.value or api.start)) or now - _BEGINNING
    pending = str(mark.resume.get("pending", ""))
    end = now
    while begin < now:
        for answer, found in _window(api, home, begin, end):
            if found is None:
                # More than a search lists: half the window, until the rest fits.
                end = begin + max((end - begin) / 2, _SHORTEST)
                break
            yield api.page("runs", f"{home}/actions/runs", answer)
            for run in found:
                yield from _jobs(api, home, run)
                if text(run, "status") != "completed" and text(run, "created_at") > api.recently:
                    pending = min(pending or text(run, "created_at"), text(run, "created_at"))
        else:
            begin, end = end, now
            mark.resume |= {"from": iso(begin), "pending": pending}
    # A run may show up in the list some time after it was created.
    mark.following = pending or iso(now - _LATE)


def _window(api: Api, home: str, begin: datetime, end: datetime) -> Iterator[tuple[Answer, list[Entry] | None]]:
    """The pages of a window; `None` for one that holds more than GitHub lists."""
    asked = {"created": f"{_stamp(begin)}..{_stamp(end)}"}
    for place, answer, found in api.lists(f"{home}/actions/runs", asked, key="workflow_runs"):
        total = number(answer.value, "total_count") if isinstance(answer.value, dict) else 0
        if place == 1 and total > _MOST_LISTED and end - begin > _SHORTEST:
            yield answer, None
            return
        if found:
            yield answer, found


def _jobs(api: Api, home: str, run: Entry) -> Iterator[Page]:
    path = f"{home}/actions/runs/{number(run, 'id')}/jobs"
    try:
        for _, answer, found in api.lists(path, {"filter": "all"}, key="jobs"):
            if found:
                yield api.page("jobs", path, answer)
    except Skip:
        # Jobs of old runs expire before the runs do.
        return


def _moment(text_: str) -> datetime | None:
    return parse_time(text_) if text_ else None


def _stamp(moment: datetime) -> str:
    return iso(moment.replace(microsecond=0))
