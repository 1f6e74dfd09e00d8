"""Prometheus: golden pairs, random curves by API, gaps, changed queries and complaints."""

from __future__ import annotations

import itertools
import math
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.suite import ConnectorSuite
from fairlead.connectors.kit.sync_suite import Reader, Records, SyncSuite, World
from fairlead.connectors.prometheus.connector import CONNECTOR
from fairlead.connectors.prometheus.fake import Curve, FakePrometheus
from fairlead.model.errors import Abort

NOW = datetime(2026, 9, 14, 12, 3, 20, tzinfo=UTC)
OPTIONS = Options(source="prom")
GOOD, TOTAL, RATIO = "sum(increase(good[5m]))", "sum(increase(total[5m]))", "1 - avg_over_time(up[5m])"
SLOS: dict[str, Any] = {
    "tides": {"good": "sum(increase(good[$step]))", "total": "sum(increase(total[$step]))", "step_minutes": 5},
    "berths": {"error_ratio": "1 - avg_over_time(up[$step])", "step_minutes": 5},
}


class TestPrometheus(ConnectorSuite):
    connector = CONNECTOR
    options = OPTIONS
    folder = Path(__file__).parent

    def signed(self, body: bytes, secret: str) -> None:
        return None


class TestSync(SyncSuite):
    connector = CONNECTOR

    def world(self, dice: random.Random) -> World:
        fake = FakePrometheus(token="t0ken")
        total = dice.randint(10, 5000)
        since = NOW.timestamp() - dice.randint(1, 20) * 86_400
        hole = dice.randint(0, 90_000)

        def measured(share: float) -> Curve:
            return lambda at: None if at < since or at % 1_000_000 < hole else round(total * share)

        # by the day: a sync without a first day asks for two years
        fake.teach(GOOD.replace("5m", "1440m"), measured(dice.random()))
        fake.teach(TOTAL.replace("5m", "1440m"), measured(1))
        fake.teach(RATIO.replace("5m", "1440m"), lambda at: math.nan if at % 604_800 < 86_400 else 0.01)
        slos = {key: {**slo, "step_minutes": 1440} for key, slo in SLOS.items()}
        settings = {"url": "https://prom.harbor.example", "slos": slos}
        return World(fake, (), NOW, OPTIONS, {"token": "t0ken"}, settings, refusable="up")

    def synced_only(self, key: tuple[str, str]) -> bool:
        return key[0] == "slo_windows"


def measured(fake: FakePrometheus, slos: dict[str, Any] = SLOS, **more: Any) -> tuple[Reader, Records]:
    """What a first sync of two days says."""
    settings = {"url": "https://prom.harbor.example", "slos": dict(slos), **more}
    reader = Reader(CONNECTOR, World(fake, (), NOW, OPTIONS, {"token": fake.token}, settings))
    return reader, reader.records(reader.pages(since=NOW - timedelta(days=2)))


def taught(good: Curve, total: Curve) -> FakePrometheus:
    fake = FakePrometheus()
    fake.teach(GOOD, good)
    fake.teach(TOTAL, total)
    return fake


ONE = {"tides": SLOS["tides"]}


def test_steps_are_whole_and_bear_good_and_total() -> None:
    _, found = measured(taught(lambda _: 97, lambda _: 100), ONE)
    rows = sorted(found.values(), key=lambda row: row["end_at"])
    assert len(rows) == 2 * 288
    # the last minute is left to settle: at 12:03:20 the step that ended at 12:00 is the newest
    assert rows[-1]["end_at"] == datetime(2026, 9, 14, 12, tzinfo=UTC)
    for before, row in itertools.pairwise(rows):
        assert row["start_at"] == before["end_at"] and row["end_at"] - row["start_at"] == timedelta(minutes=5)
    assert {(row["slo"], row["good"], row["total"]) for row in rows} == {("slo:tides", 97, 100)}


def test_what_is_missing_or_no_number_stays_unsaid() -> None:
    noon = NOW.timestamp() - 3 * 3600
    fake = taught(lambda at: None if at < noon else 97, lambda at: math.inf if at > noon + 3600 else 100)
    fake.teach(RATIO, lambda at: math.nan if at < noon else 0.25 if at < noon + 3600 else 7)
    _, found = measured(fake)
    said = [(row.get("good"), row.get("total")) for row in found.values() if row["slo"] == "slo:tides"]
    assert set(said) == {(None, 100), (97, 100), (97, None)}
    # time is counted where only a share is known, and more than all cannot fail
    assert {(row["good"], row["total"]) for row in found.values() if row["slo"] == "slo:berths"} == {
        (225, 300), (0, 300),
    }  # fmt: skip


def test_a_changed_query_takes_the_old_samples_away() -> None:
    fake = taught(lambda _: 97, lambda _: 100)
    fake.teach("sum(increase(fast[5m]))", lambda _: 50)
    reader, first = measured(fake, ONE)
    reader.world.settings["slos"]["tides"] = {**ONE["tides"], "good": "sum(increase(fast[$step]))"}
    pages = reader.pages(since=NOW - timedelta(days=2))
    reading = CONNECTOR.read(_delivery(pages[0]), OPTIONS)
    (sweep,) = reading.sweeps
    assert sweep.table == "slo_windows" and not sweep.ids
    assert all(name.startswith(sweep.scope) for _, name in first)
    again = reader.records(pages)
    assert len(again) == len(first) and not set(again) & set(first)
    assert {row["good"] for row in again.values()} == {50}


@pytest.mark.parametrize(
    ("query", "words"), [("nonsense(", "parse error"), ("by_host", "2 series where one is expected")]
)
def test_a_query_that_gives_no_single_series_is_told_and_the_rest_is_read(query: str, words: str) -> None:
    fake = taught(lambda _: 97, lambda _: 100)
    for host in ("a", "b"):
        fake.teach("by_host", lambda _: 1, host=host)
    slos = {**ONE, "broken": {"good": query, "total": "sum(increase(total[$step]))"}}
    reader, found = measured(fake, slos)
    assert {row["slo"] for row in found.values()} == {"slo:tides"}
    assert len(reader.left_out) == 1 and words in reader.left_out[0]
    (finding,) = [one for one in CONNECTOR.check(reader.request()) if one.what == "objective broken"]  # type: ignore[attr-defined]
    assert finding.ok is False and words in finding.detail


def test_a_partial_answer_of_thanos_is_told() -> None:
    fake = taught(lambda _: 97, lambda _: 100)
    fake.warnings.append("store gateway 2: no answer")
    reader, found = measured(fake, ONE)
    assert found and "store gateway 2" in reader.left_out[0]


def test_it_signs_in_as_asked() -> None:
    fake = taught(lambda _: 97, lambda _: 100)
    fake.token = "s3cret"
    _, found = measured(fake, ONE, user="fairlead", organisations=["harbour", "pier"])
    assert found
    assert {request.headers["x-scope-orgid"] for request in fake.seen} == {"harbour|pier"}
    assert all(request.headers["authorization"].startswith("Basic ") for request in fake.seen)


def test_without_an_address_it_says_so() -> None:
    with pytest.raises(Abort, match="where Prometheus runs"):
        measured(FakePrometheus(), ONE, url="")


def test_a_long_past_is_asked_for_in_ranges_that_prometheus_allows() -> None:
    fake = taught(lambda _: 97, lambda _: 100)
    settings = {"url": "https://p.example", "slos": {"tides": {**ONE["tides"], "step_minutes": 1}}}
    fake.expressions = {text.replace("5m", "1m"): series for text, series in fake.expressions.items()}
    reader = Reader(CONNECTOR, World(fake, (), NOW, OPTIONS, {}, settings))
    found = reader.records(reader.pages(since=NOW - timedelta(days=30)))
    # whole minutes after the first day asked for, less the one that settles
    assert len(found) == 30 * 1440 - 1
    assert not reader.left_out


def _delivery(page: Any) -> Any:
    from fairlead.connectors.kit.connector import Delivery

    return Delivery(page.kind, page.headers, page.body, page.delivery)
