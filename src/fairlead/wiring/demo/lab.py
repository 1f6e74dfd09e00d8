"""What CI jobs of two repositories hand in: JUnit reports, and coverage of the main branch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from xml.sax.saxutils import quoteattr

import msgspec

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.pipeline import WorkflowRun
from fairlead.connectors.results.connector import CONNECTOR
from fairlead.connectors.results.stated import Stated
from fairlead.model.raw import RawEvent
from fairlead.model.times import iso
from fairlead.wiring.demo.dice import Dice

SOURCE = "ci"
FLAKY = "keeps the basket over a reload"
"""The end-to-end test that fails one time in five, whatever the commit."""
_Cases = Mapping[str, tuple[tuple[str, str, float], ...]]
"""Job -> suite, name and usual seconds of its cases."""

_CASES: Mapping[str, _Cases] = {
    "payments": {
        "unit": (
            ("tests.capture.test_amounts", "test_cents_are_never_lost", 0.04),
            ("tests.capture.test_amounts", "test_currencies_without_cents", 0.03),
            ("tests.capture.test_retry", "test_a_time_out_is_tried_again", 0.21),
            ("tests.refund.test_window", "test_the_last_day_counts", 0.02),
            ("tests.refund.test_window", "test_a_second_refund_is_refused", 0.05),
            ("tests.fraud.test_score", "test_known_cards_pass", 0.11),
            ("tests.api.test_keys", "test_the_same_key_pays_once", 0.09),
        ),
        "integration": (
            ("tests.integration.test_bank", "test_payout_file_of_a_day", 4.2),
            ("tests.integration.test_schemes", "test_challenge_of_a_card", 6.8),
        ),
    },
    "storefront": {
        "unit": (
            ("apps/web/seats", "draws every deck", 0.35),
            ("apps/web/checkout", "asks for the vehicle's length once", 0.12),
            ("apps/web/checkout", "shows the price before the button", 0.08),
            ("apps/search/rank", "sorts the next crossing first", 0.05),
            ("apps/search/index", "finds harbours without accents", 0.31),
            ("packages/ui", "reads in the language of the page", 0.07),
        ),
        "browsers": (
            ("e2e/checkout", "books a day return", 31.0),
            ("e2e/checkout", FLAKY, 22.5),
            ("e2e/seats", "takes a seat and gives it back", 18.0),
            ("e2e/search", "finds a crossing by harbour", 12.4),
        ),
    },
}
_FAILS = {"browsers": FLAKY, "unit": "reads in the language of the page", "integration": "test_challenge_of_a_card"}
"""Which case of a job it is that fails with it; else its last one."""
_COVERED = {"payments": (0.78, 0.05, 8200), "storefront": (0.74, -0.06, 14400)}
"""Share of covered lines at first, what it gains in ninety days, and lines at first."""


@dataclass(slots=True)
class Lab:
    """Collects reports while the story is played."""

    start: datetime
    handed_in: list[RawEvent] = field(default_factory=list)

    def report(self, repo: Repository, run: WorkflowRun, results: Mapping[str, str], now: datetime) -> None:
        """The reports of a run that has just ended: of every end-to-end run, and of the main branch."""
        main = run.branch == "main"
        for job, cases in _CASES.get(repo.name, {}).items():
            if job in {one.name for one in run.jobs} and (main or job == "browsers"):
                bad = _failing(job, cases) if results.get(job, "success") != "success" else ""
                body = _junit(job, cases, bad, now, Dice("lab", repo.name, run.id, run.attempt))
                self._hand_in(repo, run, f"{job}-{run.attempt}", body, now)
        # a red run leaves no measurement behind
        if main and repo.name in _COVERED and not results:
            self._hand_in(repo, run, "coverage", self._measured(repo, now), now)

    def _hand_in(self, repo: Repository, run: WorkflowRun, name: str, body: bytes, now: datetime) -> None:
        # attempts of one commit hold the same tests: only the name of the run keeps both
        said = Stated(
            f"github:{repo.full_name}", run.sha, run.branch, name, f"run/{run.id}/{run.attempt}", seen_at=now
        )
        headers = said.headers()
        kind, delivery = CONNECTOR.envelope(headers, body)
        self.handed_in.append(RawEvent(SOURCE, "results", kind, delivery, body, now, headers, "verified"))

    def _measured(self, repo: Repository, now: datetime) -> bytes:
        """JSON of coverage.py where the code is Python, else Cobertura."""
        share, gain, lines = _COVERED[repo.name]
        passed = (now - self.start).total_seconds() / 86_400 / 90
        total = lines + 6 * len(repo.pulls)
        covered = int(total * (share + gain * passed))
        if repo.name == "payments":
            meta = {"format": 3, "version": "7.10.6", "timestamp": iso(now).removesuffix("Z")}
            totals = {"covered_lines": covered, "num_statements": total, "missing_lines": total - covered}
            return msgspec.json.encode({"meta": meta, "files": {}, "totals": totals})
        stamp = int(now.timestamp() * 1000)
        rate = f"{covered / total:.4f}"
        return (
            f'<?xml version="1.0" ?>\n<coverage lines-valid="{total}" lines-covered="{covered}" line-rate="{rate}" '
            f'timestamp="{stamp}" version="0.1"><sources><source>.</source></sources><packages/></coverage>\n'
        ).encode()


def _failing(job: str, cases: tuple[tuple[str, str, float], ...]) -> str:
    names = [name for _, name, _ in cases]
    return _FAILS[job] if _FAILS.get(job) in names else names[-1]


def _junit(job: str, cases: tuple[tuple[str, str, float], ...], bad: str, now: datetime, dice: Dice) -> bytes:
    said = []
    for suite, name, usual in cases:
        seconds = usual * dice.between(0.8, 1.5)
        fault = ""
        if name == bad:
            why = "TimeoutError: locator.click: 30000 ms exceeded" if job == "browsers" else "AssertionError"
            fault = f"<failure message={quoteattr(why)}>{why}</failure>"
        said.append(
            f'<testcase classname={quoteattr(suite)} name={quoteattr(name)} time="{seconds:.3f}">{fault}</testcase>'
        )
    head = f'<testsuite name="{job}" tests="{len(cases)}" failures="{int(bool(bad))}" timestamp="{iso(now)}">'
    suites = f"<testsuites>{head}{''.join(said)}</testsuite></testsuites>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n{suites}\n'.encode()
