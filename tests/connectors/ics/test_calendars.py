"""Absences, holidays and times on call from calendars as real programs write them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fairlead.connectors.ics.connector import CONNECTOR
from fairlead.connectors.ics.read import look
from fairlead.connectors.kit.connector import Delivery, Options, SyncRequest
from fairlead.connectors.kit.suite import ConnectorSuite
from fairlead.model.calendar.resolve import Calendars, PeopleRows
from fairlead.model.errors import Unreadable
from fairlead.model.raw import content_id
from fairlead.model.records.people import Absence
from fairlead.model.setup import CalendarSetup, Setup, TeamSetup

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y\r\n"


class TestCalendars(ConnectorSuite):
    connector = CONNECTOR
    options = Options("hr")
    folder = Path(__file__).parent

    def signed(self, body: bytes, secret: str) -> None:
        return None


def _calendar(*events: str, head: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\nDTSTAMP:20260401T080000Z\r\n{event}END:VEVENT\r\n" for event in events)
    return f"{HEAD}{head}{body}END:VCALENDAR\r\n".encode()


def _read(body: bytes, key: str = "team", **values: Any) -> list[Absence]:
    delivery = Delivery("ics:calendar", {"calendar": key, "seen-at": "2026-05-01T00:00:00Z"}, body)
    found = [patch.record for patch in CONNECTOR.read(delivery, Options("hr", values)).patches]
    assert all(isinstance(record, Absence) for record in found)
    return found  # type: ignore[return-value]


def test_whole_days_end_where_the_next_begins_in_local_time() -> None:
    event = "UID:1\r\nSUMMARY:Urlaub\r\nDTSTART;VALUE=DATE:20260328\r\nDTEND;VALUE=DATE:20260330\r\n"
    event += "ATTENDEE:mailto:Kim@Acme.example\r\n"
    (absence,) = _read(_calendar(event, head="X-WR-TIMEZONE:Europe/Berlin\r\n"))
    assert (absence.account, absence.kind) == ("email:kim@acme.example", "vacation")
    # the clocks go forward in between: two days of 47 hours
    assert absence.start_at == datetime(2026, 3, 27, 23, tzinfo=UTC)
    assert absence.end_at == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_a_calendar_that_names_no_zone_has_that_of_the_organisation() -> None:
    event = "UID:1\r\nSUMMARY:OOO kim@x.example\r\nDTSTART;VALUE=DATE:20261201\r\n"
    for values, hour in (({}, 0), ({"usual_time_zone": "Europe/Berlin"}, 23), ({"time_zone": "Asia/Kolkata"}, 18)):
        (absence,) = _read(_calendar(event), **{"usual_time_zone": "UTC", **values})
        assert absence.start_at.hour == hour  # type: ignore[union-attr]


def test_ids_tell_nobody_whose_calendar_it_is() -> None:
    (absence,) = _read(
        _calendar("UID:1\r\nSUMMARY:OOO\r\nDTSTART;VALUE=DATE:20261201\r\n"), "bo-bauer", person="bo@x.example"
    )
    assert "bo" not in absence.id


def test_meetings_are_no_absences_and_calendars_of_absences_hold_nothing_else() -> None:
    meeting = "UID:1\r\nSUMMARY:Planning\r\nDTSTART:20260401T090000Z\r\nDTEND:20260401T100000Z\r\n"
    meeting += "ORGANIZER:mailto:kim@acme.example\r\n"
    assert _read(_calendar(meeting)) == []
    assert len(_read(_calendar(meeting), all=True)) == 1
    assert len(_read(_calendar(meeting, head="X-WR-CALNAME:Team absences\r\n"))) == 1
    outlook = meeting.replace("Planning", "Personal") + "X-MICROSOFT-CDO-BUSYSTATUS:OOF\r\n"
    assert len(_read(_calendar(outlook))) == 1


def test_whose_absence_it_is() -> None:
    plain = "UID:1\r\nSUMMARY:OOO {}\r\nDTSTART;VALUE=DATE:20260401\r\n{}"
    by_file = _read(_calendar(plain.format("", "")), key="lee@acme.example")
    assert [absence.account for absence in by_file] == ["email:lee@acme.example"]
    assert _read(_calendar(plain.format("max@acme.example", "")))[0].account == "email:max@acme.example"
    two = "ATTENDEE:mailto:a@x.example\r\nATTENDEE;PARTSTAT=DECLINED:mailto:b@x.example\r\n"
    two += "ATTENDEE:mailto:c@x.example\r\n"
    assert [one.account for one in _read(_calendar(plain.format("", two)))] == [
        "email:a@x.example",
        "email:c@x.example",
    ]
    assert _read(_calendar(plain.format("", ""))) == []
    assert _read(_calendar(plain.format("", two)), person="kim@x.example")[0].account == "email:kim@x.example"


def test_repetitions_exceptions_and_cancellations() -> None:
    weekly = (
        "UID:1\r\nSUMMARY:Day off\r\nDTSTART;VALUE=DATE:20260403\r\nRRULE:FREQ=WEEKLY;UNTIL=20260424T000000Z\r\n"
        "EXDATE;VALUE=DATE:20260410\r\nATTENDEE:mailto:kim@acme.example\r\n"
    )
    assert [absence.start_at.day for absence in _read(_calendar(weekly))] == [3, 17, 24]  # type: ignore[union-attr]
    forever = weekly.replace(";UNTIL=20260424T000000Z", "")
    # two years ahead of the moment at which the calendar was seen
    assert max(absence.start_at for absence in _read(_calendar(forever))) == datetime(2028, 4, 28, tzinfo=UTC)  # type: ignore[type-var]
    since_long = forever.replace("20260403", "20180105")
    assert max(absence.start_at for absence in _read(_calendar(since_long))) == datetime(2028, 4, 28, tzinfo=UTC)  # type: ignore[type-var]
    cancelled = weekly + "STATUS:CANCELLED\r\n"
    assert all(absence.deleted_at for absence in _read(_calendar(cancelled)))


def _days(body: bytes, **values: Any) -> list[str]:
    return sorted(f"{absence.start_at:%m-%d}" for absence in _read(body, **values) if absence.deleted_at is None)


SERIES = (
    "UID:part-time\r\nSUMMARY:Day off kim@x.example\r\nDTSTART;VALUE=DATE:20260914\r\nDTEND;VALUE=DATE:20260915\r\n"
    "RRULE:FREQ=WEEKLY;COUNT=4\r\n"
)


def test_single_times_of_a_series_are_moved_cancelled_and_added() -> None:
    moved = (
        "UID:part-time\r\nSUMMARY:Day off kim@x.example\r\nRECURRENCE-ID;VALUE=DATE:20260921\r\nSEQUENCE:1\r\n"
        "DTSTART;VALUE=DATE:20260923\r\nDTEND;VALUE=DATE:20260924\r\n"
    )
    cancelled = (
        "UID:part-time\r\nSUMMARY:Day off kim@x.example\r\nRECURRENCE-ID;VALUE=DATE:20260928\r\nSTATUS:CANCELLED\r\n"
        "DTSTART;VALUE=DATE:20260928\r\nDTEND;VALUE=DATE:20260929\r\n"
    )
    assert _days(_calendar(SERIES)) == ["09-14", "09-21", "09-28", "10-05"]
    for events in ((SERIES, moved, cancelled), (cancelled, moved, SERIES)):
        assert _days(_calendar(*events)) == ["09-14", "09-23", "10-05"]
    added = SERIES + "RDATE;VALUE=DATE:20261224,20260914\r\n"
    assert _days(_calendar(added)) == ["09-14", "09-21", "09-28", "10-05", "12-24"]
    later = moved.replace("RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE")
    assert _days(_calendar(SERIES, later)) == ["09-14", "09-23", "09-30", "10-07"]
    # an invitation to one time of a series that somebody else holds
    assert _days(_calendar(moved)) == ["09-23"]


def test_times_keep_their_local_hour_and_rules_end_as_programs_write_it() -> None:
    zone = "DTSTART;TZID=Europe/Berlin:20261022T090000\r\nDTEND;TZID=Europe/Berlin:20261022T120000\r\n"
    for until in ("20261029", "20261029T225959Z", "20261029T235959"):
        event = f"UID:1\r\nSUMMARY:OOO kim@x.example\r\n{zone}RRULE:FREQ=WEEKLY;UNTIL={until}\r\n"
        # the clocks go back in between
        assert [absence.start_at.hour for absence in _read(_calendar(event))] == [7, 8]  # type: ignore[union-attr]
    whole_day_out = f"UID:1\r\nSUMMARY:OOO kim@x.example\r\n{zone}RRULE:FREQ=DAILY;COUNT=3\r\n"
    assert _days(_calendar(whole_day_out + "EXDATE;VALUE=DATE:20261023\r\n")) == ["10-22", "10-24"]


def test_an_older_state_of_an_event_is_none_and_one_without_a_name_still_counts() -> None:
    newer = SERIES.replace("COUNT=4", "COUNT=1") + "SEQUENCE:3\r\n"
    assert _days(_calendar(newer, SERIES)) == ["09-14"]
    assert _days(_calendar(SERIES.removeprefix("UID:part-time\r\n"))) == ["09-14", "09-21", "09-28", "10-05"]


def _all(body: bytes, **values: Any) -> list[Any]:
    delivery = Delivery("ics:calendar", {"calendar": "team", "seen-at": "2026-05-01T00:00:00Z"}, body)
    return [patch.record for patch in CONNECTOR.read(delivery, Options("hr", values)).patches]


def test_a_calendar_of_holidays_closes_working_calendars() -> None:
    body = _calendar(
        "UID:1\r\nSUMMARY:Tag der Arbeit\r\nDESCRIPTION:Gesetzlicher Feiertag\r\nDTSTART;VALUE=DATE:20260501\r\n",
        "UID:2\r\nSUMMARY:Muttertag\r\nDESCRIPTION:Gedenktag\\nausblenden\r\nDTSTART;VALUE=DATE:20260510\r\n",
        "UID:3\r\nSUMMARY:Fronleichnam (regionaler Feiertag)\r\nDTSTART;VALUE=DATE:20260604\r\n",
        "UID:4\r\nSUMMARY:Betriebsferien\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261226\r\n",
        "UID:5\r\nSUMMARY:Summer party\r\nDTSTART:20260701T140000Z\r\nDTEND:20260701T180000Z\r\n",
        head="X-WR-CALNAME:Feiertage in Deutschland\r\n",
    )
    found = _all(body, holds="holidays", calendars=["berlin"], leave_out=["*regional*"])
    assert [(str(one.day), one.name) for one in found] == [
        ("2026-05-01", "Tag der Arbeit"), ("2026-12-24", "Betriebsferien"), ("2026-12-25", "Betriebsferien"),
    ]  # fmt: skip
    assert {one.calendar for one in found} == {"calendar:berlin"}
    rows = [{"calendar": one.calendar, "day": one.day, "deleted_at": None} for one in found]
    setup = Setup(
        calendars={"berlin": CalendarSetup(holidays=("2026-10-03",))}, teams={"pay": TeamSetup(calendar="berlin")}
    )
    calendars = Calendars(setup, PeopleRows(holidays=rows))
    off = ["2026-05-01", "2026-10-03", "2026-12-24", "2026-12-25"]
    assert sorted(map(str, calendars.of_team("team:pay").holidays)) == off
    assert not calendars.default.holidays
    # without a name of a calendar they are everybody's
    rows = [{"calendar": one.calendar, "day": one.day, "deleted_at": None} for one in _all(body, holds="holidays")]
    assert len(Calendars(Setup(), PeopleRows(holidays=rows)).default.holidays) == 4


def test_a_calendar_of_times_on_call() -> None:
    body = _calendar(
        "UID:1\r\nSUMMARY:[L2] kim\r\nDTSTART:20260504T070000Z\r\nDTEND:20260511T070000Z\r\n",
        "UID:2\r\nSUMMARY:On Call - Noor Aziz - Primary\r\nDTSTART:20260511T070000Z\r\nDTEND:20260518T070000Z\r\n"
        "ATTENDEE:mailto:noor@acme.example\r\n",
        "UID:3\r\nSUMMARY:somebody else\r\nDTSTART:20260518T070000Z\r\nDTEND:20260525T070000Z\r\n",
        head="X-WR-CALNAME:Payments on call\r\n",
    )
    values = {"holds": "oncall", "team": "payments", "people": {"Kim": "kim@acme.example"}}
    found = _all(body, **values)
    assert [(one.account, one.level, one.team, one.schedule) for one in found] == [
        ("email:kim@acme.example", 2, "team:payments", "Payments on call"),
        ("email:noor@acme.example", 1, "team:payments", "Payments on call"),
    ]
    delivery = Delivery("ics:calendar", {"calendar": "team"}, body)
    assert look(delivery, Options("hr", values)).nameless == 1
    with pytest.raises(Unreadable) as told:
        _all(body, holds="birthdays")
    assert told.value.field == "options.holds"


def test_what_left_the_calendar_is_swept_and_nonsense_is_told() -> None:
    delivery = Delivery("ics:calendar", {"calendar": "team", "seen-at": "2026-05-01T00:00:00Z"}, _calendar())
    (sweep,) = CONNECTOR.read(delivery, Options("hr")).sweeps
    assert (sweep.table, sweep.scope, sweep.ids) == ("absences", f"hr:{content_id('team')[:12]}/", frozenset())
    with pytest.raises(Unreadable):
        _read(b"hello")


def test_a_folder_is_read_once_until_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "team.ics"
    file.write_bytes(_calendar())
    state: dict[str, Any] = {}
    told: list[str | None] = []

    paths = [str(tmp_path), str(tmp_path / "gone.ics")]

    def sync() -> int:
        request = SyncRequest(
            options=Options("hr"), settings={"paths": paths}, credentials={},
            state=state, since=None, now=datetime(2026, 5, 1, tzinfo=UTC), client=None,
            report=lambda progress: told.append(progress.left_out), sleep=time.sleep,
        )  # fmt: skip
        pages = list(CONNECTOR.sync(request))
        for page in pages:
            state.update(page.state)
        return len(pages)

    assert (sync(), sync()) == (1, 0)
    assert told
    assert "gone.ics" in str(told[0])
    file.write_bytes(_calendar("UID:1\r\nSUMMARY:OOO kim@x.example\r\nDTSTART;VALUE=DATE:20260401\r\n"))
    assert sync() == 1
    # rules without an end go on: a calendar that nobody touches is read again before its horizon comes near
    number, mark, _ = state["calendars"]["team"]
    state["calendars"]["team"] = (number, mark, "2026-01-01T00:00:00Z")
    assert (sync(), sync()) == (1, 0)
    # taken out of the folder: an empty list takes back what it said, but not where a place cannot be looked at
    file.unlink()
    assert sync() == 0
    paths.pop()
    assert (sync(), sync()) == (1, 0)


@pytest.mark.parametrize(
    "broken",
    [
        "DTSTART:\r\n",
        "DTSTART:20260401T09x000\r\n",
        "DTSTART:20260401T090000Z\r\nDTSTART:20260402T090000Z\r\n",
        "DTSTART:P1D\r\n",
        "DTSTART;VALUE=DATE:20260401\r\nRRULE:FREQ=DAILY;COUNT=2\r\nRRULE:FREQ=DAILY;COUNT=3\r\n",
        "DTSTART;VALUE=DATE:20260401\r\nSEQUENCE:one\r\n",
    ],
)
def test_a_broken_event_is_named(broken: str) -> None:
    """One event that cannot be read must not look like the end of an absence: its calendar is kept apart."""
    good = "UID:1\r\nSUMMARY:OOO kim@x.example\r\nDTSTART;VALUE=DATE:20260401\r\n"
    with pytest.raises(Unreadable) as told:
        _read(_calendar(good, f"UID:2\r\nSUMMARY:OOO lee@x.example\r\n{broken}"))
    assert told.value.field == "VEVENT 2"
    with pytest.raises(Unreadable) as told:
        CONNECTOR.read(
            Delivery("ics:calendar", {"calendar": "team", "seen-at": "yesterday"}, _calendar(good)), Options("hr")
        )
    assert told.value.field == "seen-at"
