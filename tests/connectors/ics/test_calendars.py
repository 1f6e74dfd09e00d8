"""Absences from calendars as real programs write them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fairlead.connectors.ics.connector import CONNECTOR
from fairlead.connectors.kit.connector import Delivery, Options, SyncRequest
from fairlead.connectors.kit.suite import ConnectorSuite
from fairlead.model.errors import Unreadable
from fairlead.model.records.people import Absence

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
    assert len(_read(_calendar(forever))) == 399
    cancelled = weekly + "STATUS:CANCELLED\r\n"
    assert all(absence.deleted_at for absence in _read(_calendar(cancelled)))


def test_what_left_the_calendar_is_swept_and_nonsense_is_told() -> None:
    delivery = Delivery("ics:calendar", {"calendar": "team", "seen-at": "2026-05-01T00:00:00Z"}, _calendar())
    (sweep,) = CONNECTOR.read(delivery, Options("hr")).sweeps
    assert (sweep.table, sweep.scope, sweep.ids) == ("absences", "hr:team/", frozenset())
    with pytest.raises(Unreadable):
        _read(b"hello")


def test_a_folder_is_read_once_until_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "team.ics"
    file.write_bytes(_calendar())
    state: dict[str, Any] = {}
    told: list[str | None] = []

    def sync() -> int:
        request = SyncRequest(
            options=Options("hr"), settings={"paths": [str(tmp_path), str(tmp_path / "gone.ics")]}, credentials={},
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
