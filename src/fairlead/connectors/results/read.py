"""One report -> what it says; the format is known by content, since names of files mean nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.connectors.kit.payload import document
from fairlead.connectors.results import covering, junit, markup
from fairlead.connectors.results.sarif import sarif
from fairlead.connectors.results.sheet import Sheet
from fairlead.connectors.results.stated import stated
from fairlead.model.errors import Unreadable

LARGEST = 64 << 20
"""Bytes; a report beyond holds logs, and reading it would stop all others for seconds."""

_XML: Mapping[str, Callable[[bytes, Sheet], None]] = MappingProxyType(
    {"testsuites": junit.junit, "testsuite": junit.junit, "coverage": covering.cobertura}
)
_LCOV = re.compile(rb"(?:TN|SF|VER):")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read(delivery: Delivery, options: Options) -> Reading:
    """Raises `Unreadable` with line or path of what is wrong."""
    sheet = Sheet(options.source, stated(delivery.headers))
    body = delivery.body
    if len(body) > LARGEST:
        raise Unreadable("line 1", f"the report is larger than {LARGEST >> 20} MB")
    start = body[:4096].lstrip(b" \t\r\n\0" + b"".join(_MARKS))
    if start.startswith(b"<"):
        _markup(body, sheet)
    elif start.startswith((b"{", b"[")):
        _json(body, sheet, options)
    elif _LCOV.match(start):
        covering.lcov(body, sheet)
    else:
        raise Unreadable("line 1", f"no known format: expected {_KNOWN}")
    return Reading(patches=sheet.patches, sweeps=sheet.sweeps, nothing=sheet.nothing)


def _markup(body: bytes, sheet: Sheet) -> None:
    outermost = markup.root(body.lstrip())
    reader = _XML.get(outermost)
    if reader is None:
        raise Unreadable("line 1", f"no known format: <{outermost[:40]}>; expected {_KNOWN}")
    # expat takes no blanks before the declaration, and shells and templates put them there
    reader(body.lstrip(), sheet)


def _json(body: bytes, sheet: Sheet, options: Options) -> None:
    report = document(body)
    if "runs" in report:
        sarif(report, sheet, options.values)
    elif "totals" in report:
        covering.coverage_json(report, sheet)
    else:
        raise Unreadable("", f"no known format: expected {_KNOWN}")


_KNOWN = "JUnit or Cobertura XML, LCOV, JSON of coverage.py or SARIF"
