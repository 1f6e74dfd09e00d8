"""Faults of settings that types do not show: names that lead nowhere, words that are no time, zone, day or address.

What is wrong here would else be found at three in the morning by a schedule, or never.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from fairlead.config.check import Fault, did_you_mean
from fairlead.config.deliveries import delivery_faults
from fairlead.config.repositories import repository_faults, table
from fairlead.config.secret_faults import secret_faults
from fairlead.model.calendar.hours import read_hours
from fairlead.model.reachable import unsendable_url
from fairlead.model.times import parse_day, parse_time

Values = Mapping[str, Any]
MOST_KPIS = 10


def meanings(
    values: Values, tools: Collection[str] = (), reports: Collection[str] = (), figures: Collection[str] = ()
) -> Iterator[Fault]:
    """All such faults; a value of a wrong type is passed over, since its type is told already."""
    for place, value in _leaves(values, ()):
        yield from ((place, said) for said in _said_of(place, value))
    yield from _references(values)
    yield from _calendars(values)
    yield from repository_faults(values)
    yield from _circles(table(values, "teams"))
    yield from _objectives(values)
    yield from _sources(values, tools)
    yield from _kpis(values, figures)
    yield from secret_faults(values)
    for key, endpoint in table(values, "endpoints").items():
        if isinstance(endpoint, Mapping) and not endpoint.get("url"):
            yield ("endpoints", key), "name the `url` to get"
    known = list(table(values, "sources"))
    for said in _leaves(table(values, "actions").get("sources"), ()):
        if isinstance(said[1], str) and said[1] not in known:
            yield ("actions", "sources"), f"no source `{said[1]}`{did_you_mean(said[1], known)}"
    for name, hook in table(values, "webhooks").items():
        if isinstance(hook, Mapping) and not hook.get("url"):
            yield ("webhooks", name), "name the `url` to post to"
        # refused when something is sent, by what the name leads to then; what shows already is told before
        elif isinstance(hook, Mapping) and (told := _unsendable(str(hook["url"]), values)):
            yield ("webhooks", name, "url"), told
    for key, count in table(table(values, "snapshot"), "queries").items():
        if isinstance(count, Mapping) and not count.get("sql"):
            yield ("snapshot", "queries", key), "say the `sql` that counts"
    yield from delivery_faults(values, reports)


def _kpis(values: Values, figures: Collection[str]) -> Iterator[Fault]:
    on = table(values, "kpi").get("on")
    if not isinstance(on, list):
        return
    if len(on) > MOST_KPIS:
        yield ("kpi", "on"), f"at most {MOST_KPIS} figures can be on; {len(on)} are named"
    for said in on:
        # Without names none is unknown: a start reads no catalogue, which would make every command slower.
        if figures and isinstance(said, str) and said not in figures:
            yield ("kpi", "on"), f"no figure `{said}`{did_you_mean(said, list(figures), show=0)}"


def _leaves(value: object, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*place, key))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, place)
    else:
        yield place, value


def _said_of(place: tuple[str, ...], value: object) -> Iterator[str]:
    # Options are the connector's own words: what they mean is not known here.
    if place[:1] == ("sources",) and place[2:3] == ("options",):
        return
    if isinstance(value, str):
        check = _TEXTS.get((place[0], place[-1])) or _TEXTS.get(("", place[-1]))
        if check and value and (said := check(value)):
            yield said
    elif isinstance(value, int | float) and not isinstance(value, bool):
        low, high = _RANGES.get((place[0], place[-1]), (0, math.inf))
        # Written this way round so that `nan`, which compares with nothing, is refused.
        if not low <= value <= high or math.isinf(value):
            yield (
                f"expected {low} or more, got {value}"
                if high == math.inf
                else f"expected {low} to {high}, got {value}"
            )


def zone_fault(text: str) -> str:
    """What is wrong with the name of a time zone, and what was meant; empty if nothing."""
    zones = _zones()
    if text in zones.values():
        return ""
    # People write the town alone, or in small letters; a list of six hundred zones helps nobody.
    found = zones.get(text.lower())
    said = f"; did you mean `{found}`?" if found else did_you_mean(text, list(zones.values()), show=0)
    return f"unknown time zone `{text}`{said or ': write it like `Europe/Berlin`'}"


@cache
def _zones() -> Mapping[str, str]:
    """Small letters, with and without the continent -> name."""
    names = sorted(available_timezones())
    return {name.lower().rpartition("/")[2]: name for name in names} | {name.lower(): name for name in names}


def _since(text: str) -> str:
    try:
        return "" if text == "all" or parse_time(text) else "expected a day like 2026-01-31, or all"
    except ValueError:
        return f"`{text}` is no day: write it like 2026-01-31, or all"


def _holiday(text: str) -> str:
    try:
        return "" if parse_day(text) else f"`{text}` begins with no day"
    except ValueError:
        return f"`{text}` begins with no day: write it like `2026-12-25 Christmas Day`"


def _hours(text: str) -> str:
    try:
        read_hours(text)
    except ValueError as fault:
        return str(fault)
    return ""


def _hour_of_day(text: str) -> str:
    good = re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text)
    return "" if good else f"`{text}` is no time of day: write it like 08:30, or leave it empty for never"


def _night(text: str) -> str:
    good = all(not _hour_of_day(part) for part in text.split("-")) and text.count("-") == 1
    return "" if good else f"`{text}` is no span of hours: write it like 22:00-07:00"


def _store(text: str) -> str:
    scheme = urlsplit(text).scheme
    good = scheme in ("postgresql", "postgres", "postgresql+psycopg")
    # The address itself is not shown: it may hold a password.
    return "" if good else "expected `postgresql://user@host/database`, or nothing for SQLite in the home"


def _bus(text: str) -> str:
    parts = [urlsplit(one.strip()) for one in text.split(",")]
    good = all(one.scheme in ("nats", "tls") and one.hostname for one in parts)
    # not shown, like the store's: it may hold a password or token
    return "" if good else "expected `nats://host:4222`, several with commas between, or nothing for the store"


def _stream(text: str) -> str:
    good = re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text)
    return "" if good else f"`{text}` is no name of a stream: letters, digits, `-` and `_`"


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https", "webcal") and bool(parts.hostname)
    except ValueError:
        good = False
    return "" if good else "expected an address like `https://fairlead.acme.example`"


def _open_address(text: str) -> str:
    # Feeds and APIs of sources may be behind a sign-in of the address alone; what tells its health has none. The
    # text is not shown: what stands before the `@` is a password or a token.
    if said := _web_address(text):
        return said
    named = "@" in urlsplit(text).netloc
    return "a sign-in in an address is a secret in the file: leave out what stands before the `@`" if named else ""


def _unsendable(url: str, values: Values) -> str:
    networks = table(values, "actions").get("networks", ())
    named = [one for one in networks if isinstance(one, str) and not _network(one)] if networks else []
    # what is no address at all is told as such
    return "" if _open_address(url) else unsendable_url(url, named)


def _network(text: str) -> str:
    try:
        ip_network("0.0.0.0/0" if text == "*" else text)
    except ValueError:
        return f"`{text}` is no IP address or network, like `10.0.0.7` or `10.0.0.0/24`"
    return ""


def _memory(text: str) -> str:
    good = re.fullmatch(r"\d+(\.\d+)?\s*([KMGT]i?B)", text, re.IGNORECASE)
    return "" if good else f"`{text}` is no size: write it like 256MB"


_TEXTS: Mapping[tuple[str, str], Callable[[str], str]] = {
    ("", "time_zone"): zone_fault,
    ("sources", "since"): _since,
    ("sources", "url"): _web_address,
    ("endpoints", "url"): _open_address,
    ("webhooks", "url"): _open_address,
    ("actions", "networks"): _network,
    ("calendars", "holidays"): _holiday,
    ("calendars", "hours"): _hours,
    ("schedule", "brief_at"): _hour_of_day,
    ("schedule", "snapshot_at"): _hour_of_day,
    ("schedule", "sweep_at"): _hour_of_day,
    ("store", "url"): _store,
    ("bus", "url"): _bus,
    ("oncall", "night"): _night,
    ("policy", "opa_url"): _open_address,
    ("policy", "quiet_hours"): lambda text: _night(text) if text else "",
    ("bus", "stream"): _stream,
    ("server", "public_url"): _open_address,
    ("server", "trusted_proxies"): _network,
    ("warehouse", "memory_limit"): _memory,
}
"""Section, empty for any, and key -> what is wrong with a text."""

_RANGES: Mapping[tuple[str, str], tuple[float, float]] = {
    ("server", "port"): (0, 65535),
    ("mail", "port"): (0, 65535),
    ("bus", "replicas"): (1, 5),
    # all of a snapshot is there within five seconds
    ("endpoints", "timeout_s"): (0, 4),
    # what is counted may be a difference
    ("snapshot", "warn_below"): (-math.inf, math.inf),
    ("snapshot", "warn_above"): (-math.inf, math.inf),
    ("policy", "coverage_percent"): (0, 100),
    ("policy", "timeout_ms"): (1, 60_000),
    ("privacy", "minimum_group"): (1, math.inf),
    ("incidents", "attribution_threshold"): (0, 1),
    ("incidents", "recurrence_threshold"): (0, 1),
    ("slos", "objective"): (0, 1),
    ("slos", "step_minutes"): (1, 1440),
    ("reviewers", "spread"): (0, 1),
}
"""Least and largest number; no other setting may be negative."""


def _references(values: Values) -> Iterator[Fault]:
    for section, key, target, word in (
        ("teams", "parent", "teams", "team"),
        ("teams", "lead", "people", "person"),
        ("teams", "services", "services", "service"),
        ("services", "team", "teams", "team"),
        ("endpoints", "service", "services", "service"),
        ("slos", "service", "services", "service"),
        ("slos", "source", "sources", "source"),
    ):
        known = list(table(values, target))
        for name, item in table(values, section).items():
            for _, said in _leaves(item.get(key) if isinstance(item, Mapping) else None, ()):
                if isinstance(said, str) and said and said not in known:
                    yield (section, name, key), f"no {word} `{said}`{did_you_mean(said, known)}"


def _calendars(values: Values) -> Iterator[Fault]:
    """An unknown calendar would be the usual week without a word, and every wait told in the wrong hours."""
    # `default` holds without being written down.
    known = sorted({"default", *table(values, "calendars")})
    named = [
        ((section, name), item) for section in ("teams", "people") for name, item in table(values, section).items()
    ]
    for key, source in table(values, "sources").items():
        # the one option that names something of these settings: a holiday of an unknown calendar is nobody's
        for day_of in _holiday_calendars(source):
            if ":" not in day_of and day_of not in known:
                yield ("sources", key, "options", "calendars"), f"no calendar `{day_of}`{did_you_mean(day_of, known)}"
    for place, item in [*named, (("organisation",), values.get("organisation"))]:
        said = item.get("calendar") if isinstance(item, Mapping) else None
        # With a source in front it is the id of a calendar that records may bring; `doctor` says whether they did.
        if isinstance(said, str) and said and ":" not in said and said not in known:
            yield (*place, "calendar"), f"no calendar `{said}`{did_you_mean(said, known)}"


def _holiday_calendars(source: object) -> Iterator[str]:
    options = source.get("options") if isinstance(source, Mapping) and source.get("tool") == "ics" else None
    named = options.get("calendars") if isinstance(options, Mapping) else None
    yield from (said for said in (named if isinstance(named, list) else ()) if isinstance(said, str))


def _circles(teams: Values) -> Iterator[Fault]:
    """A team that is above itself would send whoever walks upwards round for ever."""
    for key in teams:
        above, seen = key, set[str]()
        while above in teams and above not in seen:
            seen.add(above)
            item = teams[above]
            parent = item.get("parent") if isinstance(item, Mapping) else None
            above = parent if isinstance(parent, str) else ""
        if above == key:
            yield ("teams", key, "parent"), f"team `{key}` is above itself"


def _objectives(values: Values) -> Iterator[Fault]:
    """An objective without a share to keep, or measured by half a query, would be kept for ever."""
    for key, slo in table(values, "slos").items():
        if not isinstance(slo, Mapping):
            continue
        share = slo.get("objective", 0)
        # all of it is promised: then a single error would spend an endless budget, and no rate could be told
        if isinstance(share, int | float) and share in (0, 1):
            yield ("slos", key, "objective"), "name the share that is promised, like 0.999: above 0 and below 1"
        if slo.get("window_days", 1) == 0:
            yield ("slos", key, "window_days"), "a window has a length: write it like 30"
        asked = {name for name in ("good", "total", "error_ratio") if slo.get(name)}
        if slo.get("source") and asked not in ({"good", "total"}, {"error_ratio"}):
            yield ("slos", key), "a source measures by `good` and `total`, or by `error_ratio` alone"
        if asked and not slo.get("source"):
            yield ("slos", key), "name the `source` that the queries are asked at"


def _sources(values: Values, tools: Collection[str]) -> Iterator[Fault]:
    for key, source in table(values, "sources").items():
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", key):
            yield ("sources", key), "a source's name starts the ids of its records: use a-z, 0-9, - and _"
        stated = source.get("tool") if isinstance(source, Mapping) else None
        tool = stated or key
        if tools and isinstance(tool, str) and tool not in tools:
            place = ("sources", key, "tool") if stated else ("sources", key)
            yield place, f"no connector `{tool}`{did_you_mean(tool, list(tools))}"
