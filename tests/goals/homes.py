"""A home with a team, two people and files of objectives."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.clocks import SteppedClock

from fairlead.config.load import load
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.people import Person
from fairlead.store import ledger, records
from fairlead.wiring.services import Services

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
"""A Wednesday, in the middle of the fourth quarter."""
TOML = """
[organisation]
name = "Acme"
[teams.payments]
members = ["noor"]
[teams.web]
[people.noor]
"""
GOALS = """
goals:
  - name: calm
    title: Releases go out calmly, every day
    why: Nobody should have to wait for Thursday.
    team: payments
    owner: noor
    quarter: 2026-Q4
    labels: [release]
    key_results:
      - name: lead-time
        title: From merge to production
        metric: lead_time
        window: 30d
        baseline: 4d
        target: 36h
      - name: voice
        title: Teams that trust a release on a Friday
        unit: teams
        baseline: 2
        target: 8
        stale_after_days: 10
"""


class Home:
    """Real services on files of a folder, with a clock that is moved by hand."""

    def __init__(self, folder: Path, goals: str = GOALS) -> None:
        self.folder = folder
        (folder / "fairlead.toml").write_text(TOML, encoding="utf-8")
        self.clock = SteppedClock(NOW)
        self.services = self.opened()
        self.write(goals)
        people = [Person(id=f"person:{one}", name=one.title(), kind="human") for one in ("noor", "bo")]
        with self.services.database.begin() as tx:
            records.apply(tx, [Patch(one, OLDEST) for one in people])

    def opened(self) -> Services:
        """Services as a new process has them."""
        return Services(load(self.folder / "fairlead.toml"), self.folder / "home", self.clock, environ={})

    def write(self, text: str, name: str = "q4.yaml") -> None:
        """A file of objectives."""
        path = self.folder / "fairlead.d" / "goals" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def do(self, call: Any, *said: Any, **more: Any) -> Any:
        """Something that a person enters, a minute later, and read at once."""
        self.clock.pass_by(minutes=1)
        found = call(self.services, *said, **more)
        self.services.catch_up()
        return found

    def catch_up(self) -> None:
        """As each command does before it answers."""
        self.clock.pass_by(minutes=1)
        self.services.catch_up()

    def rows(self, table: str) -> dict[str, dict[str, Any]]:
        """Rows of a table that are not deleted, by id."""
        with self.services.database.read() as tx:
            return {row["id"]: row for row in records.rows(tx, table) if row["deleted_at"] is None}

    def kinds(self) -> list[tuple[str, str]]:
        """What the ledger says was entered, and by whom: people stand there veiled."""
        with self.services.database.read() as tx:
            return [
                (entry.kind, "a person" if entry.by_whom.startswith("who:") else entry.by_whom)
                for entry in ledger.entries(tx, 0, 1000)
                if entry.kind.partition(".")[0] in ("objective", "key_result", "check_in", "objective_link")
            ]
