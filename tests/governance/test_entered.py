"""What people entered of signals, decisions and risks stands in the ledger once, whatever happens on the way."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import msgspec
from tests.clocks import NOON, SteppedClock

from fairlead.config.load import load
from fairlead.connectors import fairlead as entries
from fairlead.ingest.replay import replay
from fairlead.store import ledger, records
from fairlead.wiring.services import Services

# The real log, reader and ledger; only the moment of death is ours.
DIES = """
import os, signal, sys
from pathlib import Path
from fairlead.bus.sql import SqlEventLog
from fairlead.config.load import load
from fairlead.governance import deciding, risking
from fairlead.wiring.services import Services

real = SqlEventLog.append
def append(self, events):
    real(self, events)
    if events[0].kind == "risk.entered":
        os.kill(os.getpid(), signal.SIGKILL)
SqlEventLog.append = append
with Services(load(Path(sys.argv[1])), Path(sys.argv[2]), environ={}) as services:
    deciding.add(services, {"title": "Use queues", "rationale": "They outlive a crash"}, "operator")
    risking.add(services, {"title": "The queue may fill", "likelihood": 2, "impact": 4}, "operator")
"""


def told(services: Services) -> list[tuple[str, str, str]]:
    with services.database.read() as tx:
        rows = [
            row
            for row in ledger.entries(tx, 0, 100)
            if row.kind.partition(".")[0] in ("decision", "risk", "signal", "rule")
        ]
    return [(row.kind, row.subject, row.by_whom) for row in rows]


def test_a_kill_after_the_raw_event_leaves_nothing_out_and_no_replay_writes_it_twice(tmp_path: Path) -> None:
    settings, home = tmp_path / "fairlead.toml", tmp_path / "home"
    settings.write_text("")
    died = subprocess.run([sys.executable, "-c", DIES, str(settings), str(home)], check=False, timeout=120)
    assert died.returncode == -signal.SIGKILL
    with Services(load(settings), home, SteppedClock(), environ={}) as services:
        assert told(services) == []
        services.apply()
        wanted = [("decision.added", "decision:1", "operator"), ("risk.added", "risk:1", "operator")]
        assert told(services) == wanted
        services.log.append(
            [
                entries.signal_snoozed("signal:7", NOON, "Noor is away", "person:kim", NOON),
                entries.rule_muted("stale-change", "person:kim", NOON, "known", "person:kim", NOON),
            ]
        )
        services.apply()
        assert [row[:2] for row in told(services)[2:]] == [
            ("signal.snoozed", "signal:7"),
            ("rule.muted", "rule:stale-change"),
        ]
        replay(services.ingest, source="fairlead")
        services.apply()
        assert len(told(services)) == 4
        with services.database.read() as tx:
            assert {row["id"] for row in records.rows(tx, "risks")} == {"risk:1"}
            snoozed = next(row for row in ledger.newest(tx, kind="signal.snoozed"))
            words = list(ledger.personal(tx, snoozed.idx, snoozed.idx + 1))
        # what people wrote can be erased; who wrote it is no name in the entry
        assert b"Noor" not in snoozed.content and b"person:kim" not in snoozed.content
        assert [(one.name, msgspec.json.decode(one.content)) for one in words] == [("reason", "Noor is away")]
        assert services.ledger.verify().ok
