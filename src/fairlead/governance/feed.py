"""Atom (RFC 4287) of the messages that lie in a feed: what a reader of feeds shows as entries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from fairlead.governance.letter import Letter
from fairlead.model.times import iso
from fairlead.store.outbox import Message

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
MOST_ENTRIES = 30
"""Entries of a feed: what is older was read or never will be."""

_ATOM = "http://www.w3.org/2005/Atom"
# XML 1.0 has no way to write these, not even escaped: one of them would make the whole feed unreadable
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

ET.register_namespace("", _ATOM)


def atom(address: str, title: str, entries: Sequence[tuple[Message, Letter]]) -> bytes:
    """The feed at an address, newest first. Ids are made of our own, never of the reader's secret."""
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _text(feed, "id", address)
    _text(feed, "title", title)
    # of an empty feed nothing was ever updated, and the standard wants a date
    _text(feed, "updated", iso(max(message.made_at for message, _ in entries)) if entries else "1970-01-01T00:00:00Z")
    ET.SubElement(feed, f"{{{_ATOM}}}link", rel="self", href=_clean(address), type="application/atom+xml")
    _text(ET.SubElement(feed, f"{{{_ATOM}}}author"), "name", "Fairlead")
    for message, letter in entries:
        entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        _text(entry, "id", f"{address}#{message.id}")
        _text(entry, "title", message.subject)
        _text(entry, "updated", iso(message.made_at))
        _text(entry, "published", iso(message.as_of))
        _text(entry, "content", letter.html or letter.text, type="html" if letter.html else "text")
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes).text = _clean(text)


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
