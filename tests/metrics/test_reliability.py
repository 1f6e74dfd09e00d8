"""Incidents and on-call by hand-computed values: steps of recovery, reopenings, likeness, hours of the team."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fairlead.metrics.figures import figure
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Figure, Window
from fairlead.model.setup import CalendarSetup, Incidents, OnCall, Privacy, ServiceSetup, Setup, TeamSetup, Thresholds
from fairlead.model.times import FixedClock

MONDAY = datetime(2026, 9, 7)  # noqa: DTZ001 - the warehouse holds clock readings of UTC
CLOCK = FixedClock(datetime(2026, 10, 5, tzinfo=UTC))
SETUP = Setup(
    thresholds=Thresholds(minimum_n=1),
    privacy=Privacy(minimum_group=3),
    services={"tides": ServiceSetup(team="harbour"), "berths": ServiceSetup(team="lone")},
    calendars={"default": CalendarSetup(hours="Mon-Fri 09:00-17:00", holidays=("2026-09-10 Harbour day",))},
    teams={
        "harbour": TeamSetup(members=("kim", "lee", "mo"), time_zone="America/New_York"),
        "lone": TeamSetup(members=("ada",), time_zone="Asia/Kolkata"),
    },
)
MINUTE = 60.0


def on(day: float, hour: float = 0, minute: float = 0) -> datetime:
    """A moment so many days after the Monday."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def incident(source: MemorySource, key: str, start: datetime, *steps: tuple[str, float], **said: Any) -> str:
    """An incident by its timeline: kinds with the minutes after its start."""
    name, status = f"pagerduty:{key}", "open"
    ended = None
    for number, (kind, after) in enumerate(steps):
        moment = start + timedelta(minutes=after)
        status = {"resolved": "resolved", "reopened": "open"}.get(kind, status)
        ended = moment if kind == "resolved" else None if kind == "reopened" else ended
        source.put("incident_events", {
            "id": f"{name}/{kind}/{number}", "incident": name, "kind": kind, "at": moment, "source": "pagerduty",
            "actor": said.get(f"by_{kind}"),
        })  # fmt: skip
    source.put("incidents", {
        "id": name, "title": "Levels are stale", "service": "service:tides", "made_from": "incident",
        "severity": "high", "started_at": start, "resolved_at": ended, "status": status, "source": "pagerduty",
        **{key: value for key, value in said.items() if not key.startswith("by_")},
    })  # fmt: skip
    return name


def page(source: MemorySource, name: str, at: datetime, who: str) -> None:
    """A notification of somebody."""
    source.put("incident_events", {
        "id": f"{name}/notified/{who}/{at.isoformat()}", "incident": name, "kind": "notified", "at": at,
        "actor": f"pagerduty:@{who}", "source": "pagerduty",
    })  # fmt: skip


def company() -> MemorySource:
    """Four people in two teams."""
    source = MemorySource()
    for who in ("kim", "lee", "mo", "ada"):
        source.put("accounts", {
            "id": f"pagerduty:@{who}", "handle": who, "kind": "human", "person": f"person:{who}",
        })  # fmt: skip
    return source


def built(source: MemorySource, setup: Setup = SETUP) -> Warehouse:
    warehouse = Warehouse(None, source, setup, CLOCK)
    warehouse.refresh()
    return warehouse


def value(warehouse: Warehouse, name: str, days: int = 28, **segment: str) -> Figure:
    start = MONDAY.replace(tzinfo=UTC)
    return figure(warehouse, name, Window(start=start, end=start + timedelta(days=days)), segment)


def test_the_steps_of_recovery_are_told_apart() -> None:
    source = company()
    incident(
        source,
        "A",
        on(0),
        ("triggered", 0),
        ("acknowledged", 4),
        ("acknowledged", 50),
        ("mitigated", 20),
        ("resolved", 60),
    )
    incident(
        source,
        "B",
        on(1),
        ("triggered", 0),
        ("acknowledged", 8),
        ("resolved", 100),
        ("reopened", 160),
        ("resolved", 180),
    )
    incident(source, "C", on(2), ("triggered", 0), ("resolved", 30))
    incident(source, "D", on(3), ("triggered", 0), ("acknowledged", 12))
    warehouse = built(source)
    rows = {row["incident"][-1]: row for row in warehouse.rows("from incident_recoveries")}
    assert [rows[key]["acknowledge_s"] for key in "ABCD"] == [4 * MINUTE, 8 * MINUTE, None, 12 * MINUTE]
    assert rows["C"]["acknowledge_missing"] == "never_acknowledged"
    # back after an hour: what held is the second end, and in between nobody was disturbed
    assert (rows["B"]["resolve_s"], rows["B"]["disturbed_s"], rows["B"]["reopened"]) == (
        180 * MINUTE,
        120 * MINUTE,
        1,
    )
    assert (rows["A"]["mitigate_s"], rows["A"]["mitigated_by"]) == (20 * MINUTE, "told")
    assert rows["C"]["mitigate_missing"] == "mitigation_unknown" and rows["D"]["mitigate_missing"] == "open"
    resolved = value(warehouse, "time_to_resolve")
    assert (resolved.value, resolved.n, resolved.excluded) == (60 * MINUTE, 3, {"open": 1})
    assert resolved.parts[0].value == pytest.approx(156 * MINUTE)
    assert value(warehouse, "time_to_acknowledge").value == 8 * MINUTE
    reopened = value(warehouse, "incidents_reopened")
    assert (reopened.value, reopened.excluded) == (pytest.approx(1 / 3), {"open": 1})


def test_a_mitigation_before_it_came_back_did_not_hold() -> None:
    source = company()
    incident(source, "A", on(0), ("mitigated", 5), ("resolved", 10), ("reopened", 20), ("resolved", 40))
    rows = built(source).rows("from incident_recoveries")
    assert (rows[0]["mitigate_s"], rows[0]["mitigate_missing"]) == (None, "mitigation_unknown")


def test_who_noticed_it_first() -> None:
    source = company()
    incident(source, "A", on(0), ("triggered", 0))
    incident(source, "B", on(1), ("triggered", 0), by_triggered="pagerduty:@kim")
    incident(source, "C", on(2), ("triggered", 0), labels=("Customer: Blue Line",))
    incident(source, "D", on(3))
    source.put("alerts", {"id": "m:1", "kind": "monitoring", "incident": "pagerduty:E", "source": "m"})
    incident(source, "E", on(4))
    rows = built(source).rows("select incident, detected_by from incident_recoveries order by incident")
    assert [row["detected_by"] for row in rows] == ["alert", "human", "customer", "unknown", "alert"]
    assert value(built(source), "incidents", detected_by="alert").value == 2


def test_an_incident_repeats_the_one_most_like_it() -> None:
    source = company()
    incident(source, "A", on(0), title="Disk full on runner-01 (97%)")
    incident(source, "B", on(1), title="Tide tables answer slowly")
    incident(source, "C", on(5), title="disk full on runner-17 (99%)")
    incident(source, "D", on(6), title="Disk full on runner-03", service="service:berths")
    incident(source, "E", on(7), title="Something else", root_cause="Expired certificate ")
    incident(source, "F", on(8), title="No answer at all", root_cause="expired certificate", service="service:berths")
    rows = {row["incident"][-1]: row for row in built(source).rows("from incident_recurrences")}
    assert sorted(rows) == ["C", "F"]
    # all four words are shared, numbers aside
    assert rows["C"]["earlier"] == "pagerduty:A" and rows["C"]["score"] == pytest.approx(0.9)
    assert (rows["C"]["title_part"], rows["C"]["place_part"], rows["C"]["alert_part"]) == (pytest.approx(0.7), 0.2, 0)
    assert (rows["F"]["kind"], rows["F"]["by_what"], rows["F"]["earlier"]) == ("stated", "root_cause", "pagerduty:E")
    assert value(built(source), "incident_recurrence").value == pytest.approx(2 / 6)


def test_likeness_is_that_of_all_pairs_and_of_a_storm_the_last_hundred() -> None:
    draw, source, told = random.Random(11), company(), {}
    for number in range(80):
        key, words = (
            f"{number:04}",
            draw.sample(("disk", "full", "slow", "tide", "pump", "mains"), draw.randint(1, 4)),
        )
        cause = draw.choice(("valve", "fuse", None, None, None))
        told[key] = (on(draw.randint(0, 20), draw.randint(0, 2)), set(words), cause)
        incident(source, key, told[key][0], title=" ".join(words), root_cause=cause)
    found = built(source).rows("select incident, earlier, kind from incident_recurrences")
    assert {row["incident"][10:]: (row["earlier"][10:], row["kind"]) for row in found} == _of_all_pairs(told)

    storm = company()
    incident(storm, "first", on(0), title="Pump house burns")
    for number in range(120):
        incident(storm, f"{number}", on(1, minute=number), title=f"Number {number} answers slowly")
    incident(storm, "last", on(2), title="Pump house burns")
    rows = {row["incident"]: row["earlier"] for row in built(storm).rows("from incident_recurrences")}
    assert rows.pop("pagerduty:last", None) is None
    assert rows == {f"pagerduty:{number}": f"pagerduty:{number - 1}" for number in range(1, 120)}


def _of_all_pairs(told: dict[str, tuple[datetime, set[str], str | None]]) -> dict[str, tuple[str, str]]:
    """What each repeats, by comparing it with every one before it."""
    best: dict[str, tuple[str, str]] = {}
    for key, (at, words, cause) in told.items():
        pairs: list[tuple[float, str, datetime, int, str]] = []
        for other, (then, theirs, why) in told.items():
            score = 0.7 * len(words & theirs) / len(words | theirs) + 0.2
            if then < at and cause is not None and cause == why:
                pairs.append((1.0, "stated", then, -int(other), other))
            elif then < at and words & theirs and round(score, 6) >= 0.6:
                pairs.append((round(score, 6), "similar", then, -int(other), other))
        if pairs:
            best[key] = (max(pairs)[4], max(pairs)[1])
    return best


def test_threshold_reach_and_labels_are_settings() -> None:
    source = company()
    incident(source, "A", on(0), title="Pump house has no power", labels=("cause:mains",))
    incident(source, "B", on(10), title="Pump house alarm", labels=("Cause:Mains",))
    incident(source, "C", on(25), title="Pump house alarm again")
    strict = Setup(incidents=Incidents(recurrence_threshold=0.95, recurrence_days=12))
    found = built(source, strict).rows("select incident, kind, by_what from incident_recurrences")
    assert found == [{"incident": "pagerduty:B", "kind": "stated", "by_what": "label"}]
    loose = Setup(incidents=Incidents(recurrence_threshold=0.5, recurrence_days=30, cause_labels=()))
    found = built(source, loose).rows("select incident, earlier, kind from incident_recurrences order by incident")
    assert [(row["incident"][-1], row["earlier"][-1], row["kind"]) for row in found] == [("C", "B", "similar")]


def test_incidents_linked_to_one_item_share_their_cause() -> None:
    source = company()
    for key, day in (("J-1", 0), ("J-2", 4)):
        source.put("work_items", {
            "id": f"jira:{key}", "key": key, "type": "Incident", "title": f"{key} outage", "created_at": on(day),
            "source": "jira",
        })  # fmt: skip
    source.put("work_items", {"id": "jira:J-9", "key": "J-9", "type": "Bug", "title": "Leak", "created_at": on(1)})
    for key in ("J-1", "J-2"):
        source.put("work_item_links", {
            "id": f"jira:{key}/x", "from_item": f"jira:{key}", "to_item": "jira:J-9", "kind": "caused_by",
        })  # fmt: skip
    rows = built(source).rows("select incident, earlier, by_what from incident_recurrences")
    assert rows == [{"incident": "jira:J-2", "earlier": "jira:J-1", "by_what": "item"}]


def test_pages_are_placed_in_the_hours_of_the_team() -> None:
    source = company()
    name = incident(source, "A", on(0))
    # New York is four hours behind: 14:00 UTC is 10:00 there, 02:30 UTC the evening before
    page(source, name, on(0, 14), "kim")
    page(source, name, on(0, 14, 6), "kim")
    page(source, name, on(0, 14, 15), "kim")
    page(source, name, on(0, 14, 27), "kim")
    page(source, name, on(2, 2, 30), "lee")
    page(source, name, on(2, 8), "lee")
    page(source, name, on(3, 15), "mo")
    page(source, name, on(5, 15), "mo")
    warehouse = built(source)
    rows = warehouse.rows("select paged_at, outside_hours, at_night, night, team from oncall_pages order by paged_at")
    assert [(row["paged_at"], row["outside_hours"], row["at_night"]) for row in rows] == [
        (on(0, 14), False, False), (on(0, 14, 27), False, False), (on(2, 2, 30), True, True), (on(2, 8), True, True),
        # a holiday, and a Saturday
        (on(3, 15), True, False), (on(5, 15), True, False),
    ]  # fmt: skip
    # before and after midnight there: one night, that of Wednesday
    assert {row["night"] for row in rows if row["at_night"]} == {on(2).date()}
    assert value(warehouse, "pages", team="harbour").value == pytest.approx(6 / 4)
    assert value(warehouse, "pages_outside_hours", team="harbour").value == pytest.approx(4 / 6)
    assert value(warehouse, "pages_at_night", team="harbour").value == pytest.approx(2 / 4)
    assert value(warehouse, "nights_broken", team="harbour").value == pytest.approx(1 / 4)


def test_pages_are_told_by_the_hours_on_call() -> None:
    source = company()
    name = incident(source, "A", on(0))
    shifts = (
        ("kim", on(0, 9), on(7, 9), {"level": 1}),
        # whoever stands behind, a rota that names its team, one that is still under way, and one without its end
        ("lee", on(0, 9), on(7, 9), {"level": 2}),
        ("ada", on(7, 9), on(8, 9), {"team": "team:harbour"}),
        ("mo", on(8, 9), on(40), {}),
        ("ada", on(9), on(10), {"team": "team:lone"}),
        ("mo", on(9, 9), None, {}),
    )
    for number, (who, start, end, said) in enumerate(shifts):
        source.put("oncall_shifts", {
            "id": f"pagerduty:oncall/{who}/{number}", "account": f"pagerduty:@{who}", "start_at": start,
            "end_at": end, "schedule": "Primary", "source": "pagerduty", **said,
        })  # fmt: skip
    for at, who in ((on(1), "kim"), (on(7, 9), "kim"), (on(2), "lee"), (on(7, 10), "ada"), (on(7, 20), "ada")):
        page(source, name, at, who)
    warehouse = built(source)
    rows = warehouse.rows(
        "select team, hours, pages from oncall_shift_pages "
        "where end_at < '2026-10-01' and team = 'team:harbour' order by start_at"
    )
    assert [tuple(row.values()) for row in rows] == [("team:harbour", 168, 1), ("team:harbour", 24, 2)]
    # three pages in sixteen times twelve hours; the shift that is not over is of a later window
    found = value(warehouse, "pages_per_shift", team="harbour")
    assert (found.value, found.n) == (pytest.approx(3 / 16), 2)
    assert value(warehouse, "pages_per_shift", team="lone").missing == "group_too_small"
    assert not any("kim" in str(row) for row in warehouse.rows("from oncall_shift_pages"))


def test_the_night_is_a_setting() -> None:
    source = company()
    name = incident(source, "A", on(0))
    page(source, name, on(0, 6), "kim")
    page(source, name, on(0, 10, 30), "kim")
    setup = Setup(teams=SETUP.teams, oncall=OnCall(night="00:00-06:00", page_minutes=1))
    rows = built(source, setup).rows("select at_night, night from oncall_pages order by paged_at")
    assert rows == [{"at_night": True, "night": on(0).date()}, {"at_night": False, "night": None}]


def test_a_small_team_is_told_nothing_about() -> None:
    source = company()
    name = incident(source, "A", on(0), service="service:berths")
    page(source, name, on(0, 20), "ada")
    for figure_name in ("pages", "pages_outside_hours", "pages_at_night", "nights_broken"):
        found = value(built(source), figure_name, team="lone")
        assert (found.value, found.n, found.missing) == (None, 0, "group_too_small")
        assert found.rows.count == 0
        # nor is it in the figure of all, from which the other teams could be taken away
        everybody = value(built(source), figure_name)
        assert (everybody.n, everybody.missing, everybody.rows.count) == (0, "group_too_small", 0)
    warehouse = built(source)
    assert len(warehouse.rows("from oncall_pages")) == 1
    for rows in ("oncall_pages", "incident_events where kind = 'notified'"):
        assert warehouse.readonly(f"select count(*) as n from {rows}").rows == [{"n": 0}]
