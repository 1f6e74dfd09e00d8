"""SARIF 2.1: findings of code scanners as alerts, those that a newer report of the same tool lacks as gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from fairlead.connectors.kit.connector import Sweep
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.results.sheet import Sheet, digested
from fairlead.connectors.results.stated import moment
from fairlead.model.errors import Unreadable
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.kinds import Text
from fairlead.model.records.operation import Alert

_LEVELS: Mapping[str, str] = MappingProxyType({"error": "high", "warning": "medium", "note": "low", "none": "low"})
_SCORES = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.0, "low"))
"""GitHub's bounds for `security-severity`."""

_NO_FINDING = frozenset({"pass", "notApplicable", "informational", "open"})
_MAIN = ("main", "master", "trunk")
_TITLE = 500
_MOST_FINDINGS = 100_000
"""Four times what GitHub takes of a run; nobody can tend to more, and each is a record."""


def sarif(report: Doc, sheet: Sheet, options: Mapping[str, Any]) -> None:
    """Says the findings of all runs; alerts tell how the main branch stands, so other branches say none."""
    version = report.text("version")
    if not isinstance(version, str) or not version.startswith("2."):
        report.wrong("version", "expected SARIF 2.1")
    main = options.get("alert_branches")
    known = main if isinstance(main, list | tuple) else _MAIN
    branch = sheet.stated.branch
    if branch and branch not in known:
        sheet.nothing = f"alerts are taken from {', '.join(map(str, known))}, not from `{branch}`"
        return
    # several runs of one tool and category are one statement: a sweep of each would bury what the others found
    found: dict[str, tuple[datetime, set[str]]] = {}
    for run in report.children("runs"):
        told = _Run.of(run, sheet)
        at, ids = found.setdefault(told.scope, (told.at, set()))
        found[told.scope] = (max(at, told.at), ids)
        ids.update(told.say(sheet))
    for scope, (at, ids) in found.items():
        sheet.sweeps.append(Sweep("alerts", scope, frozenset(ids), at))
    if not found:
        sheet.nothing = "a report without runs"


@dataclass(slots=True)
class _Run:
    run: Doc
    at: datetime
    scope: str
    rules: Mapping[str, Doc]
    listed: list[Doc]

    @classmethod
    def of(cls, run: Doc, sheet: Sheet) -> _Run:
        tool = run.need("tool").need("driver")
        listed = list(tool.children("rules"))
        rules = {str(rule.text("id")): rule for rule in listed}
        for extension in run.need("tool").children("extensions"):
            rules |= {str(rule.text("id")): rule for rule in extension.children("rules")}
        details = run.child("automationDetails")
        named = (details.text("id") or "") if details else ""
        # what stands behind the last slash is the number of the run; the category is before it
        category = named.rpartition("/")[0] if "/" in named else named
        which = digested(tool.need_text("name"), category, sheet.stated.name)
        times = [_moment(each, key) for each in run.children("invocations") for key in ("endTimeUtc", "startTimeUtc")]
        at = sheet.when(max((time for time in times if time), default=None))
        return cls(run, at, f"{sheet.stated.repository}/alert/code_scanning/{which}/", rules, listed)

    def say(self, sheet: Sheet) -> Iterator[str]:
        seen: Counter[str] = Counter()
        for result in self.run.children("results"):
            if result.text("kind") in _NO_FINDING:
                continue
            rule = self._rule(result)
            path = self._path(result)
            named = result.text("ruleId") or (rule.text("id") if rule else None) or "unnamed"
            message = _words(result.child("message"), rule)
            key = _fingerprint(result) or f"{path or ''}\n{message}"
            seen[f"{named}\n{key}"] += 1
            identity = self.scope + digested(named, key, str(seen[f"{named}\n{key}"]))
            yield identity
            if len(sheet.patches) >= 2 * _MOST_FINDINGS:
                raise Unreadable(result.path, f"more than {_MOST_FINDINGS} findings")
            self._alert(sheet, identity, result, rule, (named, path, message))

    def _alert(self, sheet: Sheet, identity: str, result: Doc, rule: Doc | None, said: tuple[str, Text, str]) -> None:
        named, path, message = said
        state = _state(result)
        short = rule.child("shortDescription") if rule else None
        record = Alert(
            id=identity,
            source=sheet.source,
            url=result.text("hostedViewerUri"),
            repository=sheet.stated.repository,
            kind="code_scanning",
            title=((short.text("text") if short else None) or message or named)[:_TITLE],
            rule=named,
            severity=_severity(result, rule),
            state=state,
            ended_at=None if state == "open" else self.at,
            path=path,
        )
        sheet.say(record, self.at)
        # The first sighting is the beginning, in whichever order reports come. The highest version wins, so the time
        # mirrored at 1970 is the version here: the earlier the report, the higher.
        mirrored = OLDEST - (self.at - OLDEST)
        sheet.patches.append(Patch(Alert(id=identity, started_at=self.at), mirrored))

    def _rule(self, result: Doc) -> Doc | None:
        reference = result.child("rule")
        named = result.text("ruleId") or (reference.text("id") if reference else None)
        if isinstance(named, str):
            # `CA1000/1` is a sub-rule of `CA1000`
            return self.rules.get(named) or self.rules.get(named.rpartition("/")[0])
        index = result.whole("ruleIndex")
        return self.listed[index] if isinstance(index, int) and 0 <= index < len(self.listed) else None

    def _path(self, result: Doc) -> Text:
        for location in result.children("locations"):
            physical = location.child("physicalLocation")
            place = physical.child("artifactLocation") if physical else None
            if place is None:
                continue
            if uri := place.text("uri"):
                return uri.removeprefix("file://")
            index = place.whole("index")
            artifacts = list(self.run.children("artifacts"))
            if isinstance(index, int) and 0 <= index < len(artifacts):
                there = artifacts[index].child("location")
                return (there.text("uri") if there else None) or None
        return None


def _words(message: Doc | None, rule: Doc | None) -> str:
    """The text of a finding; tools may give only the id of one that stands at the rule."""
    if message is None:
        return ""
    if text := message.text("text"):
        return text
    strings = rule.child("messageStrings") if rule else None
    known = strings.child(message.text("id") or "") if strings else None
    return (known.text("text") if known else None) or ""


def _fingerprint(result: Doc) -> str:
    """What the tool itself knows a finding by, although lines move."""
    for kind in ("fingerprints", "partialFingerprints"):
        given = result.child(kind)
        found = [f"{name}={value}" for name, value in sorted(given.data.items()) if value] if given else []
        if found:
            return ",".join(found)
    return ""


def _state(result: Doc) -> str:
    if result.text("baselineState") == "absent":
        return "fixed"
    # without a status a suppression is accepted
    words = [each.text("status") or "accepted" for each in result.children("suppressions")]
    return "dismissed" if words and all(word == "accepted" for word in words) else "open"


def _severity(result: Doc, rule: Doc | None) -> str:
    for doc in (result, rule):
        properties = doc.child("properties") if doc else None
        score = properties.plain("security-severity") if properties else None
        try:
            number = float(score) if isinstance(score, str | int | float) else None
        except (ValueError, OverflowError):
            number = None
        if number is not None and 0 < number <= 10:
            return next(word for least, word in _SCORES if number >= least)
    usual = rule.child("defaultConfiguration") if rule else None
    level = result.text("level") or (usual.text("level") if usual else None) or "warning"
    if level not in _LEVELS:
        raise Unreadable(f"{result.path}.level", f"`{level[:40]}` is none of {', '.join(_LEVELS)}")
    return _LEVELS[level]


def _moment(doc: Doc, key: str) -> datetime | None:
    text = doc.text(key)
    return moment(text) if isinstance(text, str) else None
