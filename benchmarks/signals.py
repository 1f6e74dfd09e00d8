"""Many open signals: judged for the first time, again, and after one change; listed, loaded for a digest, audited.

python benchmarks/signals.py [--signals 10000]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from fairlead.config.load import load
from fairlead.model.patch import Patch
from fairlead.model.records.operation import Alert
from fairlead.model.times import FixedClock
from fairlead.store import records, signals
from fairlead.store.signals import Wanted
from fairlead.wiring import signalling
from fairlead.wiring.services import Services

NOW = datetime(2026, 9, 21, 12, tzinfo=UTC)
SETTINGS = '[teams.pay]\nlead = "kim"\n[people.kim]\nname = "Kim"\n'
RULE = """rules:
  - id: all-of-them
    title: Is open with severity {severity}
    subject: alert
    owner: team:pay
    expires: "2030-01-01"
    blocker: technical
    where: ["title like 'Number*'"]
    severity: {critical: "severity = 'critical'", default: high}
"""


def main() -> None:
    """Prints each figure in milliseconds of processor time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signals", type=int, default=10_000)
    wanted = parser.parse_args().signals
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "fairlead.d" / "rules").mkdir(parents=True)
        (place / "fairlead.d" / "rules" / "own.yaml").write_text(RULE, encoding="utf-8")
        (place / "fairlead.toml").write_text(SETTINGS, encoding="utf-8")
        with Services(load(place / "fairlead.toml", {}), place / "home", FixedClock(NOW), {}) as services:
            services.catch_up()
            with services.database.begin() as tx:
                records.apply(tx, [alert(number, "high") for number in range(wanted)])
            services.warehouse.refresh()
            measure(services, wanted)


def alert(number: int, severity: str, at: datetime = NOW) -> Patch:
    """One open alert."""
    began = NOW - timedelta(minutes=number % 5000)
    said = {"title": f"Number {number}", "state": "open", "severity": severity, "kind": "code_scanning"}
    return Patch(Alert(id=f"github:acme/pay/alert/{number}", started_at=began, updated_at=at, **said), at)  # type: ignore[arg-type]


def measure(services: Services, wanted: int) -> None:
    """All figures."""
    database = services.database
    told("all judged for the first time", lambda: signalling.evaluate(services), 1)
    with database.read() as tx:
        print(f"{signals.counted(tx, Wanted(), NOW)}, {wanted} wanted")
    told("all judged again, nothing new", lambda: signalling.evaluate(services), 5)

    changes = iter(range(100))

    def change() -> None:
        at = NOW + timedelta(seconds=next(changes) + 1)
        with database.begin() as tx:
            records.apply(tx, [alert(7, "critical" if at.second % 2 else "high", at)])
        services.warehouse.refresh()

    for _ in range(3):
        change()
        told(
            "one change, judged alone",
            lambda: signalling.evaluate(services, {"alerts": ["github:acme/pay/alert/7"]}),
            1,
        )

    def page(skip: int) -> None:
        with database.read() as tx:
            signals.listed(tx, Wanted(), NOW, limit=50, skip=skip)
            signals.counted(tx, Wanted(), NOW, "response")

    told("first page of the list", lambda: page(0), 10)
    told("last page of the list", lambda: page(wanted - 50), 10)
    told("what is due by time", lambda: signalling.escalate_due(services), 3)
    told("audit of all chains", lambda: signalling.audited(services), 3)


def told(what: str, act: Callable[[], object], times: int) -> None:
    """Prints the mean of some runs."""
    begun = time.process_time()
    for _ in range(times):
        act()
    print(f"{what}: {(time.process_time() - begun) / times * 1000:,.0f} ms of processor time")


if __name__ == "__main__":
    main()
