"""JUnit XML in the dialects of Surefire, Gradle, pytest, Jest, GoogleTest and their kin; no two agree on the rest."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.results.markup import Element, walk
from fairlead.connectors.results.sheet import Sheet
from fairlead.connectors.results.stated import moment
from fairlead.model.records.delivery import TestResult
from fairlead.model.records.kinds import Number

_SUITES = frozenset({"testsuites", "testsuite"})
_ENDINGS: Mapping[str, str] = MappingProxyType({"failure": "failed", "error": "error", "skipped": "skipped"})
_FLAKY: Mapping[str, str] = MappingProxyType({"flakyFailure": "failed", "flakyError": "error"})
"""What Surefire writes into a case that passed at last: an attempt before that."""

_STATUSES: Mapping[str, str] = MappingProxyType(
    {"notrun": "skipped", "disabled": "skipped", "suppressed": "skipped", "skipped": "skipped", "ignored": "skipped",
     "failed": "failed", "failure": "failed", "error": "error"}
)  # fmt: skip
"""Words of `status` and `result`, which decide only where no child says how the case ended."""

_GRAVITY = ("passed", "skipped", "failed", "error")
_MOST_CASES = 250_000
"""Each becomes a record, and all of them are held at once: short cases of a large file would fill the memory."""

_TEXTS = frozenset((*_ENDINGS, *_FLAKY))


@dataclass(slots=True)
class _Case:
    element: Element
    suite: str
    name: str
    at: datetime | None
    result: str = ""
    messages: list[str] = field(default_factory=list)
    attempts: list[tuple[str, str]] = field(default_factory=list)


def junit(body: bytes, sheet: Sheet) -> None:
    """Says each test case, and each attempt of a flaky one."""
    report = _Report(sheet)
    walk(body, report.begin, report.end, _TEXTS)
    if not sheet.patches:
        sheet.nothing = "a report without test cases"


class _Report:
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._suites: list[tuple[str, datetime | None]] = []
        self._case: _Case | None = None
        self._seen: Counter[tuple[str, str]] = Counter()

    def begin(self, element: Element) -> None:
        if element.tag in _SUITES:
            own = moment(element.attributes.get("timestamp", ""))
            self._suites.append((element.attributes.get("name", ""), own or (self._suites or [("", None)])[-1][1]))
        elif element.tag == "testcase":
            # cases do not nest; one that does not end in its place is what expat would have refused
            self._case = self._opened(element)

    def end(self, element: Element, text: str) -> None:
        if element.tag in _SUITES:
            self._suites.pop()
        elif self._case is None:
            return
        elif element.tag == "testcase":
            self._say(self._case)
            self._case = None
        elif element.tag in _TEXTS:
            self._ended(self._case, element, text)

    def _opened(self, element: Element) -> _Case:
        if len(self._sheet.patches) >= _MOST_CASES:
            element.wrong(f"more than {_MOST_CASES} cases: let the runner write several reports")
        inner, at = self._suites[-1] if self._suites else ("", None)
        suite = element.attributes.get("classname") or inner
        if "name" not in element.attributes and not suite:
            element.wrong("has neither name nor class")
        # GoogleTest gives no name to what fails between tests, like the set-up of a suite
        name = element.attributes.get("name") or suite or "unnamed"
        return _Case(element, suite, name, moment(element.attributes.get("timestamp", "")) or at)

    @staticmethod
    def _ended(case: _Case, element: Element, text: str) -> None:
        said = element.attributes.get("message", "").strip()
        # the reason first: pytest's text begins with the source of the test and says it lines below
        begins = text.startswith(said) or said in text.partition("\n")[0]
        message = text if begins else f"{said}\n{text}".strip()
        if flaky := _FLAKY.get(element.tag):
            case.attempts.append((flaky, message))
            return
        # one case may fail several times, and in its clean-up once more
        case.result = max(case.result or "passed", _ENDINGS[element.tag], key=_GRAVITY.index)
        case.messages.append(message)

    def _say(self, case: _Case) -> None:
        attributes = case.element.attributes
        words = (attributes.get("status", ""), attributes.get("result", ""))
        stated = [_STATUSES[word.lower()] for word in words if word.lower() in _STATUSES]
        result = case.result or max(stated, key=_GRAVITY.index, default="passed")
        # parametrised cases and reruns share a name: they are told apart by their order in the report
        self._seen[case.suite, case.name] += 1
        key = (case.suite, case.name, str(self._seen[case.suite, case.name]))
        message = "\n".join(part for part in case.messages if part)
        self._put(case, key, result, message, _seconds(case.element))
        for number, (ending, why) in enumerate(case.attempts, start=1):
            self._put(case, (*key, str(number)), ending, why, UNSET)

    def _put(self, case: _Case, key: tuple[str, ...], result: str, message: str, seconds: Number) -> None:
        sheet = self._sheet
        at = sheet.when(case.at)
        # a second attempt under the same name is another result: that both are there shows a flaky test
        apart = (*key, sheet.stated.build) if sheet.stated.build else key
        sheet.say(
            TestResult(
                id=sheet.below("test", *apart),
                source=sheet.source,
                build=sheet.build,
                repository=sheet.stated.repository,
                sha=sheet.stated.sha,
                suite=case.suite or None,
                name=case.name,
                result=result,
                duration_s=seconds,
                at=at,
                message=message[:4000] or None,
            ),
            at,
        )


def _seconds(case: Element) -> Number:
    """`time` in seconds: plain, with commas between thousands (Surefire), or with a decimal comma."""
    text = case.attributes.get("time", "").strip().removesuffix("s").strip()
    if not text:
        return UNSET
    # a lone comma is a decimal one: a test of exactly 1234 seconds is far rarer than one of 1.234
    plain = text.replace(",", "." if "." not in text and text.count(",") == 1 else "")
    try:
        seconds = float(plain)
    except ValueError:
        case.wrong(f"`time`: expected seconds, got `{text[:40]}`")
    return seconds if math.isfinite(seconds) and seconds >= 0 else UNSET
