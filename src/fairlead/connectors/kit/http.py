"""HTTP for syncs: limits waited for and shown, passing faults tried again, the others told by their remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from fairlead.connectors.kit.connector import Progress
from fairlead.connectors.kit.payload import decode
from fairlead.model.errors import Abort, Retry, Skip, Unreadable

TRIES = 5
_LONGEST_WAIT_S = 3900
"""A window of a rate limit lasts an hour at most; whoever asks for more, at once or bit by bit, is not waited for."""
_DEFAULT_WAIT_S = 60.0
_REDIRECTS = 3
_LIMIT_WORDS = ("rate limit", "abuse detection")

Headers = Callable[[], Mapping[str, str]]


class Missing(Skip):
    """The server says that there is no such thing, or that we may not know of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer."""

    path: str
    """Path and query as asked."""
    body: bytes
    value: Any
    """The body decoded; `None` when nothing changed."""
    headers: Mapping[str, str]
    unchanged: bool = False

    @property
    def date(self) -> datetime | None:
        """The server's date."""
        return _http_date(self.headers.get("date"))


@dataclass(slots=True)
class Http:
    """A client of one API."""

    client: httpx.Client
    base: str
    """Address that paths are below."""
    signed: Headers
    """Headers that sign us in, asked for anew at each try."""
    report: Callable[[Progress], None]
    sleep: Callable[[float], None]
    now: datetime
    """Our clock until the server has told its own."""
    renew: Callable[[], bool] = field(default=lambda: False)
    """Called when a sign-in was refused; tells whether it may be tried once more."""

    def get(self, path: str, params: Mapping[str, Any] | None = None, etag: str = "") -> Answer:
        """Gets JSON. Raises `Skip` for what is not there or not ours, `Abort` when nobody lets us in."""
        request = httpx.Request("GET", self.base + path, params=params or None)
        extra = {"if-none-match": etag} if etag else {}
        return self._tried(request.method, str(request.url), None, extra)

    def post(self, url: str, body: Any = None) -> Answer:
        """Posts JSON to a path or address of the same server and gets JSON."""
        return self._tried("POST", url if "://" in url else self.base + url, body, {})

    def _tried(self, method: str, url: str, body: Any, extra: Mapping[str, str]) -> Answer:
        retrying = Retrying(
            retry=retry_if_exception_type(Retry),
            stop=stop_after_attempt(TRIES),
            wait=_wait,
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(self._once, method, url, body, extra)

    def _once(self, method: str, url: str, body: Any, extra: Mapping[str, str]) -> Answer:
        renewed, redirects = False, 0
        limited = Limited(self)
        while True:
            found = self._send(method, url, body, extra)
            if is_limit(found):
                limited.wait(found.headers, shown_path(url), found.status_code)
            # 303 is left out: it turns a post into a get, and no API that we read answers so
            elif found.status_code in (301, 302, 307, 308):
                redirects += 1
                if redirects > _REDIRECTS:
                    raise Skip(f"{shown_path(url)} leads in circles")
                url = self._same_server(url, found)
            elif found.status_code == 401 and not renewed and self.renew():
                renewed = True
            else:
                return self._judged(url, found)

    def _send(self, method: str, url: str, body: Any, extra: Mapping[str, str]) -> httpx.Response:
        try:
            found = self.client.request(method, url, json=body, headers={**self.signed(), **extra})
        except httpx.TimeoutException:
            raise Retry(f"{shown_path(url)} did not answer in time") from None
        except httpx.TransportError as fault:
            hint = "check the network and `url` of the source; behind a proxy: export HTTPS_PROXY=..."
            raise Retry(f"{shown_path(url)} cannot be reached: {fault}", hint=hint) from None
        # It is read by now. The client leaves a response and its stream holding each other, and pages of a megabyte
        # would lie there until the collector looks for such cycles, by the hundred.
        found.stream = httpx.ByteStream(b"")
        self.now = _http_date(found.headers.get("date")) or self.now
        return found

    def _judged(self, url: str, found: httpx.Response) -> Answer:
        status, shown = found.status_code, shown_path(url)
        # only a question with an `etag` is answered so, and the caller has what it names
        if status == 304:
            return Answer(_path(url), b"", None, found.headers, unchanged=True)
        if status == 401:
            raise Abort(f"{shown}: the credentials were refused", hint="make a new token or key and set it")
        if status >= 500:
            raise Retry(f"{shown} answered {status}")
        if status >= 400:
            # GitHub and GitLab say 404 of what a token may not see, so nothing may take it for a deletion by itself
            raise (Missing if status == 404 else Skip)(f"{shown} answered {status}: {message_of(found)}")
        try:
            value = decode(found.content)
        except Unreadable:
            # a proxy's or a sign-in page with status 200, or half an answer: mostly gone at the next try
            kind = found.headers.get("content-type", "").partition(";")[0]
            raise Retry(f"{shown} answered with something else than JSON ({kind or 'no type'})") from None
        return Answer(_path(url), found.content, value, found.headers)

    def _same_server(self, url: str, found: httpx.Response) -> str:
        """A repository that was renamed redirects; anything that leads to another server is not followed."""
        target = str(httpx.URL(url).join(found.headers.get("location", "")))
        if urlsplit(target)[:2] != urlsplit(url)[:2]:
            raise Skip(f"{shown_path(url)} redirects to another server")
        return target


@dataclass(slots=True)
class Limited:
    """The refusals of one request for too many requests; what it waits for them all has an end."""

    http: Http
    _times: int = 0
    _waited_s: float = 0

    def wait(self, headers: Mapping[str, str], shown: str, status: int) -> None:
        """Waits as long as was asked for; raises `Abort` once that is longer than any window of a limit."""
        http = self.http
        # Whoever says "in a second" for an hour would be asked 3,600 times, and some servers count those as well.
        wait_s = max(limit_wait_s(headers, status, http.now), min(2.0**self._times, _DEFAULT_WAIT_S))
        self._times += 1
        self._waited_s += wait_s
        if self._waited_s > _LONGEST_WAIT_S:
            raise Abort(
                f"{shown}: still limited after {(self._waited_s - wait_s) / 60:.0f} minutes"
                if self._waited_s > wait_s
                else f"{shown}: limited for another {wait_s / 60:.0f} minutes",
                hint="the next sync goes on where this one stopped",
            )
        until = http.now + timedelta(seconds=wait_s)
        http.report(Progress(0, None, "waiting for the rate limit", waiting_until=until))
        http.sleep(wait_s)
        http.now = max(http.now, until)


def next_page(answer: Answer) -> str | None:
    """Query of the next page by the `link` header; only its query is used, never its address."""
    for part in answer.headers.get("link", "").split(","):
        address, _, rest = part.strip().partition(">")
        if 'rel="next"' in rest:
            return urlsplit(address.lstrip("<")).query or None
    return None


def place_of(answer: Answer) -> tuple[int, int]:
    """Number of a page and of the last one by the `link` header; 1 of 1 where the server numbers nothing."""
    numbers: dict[str, int] = {}
    for part in answer.headers.get("link", "").split(","):
        address, _, rest = part.strip().partition(">")
        page = parse_qs(urlsplit(address.lstrip("<")).query).get("page", [""])[0]
        if page.isascii() and page.isdigit():
            numbers |= {name: int(page) for name in _TOLD if f'rel="{name}"' in rest}
    place = numbers["next"] - 1 if "next" in numbers else numbers.get("prev", 0) + 1
    return place, numbers.get("last", place if "next" not in numbers else 1)


_TOLD = ("next", "prev", "last")


def is_limit(found: httpx.Response) -> bool:
    """Whether it refuses for now only, because of too many requests."""
    if found.status_code == 429:
        return True
    # GitHub refuses with 403 both for good and for now, and tells the second by header or by its words alone
    if found.status_code != 403:
        return False
    text = found.text[:2000].lower()
    spent = found.headers.get("x-ratelimit-remaining") == "0"
    return "retry-after" in found.headers or spent or any(word in text for word in _LIMIT_WORDS)


def limit_wait_s(headers: Mapping[str, str], status: int, now: datetime) -> float:
    """Seconds to wait, by the server's clock where it told one: ours may be wrong."""
    now = _http_date(headers.get("date")) or now
    after = headers.get("retry-after", "")
    if after.isascii() and after.isdigit():
        return max(1.0, float(after))
    # HTTP lets a server name the moment instead, and proxies in front of one do
    if moment := _http_date(after):
        return max(1.0, (moment - now).total_seconds() + 1)
    reset = headers.get("ratelimit-reset", "")
    if reset.isascii() and reset.isdigit() and status == 429:
        # GitLab means a moment, PagerDuty and the draft standard a number of seconds; no wait is that long.
        return max(1.0, int(reset) - now.timestamp() + 1 if len(reset) > 8 else float(reset))
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
        return max(1.0, int(reset) - now.timestamp() + 1)
    return _DEFAULT_WAIT_S


_backoff = wait_exponential(multiplier=1, max=30)


def _wait(state: RetryCallState) -> float:
    fault = state.outcome.exception() if state.outcome else None
    asked = fault.after_s if isinstance(fault, Retry) else None
    return asked if asked is not None else _backoff(state)


def message_of(found: httpx.Response) -> str:
    """What a refusal says, in the server's words."""
    try:
        value = decode(found.content)
    except Unreadable:
        return found.reason_phrase
    return "; ".join(dict.fromkeys(_words(value)))[:300] or found.reason_phrase


_SAYING = ("message", "error", "errorMessages", "errors")
"""Where tools put their words: a text, a list of them, or by the field that is wrong."""


def _words(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str) and depth:
        yield value
    elif isinstance(value, list) and depth < 4:
        for one in value[:10]:
            yield from _words(one, depth + 1)
    elif isinstance(value, dict) and depth < 4:
        told = [key for key in _SAYING if key in value]
        for key in told:
            yield from _words(value[key], depth + 1)
        # by the field that is wrong, or GitHub's field and code where it has no words for them
        if depth and not told:
            yield ": ".join(text for one in value.items() if (text := _fault_of(*one)))


def _fault_of(key: str, value: Any) -> str:
    if isinstance(value, list):
        value = ", ".join(str(one) for one in value[:3])
    # what it concerns is told by its value, what is wrong with a field by both
    return str(value) if key in ("field", "code") else "" if key == "resource" else f"{key} {value}"


def _http_date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except (ValueError, TypeError):
        return None


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def shown_path(url: str) -> str:
    """An address as faults name it: neither server nor query."""
    return f"`{urlsplit(url).path}`"
