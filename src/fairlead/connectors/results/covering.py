"""Coverage in four spellings: Cobertura (also of coverage.py, gcovr and Istanbul), LCOV, and JSON of coverage.py."""

from __future__ import annotations

from msgspec import UNSET

from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.results.markup import Element, walk
from fairlead.connectors.results.sheet import Sheet
from fairlead.connectors.results.stated import moment
from fairlead.model.errors import Unreadable

_LINE_DIGITS = 9
_MOST_LINES = 4_000_000
"""Twice the Linux kernel; all are held at once, since a file may stand in a report several times."""


class _Lines:
    """Which lines of which files there are, and which of them were run."""

    def __init__(self) -> None:
        self.files: dict[str, dict[int, bool]] = {}
        self._held = 0

    def add(self, file: str, number: int, hit: bool, place: int) -> None:
        held = self.files.setdefault(file, {})
        if number not in held:
            self._held += 1
            if self._held > _MOST_LINES:
                raise Unreadable(f"line {place}", f"more than {_MOST_LINES} lines of code")
        held[number] = hit or held.get(number, False)

    def covered(self) -> int:
        return sum(sum(held.values()) for held in self.files.values())

    def total(self) -> int:
        return self._held


def cobertura(body: bytes, sheet: Sheet) -> None:
    """Says the totals of the root, or counts lines where it has none."""
    lines = _Lines()
    outer: list[Element] = []
    file = ""

    def begin(element: Element) -> None:
        nonlocal file
        if not outer:
            outer.append(element)
        elif element.tag == "project":
            element.wrong("this is Clover: let the tool write Cobertura")
        elif element.tag == "class":
            file = element.attributes.get("filename") or element.attributes.get("name", "")
        elif element.tag == "line" and (number := element.whole("number")) is not None:
            # a line stands in its method and in its class, and a file in each of its classes
            lines.add(file, number, (element.whole("hits") or 0) > 0, element.line)

    walk(body, begin)
    head = outer[0]
    covered, total = head.whole("lines-covered"), head.whole("lines-valid")
    if covered is None or total is None:
        if not lines.files and "line-rate" in head.attributes:
            head.wrong("says a rate and neither `lines-valid` nor lines")
        covered, total = lines.covered(), lines.total()
    if not 0 <= covered <= total:
        head.wrong(f"`lines-covered` is {covered} of {total}")
    sheet.measured(covered, total, moment(head.attributes.get("timestamp", "")))


def coverage_json(report: Doc, sheet: Sheet) -> None:
    """Says the totals of `coverage json`."""
    totals, about = report.need("totals"), report.child("meta")
    covered, total = totals.need_whole("covered_lines"), totals.need_whole("num_statements")
    if not 0 <= covered <= total:
        totals.wrong("covered_lines", f"is {covered} of {total}")
    stamp = about.text("timestamp") if about else UNSET
    sheet.measured(covered, total, moment(stamp) if isinstance(stamp, str) else None)


def lcov(body: bytes, sheet: Sheet) -> None:
    """Counts the lines of all files; a file that stands there for several tests counts once."""
    lines = _Lines()
    summed: dict[str, tuple[int, int]] = {}
    file, found, hit, ended = "", 0, 0, True
    for number, raw in enumerate(body.decode("utf-8-sig", "replace").splitlines(), start=1):
        word, _, rest = raw.strip().partition(":")
        if word == "SF":
            file, found, hit, ended = rest, 0, 0, False
        elif word == "end_of_record":
            # LF and LH alone say how many, not which: of several such records the largest is the least wrong
            summed[file] = max(summed.get(file, (0, 0)), (found, hit))
            ended = True
        elif word == "DA":
            place, count = _numbers(number, rest, 2)
            lines.add(file, place, count > 0, number)
        elif word == "LF":
            (found,) = _numbers(number, rest, 1)
        elif word == "LH":
            (hit,) = _numbers(number, rest, 1)
    if not ended:
        raise Unreadable(f"line {number}", f"the record of `{file[:80]}` does not end: the file is cut")
    if not summed:
        raise Unreadable("line 1", "no record ends here: this is no LCOV, or a cut one")
    bare = [totals for file, totals in summed.items() if file not in lines.files]
    covered = lines.covered() + sum(hit for _, hit in bare)
    sheet.measured(covered, lines.total() + sum(found for found, _ in bare), None)


def _numbers(line: int, text: str, count: int) -> list[int]:
    parts = [part.strip() for part in text.split(",")][:count]
    # gcc has written counts below zero, and geninfo counts as `1.5e+10`; the line was or was not run all the same
    try:
        found = [int(float(part)) if len(part) <= 30 else 1 for part in parts]
    except (ValueError, OverflowError):
        found = []
    if len(found) < count or not -(10**_LINE_DIGITS) < found[0] < 10**_LINE_DIGITS:
        raise Unreadable(f"line {line}", f"expected {count} numbers, got `{text[:40]}`")
    return found
