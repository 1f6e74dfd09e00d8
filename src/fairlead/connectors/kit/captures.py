"""Files of captured events: webhooks `{source, headers, body}` and API pages `{source, endpoint, body}`.

One JSON object a line, or a folder of such files and of files that hold one object or a list. All faults are found
before anything is used: either every event of every file is good, or none is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from fairlead.connectors.kit.connector import Connector
from fairlead.connectors.kit.entered import SOURCE as ENTERED
from fairlead.connectors.kit.payload import Doc, decode
from fairlead.model.errors import ConfigFault, Unreadable
from fairlead.model.raw import RawEvent, content_id

_SUFFIXES = (".json", ".jsonl", ".ndjson")
_SECRET_HEADERS = ("authorization", "cookie", "token", "secret", "proxy-authorization")
_MOST_FAULTS = 200
"""More are not listed: a file of the wrong kind has a fault in each line."""


@dataclass(slots=True)
class Captured:
    """What the files hold."""

    events: list[RawEvent] = field(default_factory=list)
    faults: list[ConfigFault] = field(default_factory=list)
    files: int = 0


def read_captures(
    path: Path, connector_of: Callable[[str], tuple[str, Connector]], received_at: datetime
) -> Captured:
    """Reads a file or folder; `connector_of` gives the source name and its connector for a capture's `source`."""
    found = Captured()
    for file in _files(path, found):
        found.files += 1
        for line, value in _values(file, found):
            # nothing is taken once there is one: the rest would be read for nothing
            if len(found.faults) >= _MOST_FAULTS:
                return found
            try:
                found.events.append(_event(Doc(value, ""), connector_of, received_at))
            except Unreadable as fault:
                found.faults.append(ConfigFault(str(file), line, 1, fault.message))
    return found


def _files(path: Path, found: Captured) -> Iterator[Path]:
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
        if not files:
            found.faults.append(ConfigFault(str(path), 1, 1, f"no file with {', '.join(_SUFFIXES)} in this folder"))
        yield from files
    elif path.is_file():
        yield path
    else:
        found.faults.append(ConfigFault(str(path), 1, 1, "no such file or folder"))


def _values(file: Path, found: Captured) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file with their lines: one a line, or else the whole file as one object or a list."""
    with file.open("rb") as stream:
        # A file called .json may hold one pretty-printed object or an object a line: its first line decides.
        first = stream.readline()
        whole = file.suffix == ".json" and not _is_object(first)
        if whole:
            yield from _whole(file, first + stream.read(), found)
            return
        stream.seek(0)
        for line, text in enumerate(stream, start=1):
            if text.strip():
                yield from _checked(file, line, text, found)


def _whole(file: Path, text: bytes, found: Captured) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        value = decode(text)
    except Unreadable as fault:
        found.faults.append(ConfigFault(str(file), 1, 1, fault.message))
        return
    for entry in value if type(value) is list else [value]:
        if type(entry) is dict:
            yield 1, entry
        else:
            found.faults.append(ConfigFault(str(file), 1, 1, "expected an object or a list of objects"))


def _checked(file: Path, line: int, text: bytes, found: Captured) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        value = decode(text)
    except Unreadable as fault:
        found.faults.append(ConfigFault(str(file), line, 1, fault.message))
        return
    if type(value) is dict:
        yield line, value
    else:
        found.faults.append(ConfigFault(str(file), line, 1, "expected an object"))


def _is_object(line: bytes) -> bool:
    try:
        return type(decode(line)) is dict
    except Unreadable:
        return False


def _event(capture: Doc, connector_of: Callable[[str], tuple[str, Connector]], received_at: datetime) -> RawEvent:
    name = capture.need_text("source")
    try:
        source, connector = connector_of(name)
    except LookupError:
        raise Unreadable("source", f"no source or tool `{name}`") from None
    if connector.tool == ENTERED:
        # whoever may bring a file along could otherwise give themselves a role, in somebody else's name
        raise Unreadable("source", "what people enter comes from this process alone, never from a file")
    body = _body(capture)
    headers = _headers(capture)
    if "endpoint" in capture:
        return _page(capture, source, connector, headers, body, received_at)
    kind, delivery = connector.envelope(headers, body)
    # the kind of a webhook stands in its headers: without them it would be kept as unknown for good
    if not headers:
        raise Unreadable("headers", "expected an object with the headers of the webhook, or an `endpoint`")
    return RawEvent(source, connector.tool, kind, delivery, body, received_at, headers, "unverified")


def _page(
    capture: Doc, source: str, connector: Connector, headers: dict[str, str], body: bytes, received_at: datetime
) -> RawEvent:
    endpoint = capture.need_text("endpoint").strip()
    kind = endpoint if endpoint.startswith("api:") else f"api:{endpoint}"
    # pages have no delivery id; the same page carried in twice is one event
    delivery = content_id(kind, headers.get("path", ""), body)
    return RawEvent(source, connector.tool, kind, delivery, body, received_at, headers, "unverified")


def _body(capture: Doc) -> bytes:
    """The body as it came: text byte for byte, an object encoded again; no signature is checked here."""
    if "body" not in capture:
        raise Unreadable("body", "expected an object, a list or a text, got nothing")
    body = capture.plain("body")
    if type(body) is str:
        # what was recorded as text stays byte for byte, so that the delivery has the id that it had
        return body.encode("utf-8", "replace")
    if type(body) in (dict, list):
        try:
            return msgspec.json.encode(body)
        except (ValueError, RecursionError, OverflowError) as fault:
            raise Unreadable("body", f"cannot be written as JSON: {fault}") from None
    raise Unreadable("body", "expected an object, a list or a text")


def _headers(capture: Doc) -> dict[str, str]:
    """Lower-case names, without secrets."""
    given: Mapping[str, Any] = found.data if (found := capture.child("headers")) else {}
    headers = {}
    for name, value in given.items():
        # some recorders keep every header as a list
        if type(value) is list and value:
            value = value[0]
        if type(value) not in (str, int, float):
            raise Unreadable(f"headers.{name}", "expected text")
        # the file may have been recorded with a live token in it
        if not any(word in name.lower() for word in _SECRET_HEADERS):
            headers[name.lower()] = str(value)
    return headers
