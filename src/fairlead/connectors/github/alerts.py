"""Alerts of code scanning, Dependabot and secret scanning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.moments import SNAPSHOT, USUAL_RANK, version
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text
from fairlead.model.records.operation import SEVERITIES, Alert

_STATES: Mapping[str, str] = MappingProxyType(
    {
        "open": "open", "dismissed": "dismissed", "auto_dismissed": "dismissed", "resolved": "dismissed",
        "fixed": "fixed", "closed": "fixed",
    }
)  # fmt: skip
_RULE_SEVERITIES: Mapping[str, str] = MappingProxyType(
    {"error": "high", "warning": "medium", "note": "low", "moderate": "medium"}
)
_ENDS = ("fixed_at", "resolved_at", "dismissed_at", "auto_dismissed_at")

AlertReader = Callable[[Sheet, Doc, int], None]


def code_scanning(sheet: Sheet, alert: Doc, rank: int) -> None:
    """Says an alert of code scanning."""
    rule = alert.child("rule")
    instance = alert.child("most_recent_instance")
    place = instance.child("location") if instance else None
    level = (rule.text("security_severity_level") or rule.text("severity")) if rule else UNSET
    title = (rule.text("description") or rule.text("name")) if rule else UNSET
    named = rule.text("id") if rule else UNSET
    _say(sheet, alert, "code_scanning", rank, title, named, level, place.text("path") if place else UNSET)


def dependency(sheet: Sheet, alert: Doc, rank: int) -> None:
    """Says an alert of Dependabot."""
    advisory, found = alert.child("security_advisory"), alert.child("dependency")
    title = advisory.text("summary") if advisory else UNSET
    rule = advisory.text("ghsa_id") if advisory else UNSET
    level = advisory.text("severity") if advisory else UNSET
    _say(sheet, alert, "dependency", rank, title, rule, level, found.text("manifest_path") if found else UNSET)


def secret(sheet: Sheet, alert: Doc, rank: int) -> None:
    """Says an alert of secret scanning; the secret itself is never taken over."""
    title = alert.text("secret_type_display_name") or alert.text("secret_type")
    _say(sheet, alert, "secret", rank, title, alert.text("secret_type"), UNSET, UNSET)


_READERS: Mapping[str, AlertReader] = MappingProxyType(
    {"code_scanning_alert": code_scanning, "dependabot_alert": dependency, "secret_scanning_alert": secret}
)


def alert_event(kind: str) -> Callable[[Sheet, Doc], None]:
    """Reader of an alert webhook."""
    reader = _READERS[kind]
    return lambda sheet, payload: reader(sheet, payload.need("alert"), USUAL_RANK)


def alert_page(reader: AlertReader) -> Callable[[Sheet, Doc], None]:
    """Reader of an alert as the API lists it."""
    return lambda sheet, alert: reader(sheet, alert, SNAPSHOT)


def _say(sheet: Sheet, alert: Doc, kind: str, rank: int, title: Text, rule: Text, level: Text, path: Text) -> None:
    number = alert.need_whole("number")
    identity = f"{sheet.repository}/alert/{kind}/{number}"
    state = _state(alert)
    started = alert.time("created_at")
    ended = next((found for key in _ENDS if (found := alert.time(key))), None)
    severity = _RULE_SEVERITIES.get(level, level) if isinstance(level, str) else UNSET
    sheet.say(
        Alert(
            id=identity,
            source=sheet.source,
            url=alert.text("html_url"),
            created_at=started,
            updated_at=alert.time("updated_at"),
            repository=sheet.repository,
            number=number,
            kind=kind,
            title=title,
            rule=rule,
            severity=severity if severity in SEVERITIES else UNSET,
            state=state,
            started_at=started,
            ended_at=None if state == "open" else ended if ended else UNSET,
            path=path,
        ),
        version(alert, "updated_at", *_ENDS, "created_at"),
        rank,
    )
    if state == "open" and isinstance(started, datetime):
        sheet.emit("dev.fairlead.alert.opened.0.1.0", identity, started)
    elif ended and state is not UNSET:
        sheet.emit("dev.fairlead.alert.closed.0.1.0", identity, ended)


def _state(alert: Doc) -> Text:
    """A revoked secret was dealt with; every other resolution says that nothing need be done."""
    if alert.text("resolution") == "revoked":
        return "fixed"
    return _STATES.get(alert.text("state") or "", UNSET)
