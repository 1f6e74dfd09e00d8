"""Faults of deliveries: a report that nobody knows, an hour that is none, a way on which nothing travels.

Told when the file is read; else they are found by the manager who waits for a report in the morning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from ipaddress import ip_address
from pathlib import PurePosixPath
from typing import Any

from fairlead.config.check import Fault, did_you_mean
from fairlead.config.repositories import table
from fairlead.model.addresses import read_address
from fairlead.model.calendar.days import read_days

Values = Mapping[str, Any]

PLACES = ("date", "report", "team", "language")
"""What the name of a file may hold in braces."""
SUFFIXES = (".md", ".html", ".json")
EACH_TEAM = "*"

_PLACE = re.compile(r"\{([^{}]*)\}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def delivery_faults(values: Values, reports: Collection[str] = ()) -> Iterator[Fault]:
    """All of them; without the names of reports no name is unknown."""
    deliveries, mail = table(values, "deliveries"), table(values, "mail")
    yield from _server(mail)
    for key, delivery in deliveries.items():
        if not _KEY.fullmatch(key):
            yield ("deliveries", key), "a delivery's key names its schedule: use letters, digits, - and _"
        if isinstance(delivery, Mapping):
            for name, said in _delivery(delivery, table(values, "teams"), reports):
                yield ("deliveries", key, *filter(None, (name,))), said
            if _texts(delivery.get("to")) and not mail.get("host"):
                yield ("deliveries", key, "to"), "mail needs a server: set `host` and `sender` in [mail]"
            hooks = table(values, "webhooks")
            for name in _texts(delivery.get("teams")):
                if name not in hooks:
                    yield ("deliveries", key, "teams"), f"no webhook `{name}`{did_you_mean(name, list(hooks))}"
            if _texts(delivery.get("slack")) and table(values, "slack").get("mode", "off") == "off":
                yield ("deliveries", key, "slack"), "Slack is off: set `mode` in [slack]"


def _delivery(delivery: Values, teams: Values, reports: Collection[str]) -> Iterator[tuple[str, str]]:
    report = delivery.get("report", "brief")
    if reports and isinstance(report, str) and report not in reports:
        yield "report", f"no report `{report}`{did_you_mean(report, list(reports))}"
    team = delivery.get("team", "")
    if isinstance(team, str) and team not in ("", EACH_TEAM, *teams):
        yield "team", f"no team `{team}`{did_you_mean(team, list(teams))}"
    yield from _read("at", delivery.get("at"), _time_of_day)
    yield from _read("days", delivery.get("days"), read_days)
    for said in _texts(delivery.get("to")):
        yield from _read("to", said, read_address)
    file = delivery.get("file", "")
    if isinstance(file, str) and file:
        yield from (("file", said) for said in _file(file, each=team == EACH_TEAM))
    if not (file or any(delivery.get(way) for way in ("to", "feed", "slack", "teams"))):
        yield (
            "",
            "it goes nowhere: name addresses in `to`, channels in `slack` or `teams`, a `file`, or `feed = true`",
        )


def _read(name: str, value: object, reader: Callable[[str], object]) -> Iterator[tuple[str, str]]:
    """What a reader of such texts says; a value of a wrong type is told as that."""
    if isinstance(value, str):
        try:
            reader(value)
        except ValueError as fault:
            yield name, str(fault)


def _time_of_day(text: str) -> None:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError(f"`{text}` is no time of day: write it like 08:30")


def _file(pattern: str, *, each: bool) -> Iterator[str]:
    path = PurePosixPath(pattern)
    if path.suffix not in SUFFIXES:
        yield f"`{pattern}` names no form: end it with {', '.join(SUFFIXES)}"
    if path.is_absolute() or ".." in path.parts or "\\" in pattern or not pattern.isprintable():
        yield f"`{pattern}` leads out of the folder of [reports]"
    used = _PLACE.findall(pattern)
    for place in used:
        if place not in PLACES:
            yield f"`{{{place}}}` stands for nothing{did_you_mean(place, list(PLACES))}"
    if "{" in _PLACE.sub("", pattern) or "}" in _PLACE.sub("", pattern):
        yield f"a brace of `{pattern}` has no other half"
    # Each team would write over the one before, and the last one would be all that is left.
    if each and "team" not in used:
        yield f"`{pattern}` is one file for all teams: put `{{team}}` into it"


def _server(mail: Values) -> Iterator[Fault]:
    host, security = mail.get("host"), mail.get("security", "starttls")
    if isinstance(sender := mail.get("sender", ""), str) and sender:
        yield from ((("mail", name), said) for name, said in _read("sender", sender, read_address))
    if not isinstance(host, str) or not host:
        return
    if not sender:
        yield ("mail",), 'name whose mail it is: sender = "Fairlead <fairlead@acme.example>"'
    if not re.fullmatch(r"[A-Za-z0-9._-]+", host) and not _is_ip(host):
        yield ("mail", "host"), f"`{host}` is no name of a server: the port stands in `port`"
    if security == "none" and mail.get("allow_unencrypted") is not True and not _here(host):
        yield ("mail", "security"), f"`none` to {host} is read on the way: use starttls or tls"
    if bool(mail.get("user")) != bool(mail.get("password")):
        yield ("mail", "password" if mail.get("password") else "user"), "user and password belong together"


def _here(host: str) -> bool:
    return host == "localhost" or (_is_ip(host) and ip_address(host).is_loopback)


def _is_ip(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
