"""Who asks for teams, services and calendars finds those that the settings state, and models count none twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fairlead.config.load import load
from fairlead.gateway.app import create_apps
from fairlead.model.errors import Abort
from fairlead.model.patch import Patch
from fairlead.model.records.people import Team
from fairlead.model.times import FixedClock
from fairlead.store import records
from fairlead.wiring.services import Services
from fairlead.wiring.verbs import ask

NOW = datetime(2026, 3, 18, 15, 0, tzinfo=UTC)
FILE = """
[organisation]
time_zone = "Europe/Lisbon"

[teams.coast]
name = "Coast \\"O'Shea\\""
members = ["ines"]
calendar = "harbour"

[teams.dredgers]
parent = "coast"
time_zone = "Europe/Oslo"

[calendars.harbour]
hours = "Mon-Thu 08:00-16:00"
holidays = ["2026-06-10 Day of Portugal", "2026-12-25"]

[services.tides]
repository = "github:harbor/tides"
paths = ["api/**", "it's"]
team = "coast"
"""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    (tmp_path / "fairlead.toml").write_text(FILE, encoding="utf-8")
    with Services(load(tmp_path / "fairlead.toml", {}), tmp_path / "home", FixedClock(NOW), {}) as opened:
        with opened.database.begin() as tx:
            told = [
                Team(id="github:@harbor/coast", source="github", name="Coast", proposed=True),
                Team(id="team:coast", source="sheet", name="Yesterday's coast"),
            ]
            records.apply(tx, [Patch(one, NOW) for one in told])
        opened.catch_up()
        yield opened


@pytest.mark.parametrize("owner", [True, False])
def test_teams_of_the_settings_stand_beside_those_of_the_host_and_win(services: Services, owner: bool) -> None:
    query = "select id, name, parent, time_zone, calendar, proposed, source from teams order by id"
    found = [tuple(row.values()) for row in services.warehouse.readonly(query, owner=owner).rows]
    assert found == [
        ("github:@harbor/coast", "Coast", None, None, None, True, "github"),
        ("team:coast", 'Coast "O\'Shea"', None, "Europe/Lisbon", "calendar:harbour", False, "fairlead.toml"),
        ("team:dredgers", "dredgers", "team:coast", "Europe/Oslo", "calendar:default", False, "fairlead.toml"),
    ]


def test_calendars_holidays_and_services_have_the_types_of_records(services: Services) -> None:
    def rows(query: str) -> list[tuple[object, ...]]:
        return [tuple(row.values()) for row in services.warehouse.readonly(query, owner=True).rows]

    assert rows("select id, hours, time_zone from calendars order by id") == [
        ("calendar:default", "Mon-Fri 09:00-17:00", "Europe/Lisbon"),
        ("calendar:harbour", "Mon-Thu 08:00-16:00", "Europe/Lisbon"),
    ]
    assert rows("select calendar, name, day - date '2026-06-01' from holidays order by day") == [
        ("calendar:harbour", "Day of Portugal", 9),
        ("calendar:harbour", None, 207),
    ]
    assert rows("select id, repository, paths[2], team, criticality from services") == [
        ("service:tides", "github:harbor/tides", "it's", "team:coast", "medium"),
    ]


def test_sql_api_and_page_say_the_same(services: Services) -> None:
    said = ask(services, "sql", {"query": "select count(*) as n from teams", "form": "csv"}).text
    assert said == "n\n3\n"
    apps = create_apps(services)
    with TestClient(apps.network, base_url="http://localhost:8484") as client:
        client.post(f"/sign-in/{apps.access.operator_link()}")
        assert len(client.get("/api/v1/records/teams").json()["rows"]) == 3
        assert client.get("/api/v1/records/teams/team:dredgers").json()["time_zone"] == "Europe/Oslo"
        page = client.get("/records/team:coast").text
        assert "ines" in page, "the page of a stated team says all that is stated"
        assert "O&#39;Shea" in page


@pytest.mark.parametrize("segment", ["service=service:tides", "service=tides", "team=coast", "team=team:dredgers"])
def test_a_figure_can_be_limited_to_what_the_settings_state(services: Services, segment: str) -> None:
    asked = {"name": "deployment_frequency", "segment": segment, "form": "json"}
    (figure,) = json.loads(ask(services, "metrics", asked).text)["figures"]
    kind, _, name = segment.partition("=")
    assert figure["segment"][kind] == f"{kind}:{name.removeprefix(f'{kind}:')}"
    with pytest.raises(Abort, match="no service `tide`") as told:
        ask(services, "metrics", {**asked, "segment": "service=tide"})
    assert told.value.hint == "there are: service:tides"


def test_what_models_read_is_what_came(services: Services) -> None:
    assert services.warehouse.rows("select count(*) as n from teams") == [{"n": 2}]


def test_a_changed_setting_is_seen_after_the_next_refresh(services: Services, tmp_path: Path) -> None:
    (tmp_path / "fairlead.toml").write_text("[teams.alone]\n", encoding="utf-8")
    home = services.home
    services.close()
    with Services(load(tmp_path / "fairlead.toml", {}), home, FixedClock(NOW), {}) as again:
        again.catch_up()
        found = again.warehouse.readonly("select id from teams where source = 'fairlead.toml'", owner=True).rows
        assert found == [{"id": "team:alone"}]
