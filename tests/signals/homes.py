"""A home with rules of its own, whose incidents and clock tests move by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.clocks import SteppedClock

from fairlead.config.load import load
from fairlead.model.patch import Patch
from fairlead.model.raw import RawEvent
from fairlead.model.records.kinds import Record
from fairlead.model.records.operation import Incident
from fairlead.signals.sweeping import Judged
from fairlead.store import records, signals
from fairlead.wiring import signalling
from fairlead.wiring.services import Services

SETTINGS = """[organisation]
time_zone = "Europe/Berlin"
[calendars.default]
hours = "Mon-Fri 09:00-17:00"
[teams.pay]
lead = "kim"
members = ["kim", "noor"]
[people.kim]
name = "Kim Adler"
[people.noor]
name = "Noor Haddad"
time_zone = "America/New_York"
"""
RULES = """rules:
  - id: known-severity
    title: Has the severity {severity}
    subject: incident
    owner: team:pay
    expires: "2030-01-01"
    for: 10m
    clear_for: 20m
    blocker: technical
    where: ["severity in ('critical', 'high', 'medium')"]
    severity: {critical: "severity = 'critical'", high: "severity = 'high'", default: medium}
  - id: watched
    title: Is there
    subject: incident
    owner: team:pay
    expires: "2030-01-01"
    mode: monitor
    where: ["title like 'Watch*'"]
  - id: by-service
    title: Suffers
    subject: incident
    owner: team:pay
    expires: "2030-01-01"
    fingerprint: [service]
    where: ["title like 'Part*'"]
  - id: heard
    title: Is heard of
    subject: incident
    owner: team:pay
    expires: "2030-01-01"
    needs: {pagerduty: 30m}
    where: ["title like 'Heard*'"]
"""
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday, ten o'clock in Berlin."""


class Home:
    """Services over a folder, and what tests do with them."""

    def __init__(self, folder: Path, rules: str = RULES) -> None:
        self.rules = folder / "fairlead.d" / "rules"
        self.rules.mkdir(parents=True)
        (folder / "fairlead.toml").write_text(SETTINGS)
        (self.rules / "own.yaml").write_text(rules)
        self.clock = SteppedClock(START)
        self.services = Services(load(folder / "fairlead.toml", {}), folder / "home", self.clock)
        # the settings' people and teams
        self.services.catch_up()

    def tell(self, record: Record) -> None:
        """A tool says something now, and a second passes: of two words of one moment chance would choose."""
        self.clock.pass_by(seconds=1)
        with self.services.database.begin() as tx:
            records.apply(tx, [Patch(record, self.clock.now())])

    def incident(self, name: str, **said: Any) -> str:
        """A tool tells of an incident now; its id."""
        usual = {"title": name, "status": "open", "started_at": START, "team": "team:pay", "source": "pagerduty"}
        self.tell(Incident(id=f"pagerduty:{name}", updated_at=self.clock.now(), **{**usual, **said}))
        return f"pagerduty:{name}"

    def judge(self, **later: float) -> Judged:
        """Lets time pass, and judges all rules."""
        self.clock.pass_by(**later)
        self.services.warehouse.refresh()
        return signalling.evaluate(self.services)

    def look(self, *subjects: str, **later: float) -> Judged:
        """Lets time pass, and judges these incidents alone, which takes a tenth of the time."""
        self.clock.pass_by(**later)
        self.services.warehouse.refresh()
        return signalling.evaluate(self.services, {"incidents": subjects})

    def enter(self, event: RawEvent) -> None:
        """A person says something, as of which a second passes too."""
        self.clock.pass_by(seconds=1)
        self.services.log.append([event])
        self.services.apply()

    def signal(self, rule: str, fingerprint: str) -> dict[str, Any]:
        """The signal as it stands."""
        with self.services.database.read() as tx:
            row = signals.get(tx, f"signal:{rule}/{fingerprint}")
        assert row is not None
        return row

    def kinds(self, rule: str, fingerprint: str) -> list[str]:
        """Kinds of what happened to it."""
        return [one["kind"] for one in self.history(rule, fingerprint)]

    def history(self, rule: str, fingerprint: str) -> list[dict[str, Any]]:
        """All that happened to it."""
        with self.services.database.read() as tx:
            return signals.history(tx, f"signal:{rule}/{fingerprint}")
