"""The payload cursor: typed access to a decoded body that knows where it is.

A wrong shape is told with its path, `pull_request.number: expected a whole number, got text`. A key that is missing
gives `UNSET` (nothing is said), `null` gives `None` (said to be empty): so a partial object never blanks a field.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, NoReturn

import msgspec
from msgspec import UNSET

from fairlead.model.errors import Unreadable
from fairlead.model.records.kinds import Flag, Number, Text, Time, Whole
from fairlead.model.times import parse_time

# the largest that both databases hold; ids of tools stay below
_WHOLE_LIMIT = 2**63
_EARLIEST_YEAR = 1700
"""Versions of records sort as text from about 1653 on; no tool has older times."""

_SHOWN_TYPES: dict[type, str] = {
    str: "text", int: "a whole number", float: "a number", bool: "true or false", dict: "an object", list: "a list",
    type(None): "null",
}  # fmt: skip

# Neither a NUL nor half a surrogate pair can be stored as text: PostgreSQL refuses the one, UTF-8 the other.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def decode(body: bytes) -> Any:
    """Bytes -> plain values; odd but harmless text is repaired, anything else is `Unreadable`."""
    try:
        found = msgspec.json.decode(body)
        # Only an escape can bring a NUL into valid JSON; msgspec itself refuses lone surrogates, which the slow
        # path repairs.
        return _scrubbed(found) if b"\\u0000" in body else found
    except RecursionError:
        raise Unreadable("", "nested too deeply") from None
    except (msgspec.MsgspecError, UnicodeError):
        return _decode_leniently(body)


def document(body: bytes) -> Doc:
    """Body of a webhook or of a page that is an object."""
    found = decode(body)
    if type(found) is not dict:
        raise Unreadable("", f"expected an object, got {_shown(found)}")
    return Doc(found, "")


def documents(body: bytes) -> list[Doc]:
    """Body of a page that is a list of objects."""
    found = decode(body)
    if type(found) is not list:
        raise Unreadable("", f"expected a list, got {_shown(found)}")
    return list(_docs(found, ""))


class Doc:
    """An object of a payload with its path."""

    __slots__ = ("data", "path")

    def __init__(self, data: dict[str, Any], path: str) -> None:
        self.data = data
        self.path = path

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def text(self, key: str) -> Text:
        """A text."""
        value = self.data.get(key, UNSET)
        if type(value) is str or value is None or value is UNSET:
            return value
        return self._wrong(key, "text", value)

    def whole(self, key: str) -> Whole:
        """A whole number that fits into 64 bits."""
        value = self.data.get(key, UNSET)
        if value is None or value is UNSET:
            return value
        if type(value) is int:
            return value if -_WHOLE_LIMIT <= value < _WHOLE_LIMIT else self.wrong(key, "is longer than 64 bits")
        # some producers write 12.0; beyond 2**53 a float no longer says which number was meant
        if type(value) is float and value.is_integer() and abs(value) < 2**53:
            return int(value)
        return self._wrong(key, "a whole number", value)

    def number(self, key: str) -> Number:
        """A number."""
        value = self.data.get(key, UNSET)
        if value is None or value is UNSET:
            return value
        if type(value) is float or (type(value) is int and abs(value) < _WHOLE_LIMIT):
            return float(value)
        return self._wrong(key, "a number", value)

    def flag(self, key: str) -> Flag:
        """True or false."""
        value = self.data.get(key, UNSET)
        if type(value) is bool or value is None or value is UNSET:
            return value
        return self._wrong(key, "true or false", value)

    def time(self, key: str) -> Time:
        """A moment, from ISO 8601 or an epoch number."""
        value = self.data.get(key, UNSET)
        if value is None or value is UNSET:
            return value
        if type(value) is str or type(value) is int or type(value) is float:
            try:
                return _moment(value)
            except (ValueError, OverflowError):
                return self._wrong(key, "a time", value)
        return self._wrong(key, "a time", value)

    def child(self, key: str) -> Doc | None:
        """An object; `None` where it is missing or null."""
        value = self.data.get(key)
        if value is None:
            return None
        if type(value) is dict:
            return Doc(value, f"{self.path}.{key}" if self.path else key)
        return self._wrong(key, "an object", value)

    def children(self, key: str) -> Iterator[Doc]:
        """The objects of a list without its nulls; none where it is missing or null."""
        value = self.data.get(key)
        if value is None:
            return iter(())
        if type(value) is list:
            return _docs(value, self._at(key))
        return self._wrong(key, "a list", value)

    def texts(self, key: str) -> list[str]:
        """The texts of a list; none where it is missing or null."""
        value = self.data.get(key)
        if value is None:
            return []
        if type(value) is not list or not all(type(entry) is str or entry is None for entry in value):
            return self._wrong(key, "a list of texts", value)
        return [entry for entry in value if entry is not None]

    def need_text(self, key: str) -> str:
        """A text that must be there and not be empty."""
        # an empty id would join all records that lack one
        return self.text(key) or self._missing(key, "text")

    def need_whole(self, key: str) -> int:
        """A whole number that must be there."""
        value = self.whole(key)
        return value if type(value) is int else self._missing(key, "a whole number")

    def need_time(self, key: str) -> datetime:
        """A moment that must be there."""
        return self.time(key) or self._missing(key, "a time")

    def need(self, key: str) -> Doc:
        """An object that must be there."""
        return self.child(key) or self._missing(key, "an object")

    def plain(self, key: str) -> Any:
        """Whatever the tool wrote, for values whose shape is the user's own."""
        return self.data.get(key)

    def wrong(self, key: str, problem: str) -> NoReturn:
        """Refuses a value whose type is right and whose content is not."""
        raise Unreadable(self._at(key), problem)

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _wrong(self, key: str, expected: str, value: object) -> NoReturn:
        raise Unreadable(self._at(key), f"expected {expected}, got {_shown(value)}")

    def _missing(self, key: str, expected: str) -> NoReturn:
        got = "nothing" if key not in self.data else "null" if self.data[key] is None else "an empty value"
        raise Unreadable(self._at(key), f"expected {expected}, got {got}")


def entries(body: bytes, *keys: str) -> list[Doc]:
    """The objects of a page: a bare list, a list or object below one of the keys, or the one that was asked for."""
    found = decode(body)
    if type(found) is list:
        return list(_docs(found, ""))
    if type(found) is not dict:
        raise Unreadable("", f"expected an object, got {_shown(found)}")
    page = Doc(found, "")
    for key in keys:
        if key in page:
            return [page.need(key)] if type(page.plain(key)) is dict else list(page.children(key))
    # an answer of another kind, like an error in a page's place, has no id and must not pass for an empty page
    if keys and "id" not in page:
        page.wrong(keys[0], "expected a list, got nothing")
    return [page]


def file_text(file: Doc) -> str:
    """Text of a file as the APIs of code hosts hand it out, in base64 most of the time."""
    content = file.text("content") or ""
    if file.text("encoding") != "base64":
        return content
    try:
        return base64.b64decode(content).decode("utf-8", "replace").replace("\0", "\ufffd")
    except (binascii.Error, ValueError):
        file.wrong("content", "is not base64")


def _docs(values: list[Any], path: str) -> Iterator[Doc]:
    for position, value in enumerate(values):
        # GitHub and GitLab leave null in a list of people for one whose account is gone
        if value is None:
            continue
        if type(value) is not dict:
            raise Unreadable(f"{path}[{position}]", f"expected an object, got {_shown(value)}")
        yield Doc(value, f"{path}[{position}]")


@lru_cache(maxsize=4096)
def _moment(value: str | float) -> datetime | None:
    # kept by value: the same few times stand in a payload again and again
    found = parse_time(value)
    if found is not None and found.year < _EARLIEST_YEAR:
        raise ValueError(f"not a time of any tool: {value}")
    return found


def _decode_leniently(body: bytes) -> Any:
    """The slow path: wrong UTF-8 and lone surrogates become U+FFFD, a byte order mark is skipped."""
    try:
        # a title that was cut in the middle of a character is no reason to lose the payload
        text = body.decode("utf-8-sig", "replace")
        return _scrubbed(json.loads(text, parse_constant=_refuse_constant))
    except RecursionError:
        raise Unreadable("", "nested too deeply") from None
    except ValueError as fault:
        raise Unreadable("", f"not JSON: {_without_content(fault)}") from None


def _refuse_constant(word: str) -> NoReturn:
    # Python's decoder would let NaN and infinity through to a store that cannot hold them
    raise ValueError(f"`{word}` is no JSON number")


def _without_content(fault: ValueError) -> str:
    """The decoder's complaint; quarantine shows it, so it must not quote the payload at length."""
    return str(fault)[:120]


def _scrubbed(value: Any) -> Any:
    if type(value) is str:
        return _UNSTORABLE.sub("\ufffd", value)
    if type(value) is dict:
        return {_scrubbed(key): _scrubbed(entry) for key, entry in value.items()}
    if type(value) is list:
        return [_scrubbed(entry) for entry in value]
    return value


def _shown(value: object) -> str:
    return _SHOWN_TYPES.get(type(value), type(value).__name__)
