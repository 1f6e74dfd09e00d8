"""What rules want done is proposed by whoever judges: once for each opening, and taken back when it is over."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.signals import homes

from fairlead.store import actions
from fairlead.workers.signals import Judge

RULES = """rules:
  - id: answered
    title: Has the severity {severity}
    subject: incident
    owner: team:pay
    expires: "2030-01-01"
    where: ["severity = 'critical'"]
    then: {propose: {kind: comment, subject: "{id}", body: "Who has this?"}}
"""


SETTINGS = """
[sources.pagerduty]
token = { env = "TOKEN" }
[actions]
sources = ["pagerduty"]
"""


def test_each_opening_is_proposed_once_and_withdrawn_when_it_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homes, "SETTINGS", homes.SETTINGS + SETTINGS)
    monkeypatch.setenv("TOKEN", "t0ken")
    home = homes.Home(tmp_path, RULES)
    services, judge = home.services, Judge(home.services)

    def seen(severity: str) -> list[tuple[int, str]]:
        home.incident("Q1A2B3C4D5E6F7", severity=severity)
        services.warehouse.refresh()
        judge.tick({})
        judge.refreshed()
        with services.database.read() as tx:
            rows = actions.newest(tx, 10)[::-1]
        assert {row["proposed_by"] for row in rows} <= {"rule:answered"}
        return [(row["opening"], row["state"]) for row in rows]

    try:
        assert seen("low") == []
        assert seen("critical") == [(1, "waiting")]
        assert seen("low") == [(1, "withdrawn")]
        assert seen("critical") == [(1, "withdrawn"), (2, "waiting")]
        with services.database.read() as tx:
            assert (actions.one(tx, "action:1") or {})["error"] == "what it answered is over"
    finally:
        services.close()
