"""The connector of calendars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from fairlead.connectors.ics.read import TABLES, look, read
from fairlead.connectors.kit.connector import Delivery, Finding, Options, Page, Progress, Reading, SyncRequest
from fairlead.model.counting import counted
from fairlead.model.errors import Refused, Skip
from fairlead.model.raw import Trust, content_id
from fairlead.model.times import iso, parse_time

_LARGEST = 25 * 1024 * 1024
_AGAIN = timedelta(days=90)
"""After so long a calendar is read again though it did not change: rules without an end go on."""
_EMPTY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Fairlead//Gone//EN\r\nEND:VCALENDAR\r\n"
"""What is read of a calendar that is no more: its full list, in which nothing is."""
_WORDS = {"absences": "absence", "holidays": "holiday", "oncall": "shift"}


class IcsConnector:
    """Reads files (`paths`) and one feed (`url`); a calendar that did not change is not read again for months."""

    tool = "ics"
    title = "Calendars"
    records = frozenset(TABLES.values())

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:  # noqa: ARG002
        """Refuses all: calendars are fetched, not sent."""
        raise Refused("calendars send no webhooks", hint="they are read by `fairlead sync`")

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        """For calendars carried over in files of captured events."""
        return "ics:calendar", content_id(headers.get("calendar", ""), body)

    def read(self, delivery: Delivery, options: Options) -> Reading:
        """What one calendar holds, by option `holds`."""
        return read(delivery, options)

    def sync(self, request: SyncRequest) -> Iterator[Page]:
        """A page for each calendar that changed."""
        known = dict(request.state.get("calendars", {}))
        places = list(_places(request))
        for key, place in [*places, *((key, "") for key in _gone(request, known, places))]:
            try:
                body = _fetch(request, place) if place else _EMPTY
            except Skip as fault:
                request.report(Progress(done=0, total=None, what=key, left_out=fault.message))
                continue
            # a state that an older version left has no time
            number, before, last = (*known.get(key, (0, "")), "")[:3]
            mark = content_id(body)
            fresh = last and request.now - (parse_time(last) or request.now) < _AGAIN
            if mark == before and fresh and not request.full:
                continue
            # numbered, so that a calendar that goes back to what it was is another event
            known[key] = (number + 1, mark, iso(request.now))
            headers = {"calendar": key, "seen-at": iso(request.now)}
            delivery = content_id(key, str(number + 1), body)
            yield Page("ics:calendar", delivery, body, headers, {"calendars": dict(known)})

    def check(self, request: SyncRequest) -> Iterator[Finding]:
        """Whether each calendar can be read."""
        for key, place in _places(request):
            try:
                headers = {"calendar": key, "seen-at": iso(request.now)}
                found = look(Delivery("ics:calendar", headers, _fetch(request, place)), request.options)
            except Exception as fault:
                yield Finding(
                    what=key, ok=False, detail=str(fault), remedy="name an .ics file or the address of a feed"
                )
                continue
            detail = counted(len(found.patches), _WORDS[str(request.options.values.get("holds") or "absences")])
            if found.nameless:
                # None of them is kept, and who is away would be asked.
                detail += f"; {counted(found.nameless, 'event')} that name nobody"
                remedy = 'options: `person = "address"`, or `people = { "Name in titles" = "address" }`'
                yield Finding(what=key, ok=None, detail=detail, remedy=remedy)
                continue
            yield Finding(what=key, ok=True, detail=detail)


def _places(request: SyncRequest) -> Iterator[tuple[str, str]]:
    """Key and place of each calendar; the key stays in ids, so it holds no secret of a feed's address."""
    for given in request.settings.get("paths", ()):
        path = Path(given).expanduser()
        for file in sorted(path.glob("*.ics")) if path.is_dir() else [path]:
            yield file.stem, str(file)
    if url := str(request.settings.get("url") or ""):
        yield f"feed-{content_id(url)[:8]}", url.replace("webcal://", "https://", 1)


def _gone(request: SyncRequest, known: Iterable[str], places: Sequence[tuple[str, str]]) -> list[str]:
    """Calendars that were taken out of their folder, or whose feed the settings name no more: nobody is away by them.

    None where a folder is not there at all: a disk that is not mounted says nothing about anybody's holidays.
    """
    if not all(Path(given).expanduser().exists() for given in request.settings.get("paths", ())):
        return []
    return sorted(set(known) - {key for key, _ in places})


def _fetch(request: SyncRequest, place: str) -> bytes:
    if not place.startswith(("https://", "http://")):
        try:
            body = Path(place).read_bytes()
        except OSError as fault:
            raise Skip(f"{place}: {fault.strerror or 'cannot be read'}") from fault
    else:
        body = _download(request, place)
    if len(body) > _LARGEST:
        raise Skip("the calendar is larger than 25 MB")
    return body


def _download(request: SyncRequest, url: str) -> bytes:
    if request.client is None:
        raise Skip("there is no HTTP client for this feed")
    try:
        answer = request.client.get(url, follow_redirects=True)
        answer.raise_for_status()
    except httpx.HTTPError as fault:
        # addresses of feeds are secrets: only what went wrong is said
        raise Skip(f"the feed cannot be fetched: {type(fault).__name__}") from fault
    return answer.content


CONNECTOR = IcsConnector()
