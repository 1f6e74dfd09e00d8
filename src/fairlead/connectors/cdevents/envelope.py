"""CloudEvents as they come over HTTP: binary, structured, in batches; and bare CDEvents."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.connectors.kit.payload import Doc, decode
from fairlead.model.errors import Unreadable


@dataclass(frozen=True, slots=True)
class Enveloped:
    """One event with its envelope taken off."""

    type: str
    source: str
    id: str
    time: datetime | None
    data: Doc


def events(headers: Mapping[str, str], body: bytes) -> Iterator[Enveloped]:
    value = decode(body)
    if "ce-type" in headers:
        yield _binary(headers, value)
        return
    for position, entry in enumerate(value if type(value) is list else [value]):
        if type(entry) is not dict:
            raise Unreadable("", "expected a CloudEvent")
        yield _structured(Doc(entry, f"[{position}]" if type(value) is list else ""))


def _binary(headers: Mapping[str, str], value: Any) -> Enveloped:
    if type(value) is not dict:
        raise Unreadable("", "expected an object")
    clock = Doc({"ce-time": headers.get("ce-time")}, "headers")
    return Enveloped(
        headers["ce-type"], headers.get("ce-source", ""), headers.get("ce-id", ""), clock.time("ce-time") or None,
        Doc(value, ""),
    )  # fmt: skip


def _structured(event: Doc) -> Enveloped:
    if context := event.child("context"):
        source, identity = context.text("source") or "", context.text("id") or ""
        return Enveloped(context.need_text("type"), source, identity, context.time("timestamp") or None, event)
    type_, source, identity = event.need_text("type"), event.text("source") or "", event.text("id") or ""
    return Enveloped(type_, source, identity, event.time("time") or None, _data(event))


def _data(event: Doc) -> Doc:
    packed = event.text("data_base64")
    if not packed:
        return event.child("data") or Doc({}, "data")
    try:
        value = decode(base64.b64decode(packed, validate=True))
    except (binascii.Error, ValueError):
        event.wrong("data_base64", "is not base64")
    if type(value) is not dict:
        event.wrong("data_base64", "expected an object inside")
    return Doc(value, "data")
