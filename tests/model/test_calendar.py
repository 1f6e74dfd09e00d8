"""Business time: known vectors, the clock changes, and the algebra of working time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.model.calendar.hours import HoursFault, read_hours
from fairlead.model.calendar.resolve import Calendars, PeopleRows
from fairlead.model.calendar.slots import SLOT_COLUMNS, slot_rows
from fairlead.model.calendar.working import WorkingCalendar, read_zone
from fairlead.model.setup import CalendarSetup, Organisation, PersonSetup, Setup, TeamSetup

HOUR = 3600


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


# --- known vectors ---


def test_weekends_do_not_count_as_linearb_publishes() -> None:
    calendar = WorkingCalendar("c", "Mon-Fri 00:00-24:00")
    friday_evening = utc(2026, 11, 20, 20)
    assert calendar.working_seconds(friday_evening, utc(2026, 11, 21, 8)) == 4 * HOUR
    assert calendar.working_seconds(friday_evening, utc(2026, 11, 23, 8)) == 12 * HOUR


def test_hours_of_a_day_with_a_break() -> None:
    calendar = WorkingCalendar("c", "Mon-Thu 08:00-12:00, 13:00-17:00; Fri 08:00-14:00", "Europe/Berlin")
    monday = utc(2026, 11, 16, 6)
    assert calendar.working_seconds(monday, monday + timedelta(days=1)) == 8 * HOUR
    assert calendar.working_seconds(monday, monday + timedelta(days=7)) == 38 * HOUR
    assert calendar.usual_day_seconds == pytest.approx(38 / 5 * HOUR)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 28), 24)]
)
def test_days_of_the_clock_change(day: date, hours: int) -> None:
    calendar = WorkingCalendar("c", "Mon-Sun 00:00-24:00", "Europe/Berlin")
    start, end = calendar.day_bounds(day)
    assert calendar.working_seconds(start, end) == hours * HOUR


def test_hours_in_the_gap_and_in_the_repeated_hour() -> None:
    night = WorkingCalendar("c", "Sun 02:00-03:00", "Europe/Berlin")
    assert night.working_seconds(utc(2026, 3, 28), utc(2026, 3, 30)) == 0
    assert night.working_seconds(utc(2026, 10, 24), utc(2026, 10, 26)) == 2 * HOUR


def test_a_night_shift_belongs_to_the_day_it_starts_on() -> None:
    calendar = WorkingCalendar("c", "Fri 22:00-06:00", "UTC", [date(2026, 11, 20)])
    assert calendar.working_seconds(utc(2026, 11, 20), utc(2026, 11, 22)) == 0
    assert calendar.working_seconds(utc(2026, 11, 27), utc(2026, 11, 29)) == 8 * HOUR
    assert calendar.is_working(utc(2026, 11, 28, 5, 59))
    assert not calendar.is_working_day(date(2026, 11, 28))


def test_a_week_may_run_over_sunday() -> None:
    assert [bool(day) for day in read_hours("Sat-Mon 09:00-10:00").days] == [
        True, False, False, False, False, True, True,
    ]  # fmt: skip
    assert read_hours("Mon, Wed 08:00-12:00").days[2] == ((8 * HOUR, 12 * HOUR),)


@pytest.mark.parametrize(
    ("text", "column", "word"),
    [
        ("", 1, "no working hours"),
        ("Mon-Fri", 1, "without times"),
        ("09:00-17:00", 1, "without a day"),
        ("Mon-Fry 09:00-17:00", 5, "Fry"),
        ("Mon-Fri 09:00-17:00, Sat 25:00-26:00", 26, "25:00"),
        ("Mon-Fri nine to five", 1, "cannot read"),
        ("Mon-Fri 09:61-17:00", 9, "09:61"),
    ],
)
def test_faults_say_what_and_where(text: str, column: int, word: str) -> None:
    with pytest.raises(HoursFault) as fault:
        read_hours(text)
    assert word in fault.value.problem
    assert fault.value.column == column


def test_a_zone_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="Europe/Berlyn"):
        read_zone("Europe/Berlyn")


# --- days ---


def test_the_last_working_day_skips_weekend_holiday_and_absence() -> None:
    calendar = WorkingCalendar(
        "c", "Mon-Fri 09:00-17:00", "America/New_York", [date(2026, 11, 26)],
        [(utc(2026, 11, 25, 0), utc(2026, 11, 26, 5))],
    )  # fmt: skip
    assert calendar.previous_working_day(date(2026, 11, 30)) == date(2026, 11, 27)
    assert calendar.previous_working_day(date(2026, 11, 27)) == date(2026, 11, 24)
    assert calendar.next_working_day(date(2026, 11, 24)) == date(2026, 11, 27)
    assert calendar.last_working_day_start(utc(2026, 11, 27, 14)) == utc(2026, 11, 24, 14)


def test_a_calendar_never_worked_says_so() -> None:
    calendar = WorkingCalendar("c", absences=[(utc(1890, 1, 1), utc(2300, 1, 1))])
    assert calendar.working_seconds(utc(2026, 1, 1), utc(2027, 1, 1)) == 0
    with pytest.raises(ValueError, match="no 60 s"):
        calendar.add_working(utc(2026, 1, 1), 60)


def test_dates_far_away_cost_nothing_and_count_nothing() -> None:
    calendar = WorkingCalendar("c")
    assert calendar.working_seconds(utc(2201, 1, 1), utc(9999, 1, 1)) == 0
    assert calendar.working_seconds(utc(1, 1, 2), utc(1899, 1, 1)) == 0


# --- algebra ---

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo"]
HOURS = [
    "Mon-Fri 09:00-17:00",
    "Mon-Sun 00:00-24:00",
    "Sun-Thu 07:30-12:00, 12:45-16:10",
    "Fri 22:00-06:00, Sat 05:00-23:30",
    "Mon-Sun 23:00-02:30",
]
minutes = st.integers(0, 60 * 24 * 60).map(lambda offset: utc(2026, 2, 20) + timedelta(minutes=offset))
calendars = st.builds(
    lambda hours, zone, off, away: WorkingCalendar("c", hours, zone, off, [(min(a), max(a)) for a in away]),
    st.sampled_from(HOURS),
    st.sampled_from(ZONES),
    st.lists(st.dates(date(2026, 2, 20), date(2026, 4, 20)), max_size=4),
    st.lists(st.tuples(minutes, minutes), max_size=2),
)


def by_minutes(calendar: WorkingCalendar, start: datetime, end: datetime) -> int:
    """Asks the wall clock minute by minute; knows nothing of offsets or stretches."""
    worked = 0
    at = start
    while at < end:
        local = at.astimezone(calendar.zone)
        second = local.hour * 3600 + local.minute * 60
        yesterday = local.date() - timedelta(days=1)
        today_works = local.date() not in calendar.holidays and any(
            low <= second < high for low, high in calendar.week.days[local.weekday()]
        )
        night_works = yesterday not in calendar.holidays and any(
            low <= second + 86400 < high for low, high in calendar.week.days[yesterday.weekday()]
        )
        us = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        away = any(low <= us < high for low, high in calendar.absences)
        worked += (today_works or night_works) and not away
        at += timedelta(minutes=1)
    return worked * 60


@settings(max_examples=60, deadline=None)
@given(calendars, minutes, st.integers(0, 4 * 24 * 60))
def test_equals_the_wall_clock_minute_by_minute(calendar: WorkingCalendar, start: datetime, length: int) -> None:
    end = start + timedelta(minutes=length)
    assert calendar.working_seconds(start, end) == by_minutes(calendar, start, end)


@settings(max_examples=100, deadline=None)
@given(calendars, minutes, minutes, minutes)
def test_is_additive_and_never_runs_backwards(
    calendar: WorkingCalendar, one: datetime, two: datetime, three: datetime
) -> None:
    first, middle, last = sorted((one, two, three))
    early, late = calendar.working_seconds(first, middle), calendar.working_seconds(middle, last)
    assert early >= 0
    assert late >= 0
    assert early + late == calendar.working_seconds(first, last)
    assert calendar.working_seconds(last, first) == -calendar.working_seconds(first, last)


@settings(max_examples=100, deadline=None)
@given(calendars, minutes, st.integers(1, 60 * HOUR))
def test_adding_working_time_is_the_reverse_of_measuring_it(
    calendar: WorkingCalendar, start: datetime, seconds: int
) -> None:
    end = calendar.add_working(start, seconds)
    assert calendar.working_seconds(start, end) == seconds
    assert calendar.working_seconds(start, end - timedelta(seconds=1)) < seconds


SLOTS = "create table working_slots(calendar text, start_at timestamp, end_at timestamp, worked_before_s double)"
SQL = """
select x.i, (b.worked_before_s + epoch(least(x.until, b.end_at) - b.start_at))
          - (a.worked_before_s + epoch(least(x.since, a.end_at) - a.start_at)) as worked_s
from spans x
asof join working_slots a on a.calendar = x.calendar and a.start_at <= x.since
asof join working_slots b on b.calendar = x.calendar and b.start_at <= x.until
order by x.i
"""


@settings(max_examples=12, deadline=None)
@given(st.lists(calendars, min_size=1, max_size=2), st.lists(st.tuples(minutes, minutes), min_size=1, max_size=8))
def test_rows_in_sql_give_the_same(several: list[WorkingCalendar], pairs: list[tuple[datetime, datetime]]) -> None:
    for number, calendar in enumerate(several):
        calendar.id = f"c{number}"
    spans = [(i, c, *sorted(pair)) for i, (pair, c) in enumerate((p, c) for p in pairs for c in several)]
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        con.execute(SLOTS)
        con.execute("create table spans(i int, calendar text, since timestamp, until timestamp)")
        names = zip(
            SLOT_COLUMNS, zip(*slot_rows(several, date(2026, 2, 1), date(2026, 5, 1)), strict=True), strict=True
        )
        con.register("slots", pyarrow.table({name: list(values) for name, values in names}))
        con.execute("insert into working_slots select * from slots")
        for i, calendar, since, until in spans:
            row = (i, calendar.id, since.replace(tzinfo=None), until.replace(tzinfo=None))
            con.execute("insert into spans values (?, ?, ?, ?)", row)
        found = dict(con.execute(SQL).fetchall())
    assert found == pytest.approx({i: c.working_seconds(since, until) for i, c, since, until in spans})


def test_a_zone_that_changes_its_clock_at_midnight() -> None:
    calendar = WorkingCalendar("c", "Mon-Sun 00:00-24:00", "America/Sao_Paulo")
    start, end = calendar.day_bounds(date(2018, 11, 4))
    assert calendar.working_seconds(start, end) == by_minutes(calendar, start, end) == 23 * HOUR


# --- whose calendar ---


def test_configuration_wins_then_records_then_the_team() -> None:
    setup = Setup(
        organisation=Organisation(time_zone="Europe/Berlin"),
        teams={"pay": TeamSetup(members=("kim", "github:@lee"), time_zone="Europe/Dublin", calendar="irish")},
        people={"kim": PersonSetup(time_zone="Asia/Tokyo")},
        calendars={"irish": CalendarSetup(hours="Mon-Thu 08:00-18:00", holidays=("2026-10-26 Holiday",))},
    )
    rows = PeopleRows(
        accounts=[{"id": "github:@kim", "person": "person:kim"}, {"id": "github:@lee", "person": "person:lee"}],
        people=[{"id": "person:kim", "time_zone": "UTC"}, {"id": "person:mo", "time_zone": "America/Lima"}],
        absences=[{"account": "github:@lee", "start_at": "2026-11-23T00:00:00Z", "end_at": "2026-11-25T00:00:00Z"}],
        calendars=[{"id": "cal:four", "hours": "Mon-Thu 09:00-13:00"}],
        teams=[{"id": "github:@acme/ops", "calendar": "cal:four", "time_zone": "America/Lima"}],
        memberships=[{"team": "github:@acme/ops", "person": "person:mo", "valid_to": None}],
    )
    found = Calendars(setup, rows)
    assert str(found.of_person("person:kim").zone) == "Asia/Tokyo"
    assert found.of_person("person:kim").hours == "Mon-Thu 08:00-18:00"
    lee = found.of_person("person:lee")
    assert lee.zone == ZoneInfo("Europe/Dublin")
    assert lee.working_seconds(utc(2026, 11, 23), utc(2026, 11, 26)) == 10 * HOUR
    assert found.of_person("person:mo").hours == "Mon-Thu 09:00-13:00"
    assert str(found.of_team("team:unknown").zone) == "Europe/Berlin"
    assert found.of_team("team:pay").is_working_day(date(2026, 10, 26)) is False
    assert found.subjects()["github:@lee"] == lee.id == "calendar:person:lee"
    assert {calendar.id for calendar in found.all()} >= set(found.subjects().values())


def test_those_who_share_everything_share_a_calendar() -> None:
    setup = Setup(teams={"a": TeamSetup(members=("kim", "lee"))}, people={"kim": PersonSetup(), "lee": PersonSetup()})
    found = Calendars(setup)
    assert found.of_person("person:kim") is found.of_person("person:lee") is found.of_team("team:a")
