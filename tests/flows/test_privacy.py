"""Nobody is ranked: every page, API route and report is walked with the eyes of each role."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from fairlead.gateway.app import create_apps
from fairlead.model.schema import TABLES, columns
from fairlead.store import access, records
from fairlead.store.access import Role
from fairlead.ui.registry import pages
from fairlead.wiring.services import Services

PEOPLE_WORDS = re.compile(r"\b(leaderboard|ranking of|top (contributors|reviewers|authors)|most productive)\b", re.I)
ABOUT_PEOPLE = {"person", "author", "reviewer", "assignee", "account", "login", "handle"}


@pytest.fixture(scope="module")
def doors(demo_services: Services) -> Iterator[dict[str, TestClient]]:
    """A signed-in client for each role, and one for the operator."""
    apps = create_apps(demo_services)
    with demo_services.database.read() as tx:
        humans = [row["id"] for row in records.rows(tx, "people") if row["kind"] == "human" and not row["deleted_at"]]
    opened = {}
    roles: list[Role] = ["viewer", "member", "manager"]
    for role, person in zip(roles, sorted(humans), strict=False):
        client = TestClient(apps.network, base_url="http://localhost:8484")
        client.post(f"/sign-in/{apps.access.invite(person, role)}")
        opened[role] = client
    opened["owner"] = TestClient(apps.network, base_url="http://localhost:8484")
    opened["owner"].post(f"/sign-in/{apps.access.operator_link()}")
    yield opened
    for client in opened.values():
        client.close()


def _page_paths() -> list[str]:
    return [page.path for page in pages() if "{" not in page.path and not page.development]


def _api_paths(client: TestClient) -> list[str]:
    described = client.get("/api/v1/openapi.json").json()
    return [f"/api/v1{path}" for path, verbs in described["paths"].items() if "get" in verbs and "{" not in path]


@pytest.mark.parametrize("role", ["viewer", "member", "manager", "owner"])
def test_no_page_ranks_people(role: str, doors: dict[str, TestClient]) -> None:
    for path in _page_paths():
        answer = doors[role].get(path)
        assert answer.status_code in (200, 403), (path, answer.status_code)
        assert not PEOPLE_WORDS.search(answer.text), path


@pytest.mark.parametrize("role", ["viewer", "member", "manager"])
def test_no_route_shows_addresses_of_people_outside_the_owners_scope(
    role: str, doors: dict[str, TestClient], demo_services: Services
) -> None:
    with demo_services.database.read() as tx:
        addresses = {row["email"] for row in records.rows(tx, "accounts") if row["email"]}
        addresses |= {row["email"] for row in records.rows(tx, "people") if row["email"]}
    client = doors[role]
    tables = [f"/api/v1/records/{table}?limit=1000" for table in TABLES]
    for path in [*_page_paths(), *_api_paths(client), *tables]:
        if path in ("/people", "/api/v1/identity/links") and role == "manager":
            continue  # who confirms that two addresses are one person must see them
        text = client.get(path).text
        assert not [address for address in addresses if address in text], path


@pytest.mark.parametrize("role", ["viewer", "member", "manager"])
def test_person_columns_exist_for_owners_only(role: str, doors: dict[str, TestClient]) -> None:
    for table in TABLES:
        hidden = {column.name for column in columns(table) if column.person}
        answer = doors[role].get(f"/api/v1/records/{table}?limit=1")
        if answer.status_code == 200:
            assert not [row for row in answer.json()["rows"] if hidden & set(row)], table


def test_an_owner_who_reads_person_columns_is_recorded(doors: dict[str, TestClient], demo_services: Services) -> None:
    answer = doors["owner"].get("/api/v1/records/accounts?limit=3")
    assert "email" in answer.json()["rows"][0]
    with demo_services.database.read() as tx:
        newest = access.readings(tx, 1000)
    assert any("accounts.email" in reading.columns for reading in newest)


def test_no_figure_can_be_cut_by_person(demo_services: Services) -> None:
    for name, entry in demo_services.warehouse.catalogue.items():
        assert not ABOUT_PEOPLE & set(entry.segments), name


def test_figures_about_people_of_small_teams_are_suppressed(doors: dict[str, TestClient]) -> None:
    small, large = (
        doors["manager"].get("/api/v1/figures/review_load", params={"team": team}).json()["figures"][0]
        for team in ("platform", "payments")
    )
    assert small["value"] is None
    assert small["missing"] == "group_too_small"
    assert large["value"] is not None
    systems = doors["manager"].get("/api/v1/figures/dora", params={"team": "platform"}).json()["figures"]
    assert any(figure["value"] is not None for figure in systems), "figures about systems are shown"


def _numbers_beside_people(value: Any, names: set[str]) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        named = [part for part in value.values() if isinstance(part, str) and part in names]
        numbers = [part for part in value.values() if isinstance(part, int | float) and not isinstance(part, bool)]
        if named and numbers and len(value) == 2:
            yield value
        for part in value.values():
            yield from _numbers_beside_people(part, names)
    elif isinstance(value, list):
        for part in value:
            yield from _numbers_beside_people(part, names)


def test_no_report_lists_people_with_a_number_each(doors: dict[str, TestClient], demo_services: Services) -> None:
    with demo_services.database.read() as tx:
        names = {row["name"] for row in records.rows(tx, "people")} | {
            row["id"] for row in records.rows(tx, "people")
        }
    for path in ("/api/v1/brief", "/api/v1/triage", "/api/v1/figures"):
        found = list(_numbers_beside_people(json.loads(doors["manager"].get(path).text), names - {None}))
        assert not found, path
