"""The life of signals over a home: opened after a while, healed after a while, unknown in silence, never twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.signals.homes import RULES, Home

from fairlead.model.errors import Skip
from fairlead.model.records.provenance import Source, SyncRun
from fairlead.signals.entering import acknowledged, calendar_of, muted, read_until, snoozed, unmuted, woken
from fairlead.signals.facts import open_signals
from fairlead.store import records, signals
from fairlead.store.signals import Wanted
from fairlead.wiring import signalling

RULE = "known-severity"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One home for all: each test has incidents of its own, and the clock goes forward."""
    made = Home(tmp_path_factory.mktemp("signals"))
    # rules that have never judged take all that they find for old
    made.judge()
    yield made
    made.services.close()


def opened(home: Home, name: str, **said: str) -> str:
    """An incident whose signal is open."""
    subject = home.incident(name, **{"severity": "high", **said})
    home.look(subject)
    home.look(subject, minutes=11)
    return subject


def test_it_opens_once_it_has_held_and_heals_once_it_no_longer_does(home: Home) -> None:
    subject = home.incident("A1", severity="medium")
    home.look(subject)
    assert home.signal(RULE, subject)["state"] == "pending"
    home.look(subject, minutes=9)
    assert home.kinds(RULE, subject) == []
    home.look(subject, minutes=2)
    row = home.signal(RULE, subject)
    assert (row["state"], row["severity"], row["response"], row["times_opened"]) == ("open", "medium", "plan", 1)
    assert row["title"] == "A1: has the severity medium"
    # judged again without news: nothing is written
    with home.services.database.read() as tx:
        before = records.revision(tx)
    assert home.look(subject, minutes=1).kinds == {}
    with home.services.database.read() as tx:
        assert records.revision(tx) == before
    home.incident("A1", severity="low")
    home.look(subject)
    home.look(subject, minutes=19)
    assert home.signal(RULE, subject)["state"] == "open"
    # hysteresis: it holds again before it was over
    home.incident("A1", severity="medium")
    home.look(subject)
    assert home.kinds(RULE, subject) == ["opened", "returned"]
    home.incident("A1", severity="medium", status="resolved", resolved_at=home.clock.now())
    home.look(subject, minutes=1)
    home.look(subject, minutes=21)
    row = home.signal(RULE, subject)
    assert (row["state"], row["reason"], row["next_level_at"]) == ("resolved", "resolved", None)
    home.incident("A1", severity="critical", status="open", resolved_at=None)
    home.look(subject)
    home.look(subject, minutes=11)
    row = home.signal(RULE, subject)
    assert (row["state"], row["severity"], row["times_opened"]) == ("open", "critical", 2)
    assert home.kinds(RULE, subject)[-2:] == ["resolved", "reopened"]


def test_an_acknowledgement_is_of_one_opening_and_replays_to_the_same(home: Home) -> None:
    subject = opened(home, "B1")
    signal, database = home.signal(RULE, subject)["id"], home.services.database
    event = acknowledged(database, signal, "person:kim", home.clock.now())
    home.enter(event)
    row = home.signal(RULE, subject)
    assert (row["acknowledged_by"], row["acknowledged_at"]) == ("person:kim", event.received_at)
    with pytest.raises(Skip):
        acknowledged(database, signal, "person:noor", home.clock.now())
    (told,) = [one for one in home.history(RULE, subject) if one["kind"] == "acknowledged"]
    assert told["by"] == "person:kim"
    home.incident("B1", severity="low")
    home.look(subject, minutes=1)
    home.look(subject, minutes=21)
    home.incident("B1", severity="high")
    home.look(subject, minutes=1)
    home.look(subject, minutes=11)
    assert home.signal(RULE, subject)["acknowledged_at"] is None
    before = home.signal(RULE, subject)
    # the whole log once more, as by `fairlead replay`
    home.services.ingest.again([raw for raw in home.services.log.read(0, 1000) if raw.event.kind == event.kind])
    assert home.signal(RULE, subject) == before


def test_a_snooze_has_a_reason_and_an_end_and_what_gets_graver_wakes(home: Home) -> None:
    subject = opened(home, "C1")
    signal, database, now = home.signal(RULE, subject)["id"], home.services.database, home.clock.now()
    until = signalling.until_of(home.services, "morning", "person:noor")
    assert f"{until.astimezone(ZoneInfo('America/New_York')):%H:%M}" == "09:00"
    with pytest.raises(Skip):
        snoozed(database, signal, until, "  ", "person:noor", now)
    home.enter(snoozed(database, signal, until, "Kim is on it", "person:noor", now))
    assert signal not in {one.id for one in open_signals(database, now)}
    assert signal in {one.id for one in open_signals(database, until + timedelta(seconds=1))}
    with database.read() as tx:
        assert [row["id"] for row in signals.listed(tx, Wanted(snoozed="only"), now)] == [signal]
    home.incident("C1", severity="critical")
    home.look(subject, minutes=1)
    row = home.signal(RULE, subject)
    assert (row["snoozed_until"], row["severity"]) == (None, "critical")
    assert home.kinds(RULE, subject)[-3:] == ["snoozed", "woken", "changed"]
    # one that ends by hand, and one by time
    for by_hand in (True, False):
        home.clock.pass_by(seconds=1)
        now = home.clock.now()
        home.enter(snoozed(database, signal, now + timedelta(hours=1), "later", "person:kim", now))
        if by_hand:
            home.enter(woken(database, signal, "person:kim", home.clock.now()))
            assert home.signal(RULE, subject)["snoozed_until"] is None
    home.clock.pass_by(minutes=61)
    assert signalling.escalate_due(home.services).kinds["woken"] == 1
    assert home.signal(RULE, subject)["snoozed_until"] is None


def test_what_nobody_knows_is_unknown_and_silence_heals_nothing(home: Home) -> None:
    subject = home.incident("D1", severity=None)
    home.look(subject)
    row = home.signal(RULE, subject)
    assert (row["state"], row["reason"]) == ("unknown", "severity not known")
    home.incident("D1", severity="high")
    home.look(subject, minutes=1)
    assert home.signal(RULE, subject)["state"] == "pending"
    home.look(subject, minutes=11)
    assert home.kinds(RULE, subject) == ["unknown", "known", "opened"]
    home.incident("D1", severity=None)
    home.look(subject, minutes=1)
    row = home.signal(RULE, subject)
    assert (row["state"], row["reason"]) == ("open", "severity not known")
    home.look(subject, hours=5)
    assert home.signal(RULE, subject)["state"] == "open"


def test_a_source_that_is_silent_makes_its_rules_unknown(home: Home) -> None:
    def synced() -> None:
        now = home.clock.now()
        home.tell(Source(id="source:pagerduty", name="pagerduty", tool="pagerduty", last_sync_at=now))
        home.tell(SyncRun(id=f"run/{now}", of="pagerduty", started_at=now, finished_at=now, result="success"))

    synced()
    subject = home.incident("Heard 1")
    home.judge()
    assert home.signal("heard", subject)["state"] == "open"
    assert "heard" in home.judge(hours=2).silent
    row = home.signal("heard", subject)
    assert row["state"] == "open"
    assert row["reason"].startswith("pagerduty has been silent since 2026-03-0")
    # though the marts say that it is over: nobody has heard it
    with home.services.database.begin() as tx:
        records.remove(tx, "incidents", [subject])
    home.judge(minutes=1)
    assert home.signal("heard", subject)["state"] == "open"
    synced()
    assert "heard" not in home.judge(minutes=1).silent
    assert home.signal("heard", subject)["state"] == "resolved"


def test_one_fingerprint_is_one_signal_and_watched_rules_tell_nobody(home: Home) -> None:
    home.incident("Part 1", service="service:edge|a")
    home.incident("Part 2", service="service:edge|a")
    home.incident("Watch it")
    home.judge()
    row = home.signal("by-service", "service:edge%7Ca")
    assert row["subject"] in ("pagerduty:Part 1", "pagerduty:Part 2")
    assert home.signal("watched", "pagerduty:Watch it")["monitored"] is True
    told = {one.rule for one in open_signals(home.services.database, home.clock.now())}
    assert "watched" not in told


def test_an_import_of_the_past_is_no_news(home: Home) -> None:
    home.judge()
    old = home.clock.now() - timedelta(days=40)
    with home.services.database.begin() as tx:
        from fairlead.model.patch import Patch
        from fairlead.model.records.operation import Incident

        said: dict[str, Any] = {
            "status": "open",
            "source": "pagerduty",
            "title": "Part of old",
            "service": "service:old",
        }
        records.apply(
            tx, [Patch(Incident(id="pagerduty:old", created_at=old, updated_at=old, started_at=old, **said), old)]
        )
    home.incident("Part of new", service="service:new")
    home.judge(minutes=1)
    (first,), (second,) = home.history("by-service", "service:old"), home.history("by-service", "service:new")
    assert (first["detail"].get("backfill"), second["detail"].get("backfill")) == (True, None)


def test_a_clock_that_was_set_back_turns_no_history_round(home: Home) -> None:
    subject = home.incident("Watch E")
    home.look(subject)
    home.clock.pass_by(days=-1)
    with home.services.database.begin() as tx:
        records.remove(tx, "incidents", [subject])
    home.look(subject)
    times = [one["at"] for one in home.history("watched", subject)]
    assert times == sorted(times)
    assert home.kinds("watched", subject) == ["opened", "resolved"]
    home.clock.pass_by(days=1)


def test_two_that_judge_at_once_make_one_signal(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.incident("Part F", service="service:f")
    home.services.warehouse.refresh()
    with home.services.database.read() as tx:
        before = signals.held(tx)
    first = signalling.evaluate(home.services)
    # the other one had read what lived before the first wrote
    monkeypatch.setattr(signals, "held", lambda *_: before)
    second = signalling.evaluate(home.services)
    assert (first.kinds["opened"], second.kinds, second.overtaken > 0) == (1, {}, True)
    assert home.kinds("by-service", "service:f") == ["opened"]


def test_signals_of_a_rule_that_is_gone_are_over_and_of_a_broken_one_kept(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    home = Home(tmp_path_factory.mktemp("gone"))
    try:
        home.incident("Part G", service="service:g")
        home.incident("Watch G")
        home.judge()
        own = home.rules / "own.yaml"
        own.write_text(RULES.replace("title like 'Part*'", "titel like 'Part*'"))
        home.judge(minutes=1)
        row = home.signal("by-service", "service:g")
        assert (row["state"], "rules check" in row["reason"]) == ("open", True)
        own.write_text(RULES.replace("mode: monitor", "mode: off"))
        home.judge(minutes=1)
        assert home.signal("by-service", "service:g")["reason"] == ""
        assert home.signal("watched", "pagerduty:Watch G")["reason"] == "the rule is off"
        own.write_text("rules: []\n")
        home.judge(minutes=1)
        row = home.signal("by-service", "service:g")
        assert (row["state"], row["reason"]) == ("resolved", "the rule was removed")
    finally:
        home.services.close()


def test_a_rule_is_muted_for_whom_and_until_when(home: Home) -> None:
    now, database = home.clock.now(), home.services.database
    end = read_until("2d", calendar_of(database, home.services.setup, "person:kim"), now)
    rules = signalling.rule_names(home.services)
    home.enter(muted(rules, "heard", "team:pay", end, "we know", "person:kim", now))
    with database.read() as tx:
        (mute,) = signals.mutes(tx, now)
        assert (mute.rule, mute.whom, mute.until, mute.reason, mute.by) == (
            "heard", "team:pay", now + timedelta(days=2), "we know", "person:kim",
        )  # fmt: skip
        assert signals.mutes(tx, end) == []
    home.enter(unmuted(database, "heard", "team:pay", "person:kim", now + timedelta(seconds=1)))
    with database.read() as tx:
        assert signals.mutes(tx, now) == []
    for wrong in (
        lambda: muted(rules, "herd", "team:pay", end, "x", "person:kim", now),
        lambda: muted(rules, "heard", "kim", end, "x", "person:kim", now),
        lambda: unmuted(database, "heard", "team:pay", "person:kim", now),
        lambda: read_until("yesterday", calendar_of(database, home.services.setup, ""), now),
        lambda: read_until("400d", calendar_of(database, home.services.setup, ""), now),
        lambda: acknowledged(database, "known-severity/nothing", "person:kim", now),
    ):
        with pytest.raises(Skip):
            wrong()


def test_dirty_subjects_alone_are_judged(home: Home) -> None:
    one, other = home.incident("Watch H"), home.incident("Watch I")
    home.look(one)
    assert home.kinds("watched", one) == ["opened"]
    with home.services.database.begin() as tx:
        assert signals.get(tx, f"signal:watched/{other}") is None
        records.remove(tx, "incidents", [one])
    home.look(other)
    assert home.signal("watched", one)["state"] == "open"
    home.look(one)
    assert home.signal("watched", one)["state"] == "resolved"
