"""Chains: frozen in the working time of whom they mean, climbed step by step, stopped, and proven afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.signals.homes import RULES, Home

from fairlead.model.calendar.resolve import Calendars, PeopleRows
from fairlead.model.patch import Patch
from fairlead.model.records.judgement import Signal
from fairlead.model.setup import CalendarSetup, Organisation, PersonSetup, Setup, TeamSetup
from fairlead.signals import auditing, escalation, responding
from fairlead.signals.entering import acknowledged
from fairlead.signals.escalation import Freezer, pack, unpack
from fairlead.signals.life import climb
from fairlead.store import records, signals
from fairlead.store.statements import prepare
from fairlead.wiring import signalling

SETUP = Setup(
    organisation=Organisation(time_zone="Europe/Berlin"),
    calendars={"default": CalendarSetup(hours="Mon-Fri 09:00-17:00", holidays=("2026-05-01 May Day",))},
    teams={"pay": TeamSetup(lead="noor", members=("kim", "noor")), "none": TeamSetup()},
    people={"kim": PersonSetup(), "noor": PersonSetup(time_zone="America/New_York")},
)
FREEZER = Freezer(SETUP, Calendars(SETUP))
CHAINS, _ = escalation.read()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def moments(chain: str, severity: str, opened: str, team: str = "team:pay") -> list[tuple[str, str]]:
    frozen = FREEZER.freeze(CHAINS[chain], severity, team, "team:owner", ("person:kim",), at(opened))
    return [(stage.to, f"{stage.at:%m-%d %H:%M}") for stage in frozen.stages] if frozen else []


def test_each_step_has_the_working_time_of_whoever_has_it() -> None:
    # a Thursday at 16:00 in Berlin, before a holiday; Kim and the team are in Berlin, the lead is in New York
    assert moments("technical", "critical", "2026-04-30T14:00") == [
        ("turn", "04-30 14:00"), ("team", "05-04 08:00"), ("lead", "05-04 10:00"), ("role:manager", "05-04 15:00"),
    ]  # fmt: skip
    assert moments("technical", "high", "2026-04-29T08:00")[1] == ("team", "04-29 15:00")
    # five minutes before the end of a day nobody responds on the same day
    assert moments("technical", "high", "2026-04-29T14:55")[1] == ("team", "04-30 07:55")
    assert moments("technical", "medium", "2026-04-30T08:00")[1] == ("team", "05-04 15:00")
    assert moments("technical", "low", "2026-04-30T08:00") == []
    # at night, from the next morning on
    assert moments("decision", "critical", "2026-04-28T22:00", "team:none") == [
        ("role:manager", "04-28 22:00"), ("role:owner", "04-29 11:00"),
    ]  # fmt: skip
    assert moments("incidents", "critical", "2026-05-02T01:00")[1:3] == [
        ("team", "05-02 01:30"),
        ("lead", "05-02 02:00"),
    ]


def test_who_is_away_holds_no_chain_up() -> None:
    """Kim is on leave for two weeks: the team is told at once, and its time runs."""
    away = {
        "account": None,
        "person": "person:kim",
        "start_at": at("2026-04-27T00:00"),
        "end_at": at("2026-05-11T00:00"),
    }
    rows = PeopleRows(absences=[{**dict.fromkeys(("kind", "deleted_at")), "id": "ics:leave", **away}])
    freezer = Freezer(SETUP, Calendars(SETUP, rows))
    frozen = freezer.freeze(
        CHAINS["technical"], "high", "team:pay", "team:owner", ("person:kim",), at("2026-04-29T08:00")
    )
    assert frozen
    assert [(one.to, f"{one.at:%m-%d}") for one in frozen.stages][:2] == [("team", "04-29"), ("lead", "04-29")]


@given(
    chain=some.sampled_from(sorted(CHAINS)),
    severity=some.sampled_from(["critical", "high", "medium", "low"]),
    opened=some.integers(0, 365 * 24 * 60),
)
def test_steps_never_go_back(chain: str, severity: str, opened: int) -> None:
    begun = at("2026-01-01T00:00") + timedelta(minutes=opened)
    frozen = FREEZER.freeze(CHAINS[chain], severity, "team:pay", "", ("person:kim",), begun)
    if frozen is not None:
        times = [stage.at for stage in frozen.stages]
        assert times[0] == begun
        assert times == sorted(times)
        assert unpack(pack(frozen)) == frozen


def row(chain: escalation.Frozen, **said: object) -> dict[str, object]:
    return {
        "chain": pack(chain), "level": 0, "next_level_at": chain.stages[1].at, "snoozed_until": None, "reason": "",
        "clearing_at": None, "acknowledged_at": None, "acknowledged_by": None, "team": "team:pay", **said,
    }  # fmt: skip


def later(start: datetime, length: str, chain: escalation.Frozen, level: int) -> datetime:
    return FREEZER.later(start, length, chain.stages[level].who, "team:pay")


def test_after_hours_without_a_process_steps_are_not_all_taken_at_once() -> None:
    frozen = FREEZER.freeze(CHAINS["technical"], "critical", "team:pay", "", ("person:kim",), at("2026-04-29T08:00"))
    assert frozen is not None
    second, third = frozen.stages[1].at, frozen.stages[2].at
    on_time = climb(row(frozen), second + timedelta(seconds=40), later)
    assert on_time is not None
    assert (on_time.values["level"], on_time.values["next_level_at"]) == (1, third)
    late = climb(row(frozen), second + timedelta(hours=6), later)
    assert late is not None
    assert late.values["next_level_at"] == second + timedelta(hours=6) + (third - second)
    for held_up in ({"reason": "github is silent"}, {"clearing_at": second}, {"level": 3}):
        assert climb(row(frozen, **held_up), second + timedelta(hours=6), later) is None


def test_the_matrix_says_what_urgency_and_impact_ask_for(tmp_path: Path) -> None:
    matrix, faults = responding.read()
    assert faults == []
    quadrants = [matrix.response(urgency, impact) for urgency in ("high", "low") for impact in ("high", "low")]
    assert quadrants == ["escalate", "quick_fix", "plan", "backlog"]
    own = tmp_path / "matrix.yaml"
    own.write_text(
        (Path(responding.__file__).parent / "matrix" / "responses.yaml").read_text().replace("plan ", "quick_fix ")
    )
    assert responding.read([tmp_path])[0].response("low", "high") == "quick_fix"
    own.write_text("matrix:\n  - {id: responses, high_high: panic}\n")
    matrix, faults = responding.read([tmp_path])
    assert matrix.response("high", "high") == "escalate"
    assert "panic" in str(faults[0])


def test_broken_chains_say_where(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "escalations:\n  - id: technical\n    ladder: [leed]\n    respond: {critical: soon}\n"
        "  - id: ours\n    blocker: technical\n    ladder: [team]\n    respond: {critical: 1h}\n"
    )
    chains, faults = escalation.read([tmp_path])
    told = [str(fault) for fault in faults]
    assert "technical" not in chains
    assert any("own.yaml:3:" in one and "did you mean `lead`" in one for one in told)
    assert any("own.yaml:4:" in one and "soon" in one for one in told)
    chosen = escalation.chosen(chains, "", "technical")
    assert chosen is not None
    assert chosen.id == "ours"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    made = Home(tmp_path_factory.mktemp("chains"), RULES.replace("for: 10m\n", "for: 0m\n"))
    made.judge()
    yield made
    made.services.close()


def broken(home: Home) -> dict[str, str]:
    return {one.signal: one.what for one in signalling.audited(home.services).broken}


def test_it_climbs_stops_when_taken_on_reminds_and_is_proven(home: Home) -> None:
    # ten in the morning in Berlin
    subject = home.incident("E1", severity="critical")
    home.look(subject)
    signal = home.signal("known-severity", subject)["id"]
    chain = unpack(home.signal("known-severity", subject)["chain"])
    assert chain is not None
    # nobody's turn is known of an incident: the team has it first
    assert [stage.to for stage in chain.stages] == ["team", "lead", "role:manager"]
    assert signalling.escalate_due(home.services).kinds == {}
    home.clock.at = chain.stages[1].at + timedelta(seconds=30)
    assert signalling.escalate_due(home.services).kinds == {"escalated": 1}
    assert signalling.escalate_due(home.services).kinds == {}
    row = home.signal("known-severity", subject)
    assert (row["level"], row["next_level_at"]) == (1, chain.stages[2].at)
    assert broken(home) == {}
    home.enter(acknowledged(home.services.database, signal, "person:kim", home.clock.now()))
    home.clock.at = chain.stages[2].at + timedelta(seconds=5)
    assert signalling.escalate_due(home.services).kinds == {}
    row = home.signal("known-severity", subject)
    assert row["level"] == 1
    assert row["next_level_at"] > row["acknowledged_at"]
    home.clock.at = row["next_level_at"] + timedelta(minutes=1)
    assert signalling.escalate_due(home.services).kinds == {"reminded": 1}
    assert broken(home) == {}


def test_the_auditor_names_what_stands_still_or_was_tampered_with(home: Home) -> None:
    one, other = home.incident("E2", severity="critical"), home.incident("E3", severity="critical")
    home.look(one, other)
    ids = [home.signal("known-severity", subject)["id"] for subject in (one, other)]
    assert not {*ids} & broken(home).keys()
    chain = home.signal("known-severity", one)["chain"]
    now = home.clock.now()
    tampered = chain.replace('"to":"lead"', '"to":"team"')
    with home.services.database.begin() as tx:
        records.overrule(tx, [prepare(Patch(Signal(id=ids[0], chain=tampered), now, 70))])
        records.overrule(tx, [prepare(Patch(Signal(id=ids[1], level=2), now, 70))])
    told = broken(home)
    assert "frozen" in told[ids[0]]
    assert "stands at 2" in told[ids[1]]
    with home.services.database.begin() as tx:
        records.overrule(tx, [prepare(Patch(Signal(id=ids[0], chain=chain), now, 71))])
        records.overrule(tx, [prepare(Patch(Signal(id=ids[1], level=0), now, 71))])
    frozen = unpack(chain)
    assert frozen is not None
    home.clock.at = frozen.stages[1].at + auditing.GRACE + timedelta(minutes=1)
    assert "was not taken" in broken(home)[ids[0]]
    signalling.keep_audit(home.services)
    signalling.escalate_due(home.services)
    assert not {*ids} & broken(home).keys()
    with home.services.database.read() as tx:
        assert signals.get(tx, ids[0])
