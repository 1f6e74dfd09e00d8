"""Coverage in four spellings: Cobertura (also of coverage.py, gcovr and Istanbul), LCOV, and JSON of coverage.py."""

from __future__ import annotations

from msgspec import UNSET

from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.results.markup import Element, walk
from fairlead.connectors.results.sheet import Sheet
from fairlead.connectors.results.stated import moment
from fairlead.model.errors import Unreadable

_LINE_DIGITS = 9


def cobertura(body: bytes, sheet: Sheet) -> None:
    """Says the totals of the root, or counts lines where it has none."""
    lines: dict[tuple[str, int], bool] = {}
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
            hit = (element.whole("hits") or 0) > 0
            lines[file, number] = hit or lines.get((file, number), False)

    walk(body, begin)
    head = outer[0]
    covered, total = head.whole("lines-covered"), head.whole("lines-valid")
    if covered is None or total is None:
        if not lines and "line-rate" in head.attributes:
            head.wrong("says a rate and neither `lines-valid` nor lines")
        covered, total = sum(lines.values()), len(lines)
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
    lines: dict[tuple[str, int], bool] = {}
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
            lines[file, place] = count > 0 or lines.get((file, place), False)
        elif word == "LF":
            (found,) = _numbers(number, rest, 1)
        elif word == "LH":
            (hit,) = _numbers(number, rest, 1)
    if not ended:
        raise Unreadable(f"line {number}", f"the record of `{file[:80]}` does not end: the file is cut")
    if not summed:
        raise Unreadable("line 1", "no record ends here: this is no LCOV, or a cut one")
    counted = {file for file, _ in lines}
    bare = [totals for file, totals in summed.items() if file not in counted]
    covered = sum(lines.values()) + sum(hit for _, hit in bare)
    sheet.measured(covered, len(lines) + sum(found for found, _ in bare), None)


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
