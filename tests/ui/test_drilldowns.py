"""From every number and sentence to its rows: for each role and scope, and written down where it must be."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from tests.ui.sites import Site, plain_paths

from fairlead.metrics import figures
from fairlead.metrics.shown import about_people
from fairlead.metrics.stated import SOURCE
from fairlead.model.figures import Evidence
from fairlead.model.schema import TABLES
from fairlead.store import access, records
from fairlead.ui import kept
from fairlead.ui.registry import pages
from fairlead.ui.scope import Scope

ROLES: tuple[access.Role, ...] = ("viewer", "member", "manager")
_ROWS = re.compile(r'href="(/(?:rows|evidence)/[^"]+)"')


@pytest.fixture(scope="module")
def readers(demo_site: Site) -> Iterator[dict[str, TestClient]]:
    """Somebody of each role."""
    kept.forget()
    with demo_site.services.database.read() as tx:
        humans = {row["id"] for row in records.rows(tx, "people") if row["kind"] == "human"}
        # whoever has a role of the demo's already would see with both
        free = sorted(humans - {user.person for user in access.all_users(tx)})
    invited = {
        role: demo_site.signed_in(demo_site.apps.access.invite(person, role))
        for role, person in zip(ROLES, free, strict=False)
    }
    yield {**invited, "owner": demo_site.signed_in()}
    for client in invited.values():
        client.close()


def _offered(client: TestClient) -> list[str]:
    text = client.get("/keyboard").text
    menu = text[text.index('<nav class="menu') : text.index("</nav>")]
    return re.findall(r'href="([^"]+)"', menu)


def test_a_menu_offers_what_its_reader_may_open(readers: dict[str, TestClient]) -> None:
    sizes = {}
    for role, client in readers.items():
        offered = _offered(client)
        assert {path: client.get(path).status_code for path in offered} == dict.fromkeys(offered, 200), role
        sizes[role] = len(offered)
    assert sizes["viewer"] < sizes["member"] < sizes["manager"] < sizes["owner"]
    assert sizes["owner"] == len([page for page in pages() if page.shown != "nowhere" and not page.development])


@pytest.mark.parametrize("role", ROLES)
def test_pages_lead_nobody_to_a_closed_door(readers: dict[str, TestClient], role: str) -> None:
    client = readers[role]
    for path in plain_paths():
        text = client.get(path).text
        main = text[text.index("<main") : text.index("</main>")]
        for link in set(re.findall(r'href="(/(?:people|settings|setup)[^"]*)"', main)):
            assert client.get(link).status_code == 200, f"{path} leads a {role} to {link}"


def test_a_viewer_reads_the_rows_behind_every_sentence_and_figure(readers: dict[str, TestClient]) -> None:
    client = readers["viewer"]
    links = {
        link.replace("&amp;", "&")
        for path in ("/", "/triage", "/incidents", "/delivery", "/quality", "/data")
        for link in _ROWS.findall(client.get(path).text)
    }
    assert len(links) > 60
    closed = {link: answer.status_code for link in links if (answer := client.get(link)).status_code != 200}
    assert closed == {}


def _evidence(site: Site) -> Iterator[tuple[str, Evidence]]:
    warehouse, now = site.services.warehouse, site.services.clock.now()
    values = {
        "team": "team:payments", "repository": "github:brightwater/payments", "service": "service:ledger",
        "work_type": "feature", "author_kind": "human", "project": "LEDGER", "severity": "high",
        "detected_by": "alert", "slo": "slo:checkout",
    }  # fmt: skip
    for name, entry in warehouse.catalogue.items():
        for limits in ({}, *({segment: values[segment]} for segment in entry.segments)):
            found = figures.figure(warehouse, name, Scope(window="90d").between(now), limits)
            yield f"{name} of {limits}", found.rows
            if found.left_out:
                yield f"{name} of {limits}, left out", found.left_out


def test_rows_of_every_figure_are_open_without_the_owners_scope(demo_site: Site) -> None:
    asked = 0
    for what, evidence in _evidence(demo_site):
        found = demo_site.services.warehouse.readonly(f"select count(*) as n from ({evidence.query})")
        assert found.rows == [{"n": evidence.count}], what
        asked += 1
    assert asked > 80


@pytest.mark.parametrize("table", ["deployment_parts", "deployment_candidates", "counted_deployments", "build_runs"])
def test_tables_about_systems_are_open_to_every_reader(demo_site: Site, table: str) -> None:
    assert demo_site.services.warehouse.readonly(f"select * from {table} limit 1").rows


def _readings(site: Site) -> list[access.Reading]:
    with site.services.database.read() as tx:
        return access.readings(tx)


def test_columns_about_people_on_a_page_are_written_down(readers: dict[str, TestClient], demo_site: Site) -> None:
    listing = next(
        link
        for link in _ROWS.findall(readers["owner"].get("/triage").text)
        if link.startswith("/evidence") and 'data-name="author"' in readers["owner"].get(link).text
    )
    before = len(_readings(demo_site))
    assert 'data-name="author"' not in readers["viewer"].get(listing).text
    readers["owner"].get("/rows/lead_time")
    assert len(_readings(demo_site)) == before, "rows without such columns are nobody's business"
    readers["owner"].get(listing)
    newest, *others = _readings(demo_site)
    assert len(others) == before
    assert (newest.who, newest.how) == ("operator", "page")
    assert any(column.endswith(".author") for column in newest.columns)
    readers["owner"].get(f"{listing}&form=csv" if "?" in listing else f"{listing}?form=csv")
    assert _readings(demo_site)[0].how == "export"


def test_who_is_shown_addresses_of_people_is_written_down(readers: dict[str, TestClient], demo_site: Site) -> None:
    for role, path, column in (
        ("manager", "/people", "accounts.email"), ("owner", "/people", "accounts.email"),
        ("owner", "/settings", "people.email"), ("owner", "/records/person:kim-adler", "people.name"),
    ):  # fmt: skip
        before = len(_readings(demo_site))
        assert readers[role].get(path).status_code == 200
        newest, *others = _readings(demo_site)
        assert len(others) == before, path
        assert (newest.what, column in newest.columns) == (f"GET {path}", True)
    before = len(_readings(demo_site))
    for path in ("/people", "/records/person:kim-adler"):
        readers["member"].get(path)
    assert len(_readings(demo_site)) == before


def test_what_the_settings_name_has_a_page_without_a_record(readers: dict[str, TestClient]) -> None:
    for role, client in readers.items():
        team = client.get("/records/team:payments")
        assert team.status_code == 200
        assert "github:brightwater/ledger" in team.text
        assert ("kim-adler" in team.text) == (role != "viewer"), "who is in a team stands on the page People"
        assert "brightwater/ledger" in client.get("/records/service:ledger").text
        assert client.get("/records/team:nobody").status_code == 404
        assert "Payments API answers" in client.get("/records/slo:payments-api").text


def test_an_address_in_an_id_is_shown_to_owners_only(readers: dict[str, TestClient]) -> None:
    path = "/records/email:kim.adler@brightwater.example"
    assert "kim.adler@brightwater.example" in readers["owner"].get(path).text
    for role in ROLES:
        text = readers[role].get(path).text
        main = text[text.index("<main") : text.index("</main>")]
        assert "kim.adler@" not in main, role


def test_a_page_offers_the_choices_that_limit_it_and_keeps_the_others(demo: TestClient) -> None:
    brief = demo.get("/?service=service:ledger&window=7d").text
    assert '<select name="team"' in brief
    assert '<select name="service"' not in brief
    assert '<input type="hidden" name="service" value="service:ledger">' in brief
    assert '<input type="hidden" name="window" value="7d">' in brief
    assert '<select name="service"' in demo.get("/delivery").text
    people = demo.get("/people").text
    assert 'aria-label="Scope"' not in people
    assert "as of" in people, "freshness is always there"


def test_nothing_found_says_how_it_is_known(empty: TestClient) -> None:
    text = empty.get("/").text
    assert re.search(r"<summary[^>]*>0</summary>", text) is None
    assert "how we know" in text
    found = re.search(r'href="(/evidence/brief/[^"]+)"', text)
    assert found and empty.get(found[1]).status_code == 200
    assert "No build is known" in empty.get("/quality").text
    assert "As stated in the settings" not in empty.get("/data").text


def test_flaky_tests_are_named_and_lead_to_what_failed(demo: TestClient, empty: TestClient) -> None:
    text = demo.get("/quality?window=90d").text
    [failure] = [link for link in _links(text) if "/test/" in link and ">keeps the basket over a reload<" in text][:1]
    answer = demo.get(failure)
    assert answer.status_code == 200 and "failed" in answer.text
    assert "Flaky tests" in text and "Tests passed" in text
    # Nobody's payments team has a browser.
    assert "keeps the basket" not in demo.get("/quality?window=90d&team=payments").text
    assert "no test ran in this window" in empty.get("/quality").text


def _links(text: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(r'href="([^"]+)"', text.partition("<main")[2])]


def test_an_update_goes_back_week_by_week_and_its_rows_say_that_they_are_of_now(demo: TestClient) -> None:
    first = _links(demo.get("/update?for=product&team=payments").text)
    [before] = [link for link in first if link.startswith("/update") and "week=" in link]
    answer = demo.get(before)
    assert answer.status_code == 200
    week = before.partition("week=")[2].partition("&")[0]
    assert f"fairlead update --for product --week {week}" in answer.text
    links = _links(answer.text)
    # other readers and the whole week stay in the week; one link leads back to now
    assert {link.partition("?")[0] for link in links if f"week={week}" in link} >= {"/update", "/weekly"}
    earlier = [link for link in links if "for=product" in link and "week=" in link and f"week={week}" not in link]
    assert len(earlier) == 1
    of_then = next(link for link in links if link.startswith("/evidence/update-product/"))
    assert f"week={week}" in of_then
    assert "these rows are as they are now" in demo.get(of_then).text
    of_now = next(link for link in first if link.startswith("/evidence/update-product/"))
    assert "these rows are as they are now" not in demo.get(of_now).text


def test_a_record_of_every_kind_has_its_page(readers: dict[str, TestClient], demo_site: Site) -> None:
    """What a sentence or a line of a ledger names can be opened, whatever its tool calls it."""
    rows = demo_site.services.warehouse.rows
    first = {
        table: found[0]["id"]
        for table in TABLES
        if (found := rows(f"select min(id) as id from {table} where source <> '{SOURCE}'")) and found[0]["id"]
    }
    assert len(first) > 25
    answers = {table: readers["owner"].get(f"/records/{quote(record)}") for table, record in first.items()}
    assert {table: answer.status_code for table, answer in answers.items() if answer.status_code != 200} == {}
    assert all(f'"mono">{html.escape(record)}<' in answers[table].text for table, record in first.items())
    closed = {
        table for table, one in first.items() if readers["viewer"].get(f"/records/{quote(one)}").status_code != 200
    }
    assert closed == {table for table in first if about_people(table, "id")}
