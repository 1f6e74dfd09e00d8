"""Nobody is ranked: every page, API route and report is walked with the eyes of each role."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from tests.flows.scores import in_json, in_page, in_text
from tests.flows.ways import Walk, templates

from fairlead.gateway.app import create_apps
from fairlead.metrics.shown import about_people
from fairlead.model.schema import TABLES, columns
from fairlead.reports.registry import REPORTS, asked_as
from fairlead.store import access, records
from fairlead.store.access import Role
from fairlead.ui.registry import pages
from fairlead.wiring.deliveries import document
from fairlead.wiring.services import Services
from fairlead.wiring.showing import shown
from fairlead.wiring.verbs import ask, verbs

ABOUT_PEOPLE = {"person", "author", "reviewer", "assignee", "account", "login", "handle"}


@pytest.fixture(scope="module")
def doors(demo_services: Services) -> Iterator[dict[str, TestClient]]:
    """A signed-in client for each role, and one for the operator."""
    apps = create_apps(demo_services)
    with demo_services.database.read() as tx:
        humans = [row["id"] for row in records.rows(tx, "people") if row["kind"] == "human" and not row["deleted_at"]]
        # whoever has a role of the demo's already would see with both
        taken = {user.person for user in access.all_users(tx)}
    opened = {}
    roles: list[Role] = ["viewer", "member", "manager"]
    for role, person in zip(roles, sorted(set(humans) - taken), strict=False):
        client = TestClient(apps.network, base_url="http://localhost:8484")
        client.post(f"/sign-in/{apps.access.invite(person, role)}")
        opened[role] = client
    opened["owner"] = TestClient(apps.network, base_url="http://localhost:8484")
    opened["owner"].post(f"/sign-in/{apps.access.operator_link()}")
    yield opened
    for client in opened.values():
        client.close()


@pytest.fixture(scope="module")
def people(demo_services: Services) -> frozenset[str]:
    """Everything by which a human of the demo may be named."""
    with demo_services.database.read() as tx:
        humans = {row["id"]: row for row in records.rows(tx, "people") if row["kind"] == "human"}
        accounts = [row for row in records.rows(tx, "accounts") if row["person"] in humans]
    named = {row[part] for row in humans.values() for part in ("id", "name", "email")}
    named |= {row[part] for row in accounts for part in ("id", "handle", "name", "email")}
    return frozenset(named - {None, ""})


@pytest.fixture(scope="module")
def walks(doors: dict[str, TestClient], demo_services: Services) -> Walks:
    """What each role sees of every route that reads."""
    reading = [path for path, methods in templates(create_apps(demo_services).network) if "GET" in methods]
    tables = [table["name"] for table in doors["owner"].get("/api/v1/records").json()["tables"]]
    with demo_services.database.read() as tx:
        held = {table: rows[0]["id"] for table in TABLES if (rows := list(records.rows(tx, table)))}
    values = {
        "/api/v1/records/{table} table": tables,
        "/api/v1/records/{table}/{record:path} table": list(held),
        "record": [quote(record) for record in held.values()],
        "/api/v1/figures/{name} name": ["dora", *demo_services.warehouse.catalogue],
        "/teams/{id:path} id": [quote(f"team:{key}") for key in demo_services.setup.teams],
        "/services/{id:path} id": [quote(f"service:{key}") for key in demo_services.setup.services],
        # Its entries are reports, which are looked at below; who has no token of a feed sees none.
        "team": ["payments"],
        "report": ["brief"],
        # Only the owner's page of set-up links to it; everybody else is sent away, and that is looked at too.
        "/setup/{tool} tool": ["jira"],
        # A drawing that is not ready: most come with their page, and then nothing links them.
        "key": ["0"],
        "rule": ["change-stale"],
        "index": ["0"],
        # What people and the engine have decided: none where the demo holds none, and that answer is looked at too.
        **{
            name: [quote(held.get(f"{name}s", "none"))]
            for name in ("signal", "decision", "risk", "action", "objective")
        },
        "number": [held.get("actions", "action:0").rpartition(":")[2]],
        "notice": ["none"],
        # A link that opens nothing: the page before the door says the same to everybody.
        "secret": ["nothing"],
    }
    return Walks(doors, values, reading)


class Walks(dict[str, Walk]):
    """The walk of each role, begun when somebody asks for it."""

    def __init__(
        self, doors: Mapping[str, TestClient], values: Mapping[str, Sequence[str]], paths: Sequence[str]
    ) -> None:
        super().__init__()
        self._doors, self._values, self._paths = doors, values, paths

    def __missing__(self, role: str) -> Walk:
        self[role] = Walk(self._doors[role], self._values).walk(self._paths)
        return self[role]


# who sees least and who sees most; between them lie minutes of walking, which CI takes
_BETWEEN = [pytest.param(role, marks=pytest.mark.slow) for role in ("member", "manager")]
WALKERS = ["viewer", "owner", *_BETWEEN]


@pytest.mark.parametrize("role", WALKERS)
def test_every_route_and_page_is_looked_at(role: str, walks: Walks, demo_services: Services) -> None:
    reading = {path for path, methods in templates(create_apps(demo_services).network) if "GET" in methods}
    assert reading >= {page.path for page in pages() if not page.development}
    assert len(reading) > 40
    assert sorted(reading - {path for path, seen in walks[role].seen.items() if seen}) == []
    wrong = {address: answer.status_code for address, answer in walks[role].answers() if answer.status_code >= 500}
    assert wrong == {}


@pytest.mark.parametrize("role", WALKERS)
def test_no_route_measures_people(role: str, walks: Walks, people: frozenset[str]) -> None:
    planner = role in ("manager", "owner")
    found = {
        address: said
        for address, answer in walks[role].answers()
        if (said := list(_said(address, answer, people, planner)))
    }
    assert found == {}


_OF_PLANNERS = ("plan_load", "rebalance_load", "rebalance_moves")
_LOAD = re.compile(rf'<section aria-labelledby="(?:{"|".join(_OF_PLANNERS)})".*?</section>', re.DOTALL)


def _said(address: str, answer: Any, people: frozenset[str], planner: bool) -> Iterator[str]:
    kind = answer.headers.get("content-type", "")
    if planner and address.partition("?")[0] in ("/plan", "/plan/actions"):
        # how full the days to come are is the planner's to see, and nobody else's but one's own
        yield from in_page(_LOAD.sub("", answer.text), people)
        return
    if planner and address.partition("?")[0] in ("/api/v1/plan", "/api/v1/plan/rebalance") and "json" in kind:
        told = answer.json()
        for found in (told.get("plan"), told.pop("rebalance", None)):
            if found:
                found["load"] = []
        told["sections"] = [section for section in told.get("sections", ()) if section["key"] not in _OF_PLANNERS]
        yield from in_json(told, people)
        return
    if address.startswith("/api/v1/records/"):
        # Rows of records as they came: who wrote a change and how long it is. Only owners have those columns, and
        # their reading is written down; that others have none is tested below.
        return
    if address.startswith(("/api/v1/identity/links", "/api/v1/access-log")):
        return  # how alike two accounts are, and how much was read of columns about people, is nobody's work
    if address.startswith("/api/v1/ledger"):
        return  # who decided what, told to those who manage: its numbers are places in a list
    if "json" in kind:
        yield from in_json(answer.json(), people)
    elif kind.startswith("text/html"):
        yield from in_page(answer.text, people)
    elif kind.startswith("text/") and "css" not in kind and "javascript" not in kind:
        yield from in_text(answer.text, people)


EVERY_REPORT = [
    ("", "en"),
    # the small team, of which most is suppressed
    ("platform", "de"),
    *(
        pytest.param(*one, marks=pytest.mark.slow)
        for one in [("", "de"), ("payments", "en"), ("payments", "de"), ("platform", "en")]
    ),
]


@pytest.mark.parametrize(("team", "language"), EVERY_REPORT)
def test_no_report_measures_people(demo_services: Services, people: frozenset[str], team: str, language: str) -> None:
    # A letter is one of the other reports as a mail: what it says is looked at under that name.
    asked = sorted(set(verbs()) - {"sql", "letter"})
    known = [
        "alignment", "balance", "brief", "decisions", "dependencies", "flow", "forecast", "forecasts",
        "gates", "goals", "incidents", "kpi", "metrics", "notices", "plan", "policy", "quarter",
        "reliability", "risks",
        "rules", "search", "signals", "slo", "snapshot", "sprint-health", "standup", "triage", "update", "weekly",
        "work",
    ]  # fmt: skip
    [change] = demo_services.warehouse.rows("select min(id) as id from changes")
    assert asked == known, "a new verb: say how it is asked here"
    for verb in asked:
        words = {"team": team, "language": language} if team else {"language": language}
        # it answers only what is asked
        own = {"forecast": {"items": "20"}, "search": {"q": "payments"}, "gates": {"change": change["id"]}}
        words |= own.get(verb, {})
        said = _in_form(demo_services, verb, words)
        assert list(in_json(json.loads(said("json")), people)) == [], verb
        if verb != "metrics":
            assert list(in_text(said("md"), people)) == [], verb
            assert list(in_page(said("html"), people)) == [], verb


def _in_form(services: Services, verb: str, words: dict[str, str]) -> Callable[[str], str]:
    """What a verb says in a form; a report is made once for all of them, since that takes longest."""
    report = {asked_as(name)[0]: name for name in REPORTS}.get(verb)
    team = f"team:{words['team']}" if "team" in words else ""
    made = report and document(services, report, team, words["language"])

    def said(form: str) -> str:
        # as JSON this one tells more than its document
        if made and (verb, form) != ("incidents", "json"):
            return shown(services, made, {**words, "form": form}).text
        return ask(services, verb, {**words, "form": form}).text

    return said


@pytest.mark.parametrize("role", ["viewer", "member", "manager"])
def test_pages_of_records_show_no_more_than_the_api(
    role: str, doors: dict[str, TestClient], demo_services: Services, people: frozenset[str]
) -> None:
    """Each kind of record by id: neither a column that the API hides, nor who a person is."""
    opened = 0
    with demo_services.database.read() as tx:
        rows = {table: list(records.rows(tx, table))[:3] for table in TABLES}
    for table, found in rows.items():
        hidden = {column.name for column in columns(table) if column.person}
        for row in found:
            answer = doors[role].get(f"/records/{quote(row['id'])}")
            assert answer.status_code in (200, 403, 404), row["id"]
            main = html.unescape(answer.text.partition("<main")[2].partition("</main>")[0])
            shown = set(re.findall(r">([^<>]+)<", main))
            opened += answer.status_code == 200
            values = {str(row[name]) for name in hidden if row[name]} | people
            # a change that comes from no fork has its own repository in the hidden column too, which is no secret
            assert not (values - {row["id"], row.get("repository")}) & shown, row["id"]
            if about_people(table, "id"):
                assert answer.status_code != 200, "its id is made of a handle, and the API has no such id"
                # What somebody typed who guesses is said back to them, and nothing else.
                assert answer.status_code == 404 or row["id"] not in main
    assert opened > 25


@pytest.mark.parametrize("role", ["viewer", *_BETWEEN])
def test_no_page_links_a_record_that_it_refuses(role: str, walks: Walks) -> None:
    refused = [address for address, answer in walks[role].answers() if answer.status_code == 403]
    assert not [address for address in refused if address.startswith("/records/")]


def test_search_names_people_to_those_who_may_open_their_register(doors: dict[str, TestClient]) -> None:
    found = {
        role: client.get("/search?q=aylin", headers={"hx-request": "true"}).text for role, client in doors.items()
    }
    assert "Aylin" not in found["viewer"]
    assert "Aylin" in found["member"]
    assert 'href="/people"' in found["member"]
    assert 'href="/records/person:' in found["owner"]


def test_an_owner_reads_the_record_of_a_person_and_is_recorded(
    doors: dict[str, TestClient], demo_services: Services
) -> None:
    with demo_services.database.read() as tx:
        person = next(row for row in records.rows(tx, "people") if row["kind"] == "human")
    assert person["name"] in doors["owner"].get(f"/records/{person['id']}").text
    with demo_services.database.read() as tx:
        read = access.readings(tx, 5)
    assert any({"people.id", "people.name"} <= set(reading.columns) for reading in read)


PEOPLE = frozenset({"Kim Adler", "Lee Ong", "person:kim", "person:lee"})


@pytest.mark.parametrize("guilty", [
    "<table><tr><th>Who<th>Merged</tr><tr><td>Kim Adler<td>12</tr><tr><td>Lee Ong<td>3</tr></table>",
    "<table><tr><th>n<th>Who</tr><tr><td>4.5 h<td>Kim Adler</tr><tr><td>9 h<td>Lee Ong</tr></table>",
    "<ol><li>Kim Adler, 12 commits</li><li><b>Lee Ong</b>: 3 reviews</li></ol>",
    "<p>This week Kim Adler merged 12 changes.</p>",
    "<h2>Top reviewers</h2>",
])  # fmt: skip
def test_a_page_that_measures_people_is_found(guilty: str) -> None:
    assert list(in_page(guilty, PEOPLE))


@pytest.mark.parametrize("guilty", [
    [{"person": "person:kim", "merged": 12}],
    {"load": {"person:kim": 3, "person:lee": 4}},
    {"rows": [{"author": "Kim Adler", "title": "x", "lines": 4.5}]},
])  # fmt: skip
def test_an_answer_that_measures_people_is_found(guilty: Any) -> None:
    assert list(in_json(guilty, PEOPLE))


def test_saying_whose_turn_it_is_measures_nobody() -> None:
    page = (
        "<ol><li>#1 waits for Kim Adler since Fri, 2.6 working days</li><li>14 reviews wait for Lee Ong</li></ol>"
        "<table><tr><th>Change</th><th>Lines</th></tr><tr><td>#1</td><td>12</td></tr></table>"
        "<ul><li>Kim Adler fits (0.37): has 1 open review</li><li>Lee Ong fits (0.2): has 3 open reviews</li></ul>"
    )
    assert list(in_page(page, PEOPLE)) == []


@pytest.mark.parametrize("role", ["viewer", *_BETWEEN])
def test_no_route_shows_addresses_of_people_outside_the_owners_scope(
    role: str, walks: Walks, demo_services: Services
) -> None:
    with demo_services.database.read() as tx:
        addresses = {row["email"] for row in records.rows(tx, "accounts") if row["email"]}
        addresses |= {row["email"] for row in records.rows(tx, "people") if row["email"]}
    tables = {f"/api/v1/records/{table}?limit=1000" for table in TABLES}
    answers = [*walks[role].answers(), *((path, walks[role].client.get(path)) for path in tables)]
    for address, answer in answers:
        if address.partition("?")[0] in ("/people", "/api/v1/identity/links") and role == "manager":
            continue  # who confirms that two addresses are one person must see them, and it is written down
        assert not [one for one in addresses if one in answer.text], address


def test_a_manager_who_sees_addresses_is_recorded(doors: dict[str, TestClient], demo_services: Services) -> None:
    def noted() -> int:
        with demo_services.database.read() as tx:
            return sum(
                "accounts.email" in reading.columns and reading.how == "page" for reading in access.readings(tx)
            )

    before = noted()
    assert doors["member"].get("/people").status_code == 200
    assert noted() == before, "a member is shown no address"
    assert "@brightwater.example" in doors["manager"].get("/people").text
    assert noted() == before + 1


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
