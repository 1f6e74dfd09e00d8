"""Pages that gather what belongs to a team or service, and the catalogue of KPIs."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient
from tests.ui.sites import Site


def _main(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


def test_a_team_has_a_page_by_key_and_id_whose_links_are_its_own(demo: TestClient) -> None:
    by_key, by_id = (_main(demo.get(path).text) for path in ("/teams/payments", "/teams/team:payments"))
    headings = re.findall(r"<h2[^>]*>(?:<bdi>)?([^<]+)", by_key)
    assert headings == re.findall(r"<h2[^>]*>(?:<bdi>)?([^<]+)", by_id)
    assert {"Open changes", "Work", "Delivery", "Services", "Repositories"} <= {one.strip() for one in headings}
    limited = re.findall(r'href="(/(?:rows|evidence|changes|work|delivery|flow)[^"]*)"', by_key)
    assert len(limited) > 10
    assert all("team=team%3Apayments" in link for link in limited)
    for link in {link.split("?")[0]: link for link in limited}.values():
        assert demo.get(link.replace("&amp;", "&")).status_code == 200, link


def test_a_service_has_a_page_with_its_owner_and_its_deployments(demo: TestClient, demo_site: Site) -> None:
    text = _main(demo.get("/services/edge").text)
    assert 'href="/teams/team:platform"' in text
    deployed = demo_site.services.warehouse.rows(
        "select deployment from deployment_reach join counted_deployments using (deployment) "
        "where deployment_reach.service = 'service:edge' and production order by finished_at desc, deployment limit 1"
    )
    assert deployed[0]["deployment"].partition(":")[2] in text


def test_a_team_sees_which_sources_tell_of_it_and_how_fresh_they_are(demo: TestClient) -> None:
    text = _main(demo.get("/teams/payments").text).partition('id="sources"')[2].partition("</section>")[0]
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", one, re.DOTALL) for one in text.split("<tr")[2:]]
    rows = [[re.sub("<[^>]+>", "", cell).strip() for cell in row] for row in cells]
    told = {row[0]: row[5] for row in rows}
    assert {"github", "jira", "pagerduty"} <= told.keys()
    assert "PAY" in told["jira"] and "BOOK" not in told["jira"] and "payments" in told["github"]


def test_a_service_shows_its_objectives_and_each_sentence_leads_to_its_rows(demo: TestClient) -> None:
    text = _main(demo.get("/services/payments-api").text)
    headings = {one.strip() for one in re.findall(r'<h2 id="(levels|classes|recovery|repeats)"', text)}
    assert headings == {"levels", "classes", "recovery", "repeats"}
    links = [html.unescape(link) for link in re.findall(r'href="(/evidence/reliability/[^"]+)"', text)]
    assert links and all("service=service%3Apayments-api" in link for link in links)
    for link in links:
        assert demo.get(link).status_code == 200, link


def test_rows_behind_a_sentence_stay_whatever_window_the_reader_has_chosen(demo: TestClient) -> None:
    links = re.findall(r'href="(/evidence/brief/[^"]+)"', demo.get("/?window=7d").text)
    assert links and demo.get(html.unescape(links[0])).status_code == 200


@pytest.mark.parametrize(
    ("path", "known"), [("/teams/nobody", "team:payments"), ("/services/x", "service:edge"), ("/teams/%00", "team:")]
)
def test_a_name_that_nothing_has_is_told_with_those_that_there_are(demo: TestClient, path: str, known: str) -> None:
    answer = demo.get(path)
    assert answer.status_code == 404
    assert known in _main(answer.text)


def test_names_of_teams_and_services_lead_to_their_pages(demo: TestClient) -> None:
    assert 'href="/services/service:payments-api"' in demo.get("/teams/payments").text
    assert "/teams/team:payments" in demo.get("/search?q=payments&kind=team").text
    assert 'href="/teams/team:payments"' in demo.get("/records/service:ledger").text


def test_each_kpi_stands_beside_its_definition_and_guardrail(demo: TestClient, demo_site: Site) -> None:
    text, catalogue = _main(demo.get("/kpi").text), demo_site.services.warehouse.catalogue
    on = demo_site.services.settings.kpi.on
    assert 0 < len(on) <= 10
    assert re.findall(r'<h2 class="away" id="([^"]+)"', text) == list(on)
    for name in on:
        assert f'href="/rows/{name}' in text
        assert (rail := catalogue[name].guardrail) and f'href="/definitions/{rail}"' in text
    off = set(re.findall(r'<dt><a href="/definitions/([^"]+)"', text))
    assert off == set(catalogue) - set(on)


def test_objectives_alone_say_what_the_page_of_reliability_says(demo: TestClient) -> None:
    whole = demo.get("/api/v1/slo")
    assert whole.status_code == 200
    names = ("Bank files are taken in", "Payments API answers", "Web shop answers")
    page = _main(demo.get("/reliability").text)
    for name in names:
        assert name in whole.text, name
        assert name in page, name
    for service in ("payments-api", "service:payments-api"):
        one = demo.get("/api/v1/slo", params={"service": service})
        assert names[1] in one.text, service
        assert names[0] not in one.text, service
    assert demo.get("/api/v1/slo", params={"service": "rowing-boat"}).status_code in (400, 404, 422)
    assert demo.get("/api/v1/slo", params={"team": "nobody"}).status_code in (400, 404, 422)


@pytest.mark.parametrize(("form", "kind"), [("md", "text/markdown"), ("html", "text/html"), ("svg", "image/svg+xml")])
def test_objectives_come_in_every_form(demo: TestClient, form: str, kind: str) -> None:
    chart = {"chart": "error-budgets"} if form == "svg" else {}
    answer = demo.get("/api/v1/slo", params={"format": form, "language": "de", **chart})
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["content-type"].startswith(kind)
    assert "Payments API answers" in answer.text
