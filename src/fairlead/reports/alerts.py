"""Open security alerts as claims, one a repository: forty findings of one scan are one thing to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fairlead.model.records.operation import SEVERITIES
from fairlead.reports import proof
from fairlead.reports.document import Act, Claim, Ref
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope, aware
from fairlead.reports.sentences import Teller
from fairlead.reports.wording import Elapsed


@dataclass(frozen=True, slots=True)
class Alerts:
    """What is open in one repository, the gravest first."""

    repository: str
    ids: tuple[str, ...]
    kind: str
    """Of the gravest."""
    severity: str
    title: str
    url: str | None
    since: datetime
    """Of the oldest."""

    @property
    def grave(self) -> str:
        """Phrase for how grave it is; a leaked secret has no severity and needs none."""
        return f"severity.{self.severity}" if self.severity and self.kind != "secret" else f"alert.{self.kind}"


def load_alerts(scope: Scope) -> list[Alerts]:
    """Repositories with open alerts from the severity on that is set, the gravest first."""
    rows = scope.warehouse.rows(
        "select * from attention_security_alerts "  # noqa: S608 - conditions with escaped literals
        f"where since <= ? and {scope.owned('service', 'repository')} order by since, alert",
        [scope.naive_now],
    )
    # before grouping: repositories come in the order of their gravest alert
    rows.sort(key=lambda row: (_gravity(row["kind"], row["severity"]), row["since"], row["alert"]))
    by_repository: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        by_repository.setdefault(row["repository"] or row["service"] or "", []).append(row)
    return [_alerts(repository, found) for repository, found in by_repository.items()]


def alert_claim(teller: Teller, alerts: Alerts) -> Claim:
    """How many are open, how grave the gravest is, and since when the oldest."""
    passed = Elapsed(max(0.0, (teller.scope.now - alerts.since).total_seconds()))
    text = teller.words(
        "alert.open",
        n=len(alerts.ids),
        grave=teller.words(alerts.grave),
        since=teller.words.recent(alerts.since),
        span=passed,
    )
    return Claim(
        key="alert.open",
        text=text,
        evidence=proof.of_records("attention_security_alerts", alerts.ids, "alert"),
        tone="watch",
        refs=(Ref(alerts.ids[0], short_name(alerts.repository), alerts.url),),
        title=plain(alerts.title),
        act=Act(teller.words("act.open"), url=alerts.url) if alerts.url else None,
    )


def _gravity(kind: str, severity: str | None) -> int:
    # a leaked secret comes before all: it can be used while it is read about
    return -1 if kind == "secret" else SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _alerts(repository: str, found: Sequence[dict[str, object]]) -> Alerts:
    gravest = found[0]
    url = gravest["url"]
    return Alerts(
        repository,
        tuple(str(row["alert"]) for row in found),
        str(gravest["kind"]),
        str(gravest["severity"] or ""),
        str(gravest["title"] or gravest["rule"] or ""),
        str(url) if url else None,
        min(aware(row["since"]) for row in found),
    )
