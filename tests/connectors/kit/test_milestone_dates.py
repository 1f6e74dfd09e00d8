"""Dates that milestones had: each that a tool told stays, whatever way and order it came by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from fairlead.connectors.github.connector import CONNECTOR as GITHUB
from fairlead.connectors.jira.connector import CONNECTOR as JIRA
from fairlead.connectors.kit.connector import Connector, Delivery, Options
from fairlead.connectors.kit.golden import merged

JULY, AUGUST = "2026-07-31T07:00:00Z", "2026-08-31T07:00:00Z"


def told(connector: Connector, kind: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    options = Options(source="jira" if connector is JIRA else "github")
    return connector.read(Delivery(kind, headers or {}, msgspec.json.encode(body)), options).patches


def dates(patches: Any) -> list[tuple[str, str | None]]:
    found = [one.values for (table, _), one in merged(patches).items() if table == "milestone_dates"]
    return sorted((f"{one['at']:%m-%d %H:%M:%S}", one["due_at"] and f"{one['due_at']:%m-%d}") for one in found)


def edited(at: str, due: str | None, before: str | None) -> dict[str, Any]:
    found = {
        "number": 1,
        "title": "Autumn",
        "state": "open",
        "created_at": "2026-06-01T08:00:00Z",
        "updated_at": at,
        "due_on": due,
    }
    repository = {"full_name": "acme/pay", "id": 1, "name": "pay", "owner": {"login": "acme", "id": 2}}
    changes = {"due_on": {"from": before}}
    return {"action": "edited", "milestone": found, "changes": changes, "repository": repository}


@pytest.mark.parametrize("turned", [False, True])
def test_an_edit_tells_of_the_date_before_as_well(turned: bool) -> None:
    moved = told(GITHUB, "milestone", edited("2026-07-20T09:00:00Z", AUGUST, JULY))
    dropped = told(GITHUB, "milestone", edited("2026-07-25T09:00:00Z", None, AUGUST))
    patches = [*dropped, *moved, *moved] if turned else [*moved, *dropped]
    assert dates(patches) == [
        ("07-20 08:59:59", "07-31"), ("07-20 09:00:00", "08-31"),
        ("07-25 08:59:59", "08-31"), ("07-25 09:00:00", None),
    ]  # fmt: skip


def test_an_edit_of_something_else_tells_of_no_date_before() -> None:
    renamed = {**edited("2026-07-20T09:00:00Z", JULY, JULY), "changes": {"title": {"from": "August"}}}
    assert dates(told(GITHUB, "milestone", renamed)) == [("07-20 09:00:00", "07-31")]


def listed(at: datetime, due: str, *, released: bool = False) -> Any:
    version = {"id": "7", "name": "2026.07", "releaseDate": due, "released": released, "archived": False}
    headers = {"date": at.isoformat(), "path": "/rest/api/3/project/PAY/versions"}
    return told(JIRA, "api:versions", [version], headers)


def test_lists_of_versions_leave_one_date_a_day_and_none_once_it_is_released() -> None:
    morning, evening = (
        listed(datetime(2026, 7, 20, 6, tzinfo=UTC), "2026-07-31"),
        listed(datetime(2026, 7, 20, 18, tzinfo=UTC), "2026-08-31"),
    )
    later = listed(datetime(2026, 7, 21, 6, tzinfo=UTC), "2026-08-31")
    # the day of the release stands where the date that was promised stood
    over = listed(datetime(2026, 9, 3, 6, tzinfo=UTC), "2026-09-02", released=True)
    wanted = [("07-20 00:00:00", "08-31"), ("07-21 00:00:00", "08-31")]
    assert dates([*morning, *evening, *later, *over]) == wanted
    assert dates([*over, *later, *evening, *morning]) == wanted
