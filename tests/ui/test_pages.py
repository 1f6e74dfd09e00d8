"""Pages over HTTP, without script: what each says, who may read it, what it refuses."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient
from tests.ui.sites import Site, paths

from fairlead.model.figures import Figure
from fairlead.store import access, records
from fairlead.ui import kept
from fairlead.ui.registry import pages

BUDGET_BYTES = 400_000
"""Before compression; over the wire it is less than a fifth."""


class _Reader(HTMLParser):
    """Headings, landmarks, links and inline code of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.inline: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.landmarks: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag in ("main", "header", "nav", "footer"):
            self.landmarks.append(tag)
        if tag == "script" and not said.get("src"):
            self.inline.append("script")
        self.inline += [name for name in said if name == "style" or name.startswith("on")]
        if tag == "a" and said.get("href"):
            self.links.append(str(said["href"]))
        if said.get("id"):
            self.ids.append(str(said["id"]))


@pytest.mark.parametrize("path", paths())
@pytest.mark.parametrize("kind", ["demo", "empty"])
def test_every_page_stands_on_its_own(request: pytest.FixtureRequest, kind: str, path: str) -> None:
    client: TestClient = request.getfixturevalue(kind)
    answer = client.get(path)
    assert answer.status_code == 200, answer.text[-2000:]
    page = _Reader(answer.text)
    assert page.inline == [], "the policy forbids inline script and style"
    assert page.headings.count(1) == 1
    first = page.headings.index(1)
    steps = zip(page.headings[first:], page.headings[first + 1 :], strict=False)
    assert all(below - above <= 1 for above, below in steps), page.headings
    assert len(page.ids) == len(set(page.ids)), "an id stands for one thing"
    assert {"main", "header", "footer"} <= set(page.landmarks)
    assert len(answer.content) < BUDGET_BYTES
    # what Python says of itself where a template names a method in place of a value
    assert not re.search(r"built-in method|bound method|&lt;function| object at 0x", answer.text)
    assert "no-store" in answer.headers["cache-control"]


def test_no_two_pages_open_by_one_key() -> None:
    keys = [page.key for page in pages() if page.key]
    assert len(keys) == len(set(keys)), sorted(keys)
    assert {page.key for page in pages() if page.path in ("/plan", "/goals", "/quarter", "/balance")}.isdisjoint({""})


@pytest.mark.parametrize("path", paths())
def test_every_page_speaks_german(demo: TestClient, path: str) -> None:
    answer = demo.get(path, headers={"accept-language": "de-DE,de;q=0.9,en;q=0.5"})
    assert answer.status_code == 200
    assert '<html lang="de"' in answer.text
    for english in ("Skip to the content", "All teams", "Last 30 days", "rows</a>", "definition<"):
        assert english not in answer.text


def test_links_of_pages_lead_somewhere(demo: TestClient) -> None:
    seen: set[str] = set()
    for path in ("/", "/delivery", "/quality", "/changes", "/data", "/people", "/definitions", "/triage"):
        for link in _Reader(demo.get(path).text).links:
            if link.startswith("/") and not link.startswith("/static/"):
                seen.add(link.partition("#")[0])
    kinds: dict[str, str] = {}
    for link in sorted(seen):
        kinds.setdefault("/".join(link.split("?")[0].split("/")[:3]), link)
    broken = {link: code for link in kinds.values() if (code := demo.get(link).status_code) != 200}
    assert broken == {}
    assert len(kinds) > 20


def test_nobody_reads_without_signing_in(demo_site: Site) -> None:
    with demo_site.client(follow=False) as client:
        for page in pages():
            if "{" not in page.path and not page.development and page.role != "anyone":
                answer = client.get(page.path)
                assert answer.status_code == 303, page.path
                assert answer.headers["location"] == "/sign-in"


def test_roles_limit_pages_and_acts(demo_site: Site) -> None:
    services = demo_site.services
    with services.database.read() as tx:
        # whoever has a role of the demo's already would act with both
        taken = {user.person for user in access.all_users(tx)}
        people = [row["id"] for row in records.rows(tx, "people") if row["kind"] == "human"]
    person = max(set(people) - taken)
    with demo_site.signed_in(demo_site.apps.access.invite(person, "viewer")) as client:
        assert client.get("/delivery").status_code == 200
        for path in ("/people", "/settings", "/setup"):
            assert client.get(path).status_code == 403, path
        word = _csrf(client.get("/data").text)
        refused = client.post("/data/retry", data={"csrf": word})
        assert refused.status_code == 403
        names = {row["name"] for row in services.warehouse.rows("select name from people where kind = 'human'")}
        exported = client.get("/rows/lead_time?form=csv").text
        assert not [name for name in names if name and name in exported]


def _csrf(text: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', text)
    assert found, "the page carries no word against forged forms"
    return found[1]


def test_a_form_without_its_word_is_refused(demo: TestClient) -> None:
    assert demo.post("/people/links", data={"link": "x", "decision": "confirmed"}).status_code == 403
    assert demo.post("/people/invite", data={"csrf": "0" * 64, "person": "x", "role": "owner"}).status_code == 403


def test_figures_lead_to_rows_that_make_them(demo: TestClient, demo_site: Site) -> None:
    from fairlead.metrics.figures import figure
    from fairlead.ui.scope import Scope

    services = demo_site.services
    window = Scope(window="30d").between(services.clock.now())
    found: Figure = figure(services.warehouse, "lead_time", window)
    rows = list(csv.DictReader(io.StringIO(demo.get("/rows/lead_time?form=csv").text)))
    assert len(rows) == found.n
    without = list(csv.DictReader(io.StringIO(demo.get("/rows/lead_time?form=csv&which=left_out").text)))
    assert len(without) == sum(found.excluded.values())
    assert all(row["reason"] for row in without)
    values = sorted(float(row["value"]) for row in rows if row["value"])
    middle = (
        values[len(values) // 2] if len(values) % 2 else sum(values[len(values) // 2 - 1 : len(values) // 2 + 1]) / 2
    )
    assert found.value == pytest.approx(middle)
    assert demo.get("/rows/lead_time?form=json").json()[0].keys() >= {"id", "moment", "value", "reason"}


def test_rows_sort_and_page_by_the_address(demo: TestClient) -> None:
    first = demo.get("/rows/lead_time?sort=value&order=up").text
    last = demo.get("/rows/lead_time?sort=value").text
    assert 'aria-sort="ascending"' in first
    assert 'aria-sort="descending"' in last
    assert _ids(first) != _ids(last)
    second = demo.get("/rows/lead_time?sort=value&page=2").text
    assert not set(_ids(second)) & set(_ids(last))
    assert demo.get("/rows/lead_time?sort=value;drop&page=-1&order=x").status_code == 404


def _ids(text: str) -> list[str]:
    return re.findall(r'scope=row data-name="[^"]*"[^>]*><a href="([^"]+)"', text)


def test_a_scope_holds_for_every_figure_and_in_every_link(demo: TestClient) -> None:
    text = demo.get("/delivery?team=team:payments&window=90d").text
    assert "selected" in text
    assert all("team=team%3Apayments" in link for link in re.findall(r'href="(/rows/[^"]+)"', text))
    odd = demo.get("/delivery?team=team:%27%3B--&window=never&service=%3Cscript%3E")
    assert odd.status_code == 404
    assert "<script>" not in odd.text.replace('<script src="', "")


@pytest.mark.parametrize("path", ["/", "/delivery", "/changes", "/rows/lead_time"])
def test_a_word_of_the_address_that_names_nothing_is_told_with_what_would(demo: TestClient, path: str) -> None:
    for query, said, possible in (
        ("team=nope", "team:nope", "team:payments"), ("window=9zz", "9zz", "7d, 30d, 90d"),
        ("service=service:x", "service:x", "service:"), ("repository=payments", "payments", "brightwater/payments"),
    ):  # fmt: skip
        answer = demo.get(f"{path}?{query}")
        assert answer.status_code == 404
        main = answer.text.partition("<main")[2]
        assert f"“{said}” is not known" in main
        assert possible in main
        assert query.partition("=")[2] not in "".join(re.findall(r'href="([^"]+)"', answer.text)), (
            "no link goes on with it"
        )
    assert demo.get(f"{path}?team=payments&window=7d").status_code == 200, "the key alone is a name too"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/records/github:nobody/nothing%231", 404), ("/evidence/brief/0123456789abcdef", 404), ("/rows/no_such", 422),
     ("/evidence/payroll/0123456789abcdef", 422), ("/definitions/no_such", 422), ("/static/0/../app.py", 404),
     ("/charts/../../x", 404), ("/charts/zz", 204)],
)  # fmt: skip
def test_what_is_not_there_is_said_plainly(demo: TestClient, path: str, status: int) -> None:
    answer = demo.get(path)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


def test_an_address_that_no_page_has_is_said_in_the_frame(demo: TestClient, demo_site: Site) -> None:
    answer = demo.get("/relability/of/nothing?from=yesterday")
    assert answer.status_code == 404
    assert 'href="/reliability"' in answer.text, "the page that was probably meant"
    assert 'href="/"' in answer.text
    assert "which this page does not read" not in answer.text
    assert "Unter dieser Adresse" in demo.get("/nichts", headers={"accept-language": "de"}).text
    said = demo.get("/<i>" + "x" * 300).text.partition("<main")[2]
    assert "&lt;i&gt;xxx" in said
    assert "x" * 120 not in said
    for path in ("/api/nothing", "/api/v1/nothing"):
        told = demo.get(path)
        assert (told.status_code, told.json()["status"]) == (404, 404)
    with demo_site.client(follow=False) as stranger:
        assert stranger.get("/nothing").status_code == 303, "who is not signed in learns of no address"


def test_each_sentence_of_the_brief_leads_to_its_rows(demo: TestClient) -> None:
    links = sorted(set(re.findall(r'href="(/evidence/brief/[^"]+)"', demo.get("/").text)))
    assert len(links) > 8
    for link in links:
        answer = demo.get(link)
        assert answer.status_code == 200, link
        assert "<pre>" in answer.text


def test_text_of_tools_is_text(demo_site: Site, demo: TestClient) -> None:
    from datetime import timedelta

    from fairlead.model.patch import Patch
    from fairlead.model.records.code import Change, ChangeEvent

    services, now = demo_site.services, demo_site.services.clock.now()
    nasty = "<img src=x onerror=alert(1)>\" ' {{7*7}} {evil} &amp; \u202eflip " + "z" * 300_000
    change = "github:brightwater/payments#990001"
    with services.database.begin() as tx:
        repository = next(row["id"] for row in records.rows(tx, "repositories") if row["id"].endswith("/payments"))
        opened = now - timedelta(days=3)
        one = Change(
            id=change, source="github", repository=repository, number=990001, title=nasty, state="open", draft=False,
            created_at=opened, url="javascript:alert(1)", base_branch="main",
        )  # fmt: skip
        asked = ChangeEvent(id=f"{change}/opened/x", change=change, repository=repository, kind="opened", at=opened)
        records.apply(tx, [Patch(one, now), Patch(asked, now)])
    services.warehouse.refresh()
    kept.forget()
    for path in ("/", "/changes", "/triage", "/search?q=onerror", "/records/github:brightwater/payments%23990001"):
        text = demo.get(path).text
        assert "\u202e" not in text, "what stands behind it would be read backwards"
        assert "<img src=x" not in text
        assert 'href="javascript:' not in text
        assert "z" * (11_000 if path.startswith("/records/") else 700) not in text, "a title is no page"
        assert "49" not in re.findall(r"onerror=alert\(1\)&gt;[^<]{0,40}", text)
    assert "&lt;img src=x" in demo.get("/changes").text


def test_an_invitation_lets_a_person_in_once(demo: TestClient, demo_site: Site) -> None:
    with demo_site.services.database.read() as tx:
        humans = [row["id"] for row in records.rows(tx, "people") if row["kind"] == "human"]
    person = sorted(humans)[-1]
    form = {"csrf": _csrf(demo.get("/people").text), "person": person, "role": "member", "team": access.EVERYWHERE}
    shown = demo.post("/people/invite", data=form)
    link = re.search(r"http://localhost:8484(/sign-in/[\w-]+)", shown.text)
    assert link
    assert link[0] not in demo.get("/people").text
    with demo_site.client() as other:
        assert other.post(link[1]).status_code == 200
        assert other.get("/delivery").status_code == 200
    with demo_site.client() as third:
        assert third.post(link[1]).status_code == 403
    for wrong in ({"person": "person:nobody"}, {"role": "emperor"}, {"team": "team:nowhere"}):
        assert demo.post("/people/invite", data={**form, **wrong}).status_code == 422


def test_search_finds_by_title_number_and_page(demo: TestClient) -> None:
    assert "/delivery" in demo.get("/search?q=deliv").text
    assert "payments" in demo.get("/search?q=payments").text
    nothing = demo.get("/search?q=%25_%21zz")
    assert nothing.status_code == 200
    part = demo.get("/search?q=payments", headers={"hx-request": "true"})
    assert "<html" not in part.text


def test_search_pages_through_a_kind_and_keeps_what_was_typed(demo: TestClient) -> None:
    several = demo.get("/search?q=payments").text
    assert "/search?q=payments&amp;kind=change" in several
    first, second = (demo.get(f"/search?q=payments&kind=change&page={page}").text for page in (1, 2))
    found = [set(re.findall(r'data-row><a href="(/records/[^"]+)"', text)) for text in (first, second)]
    assert [len(one) for one in found] == [50, 50]
    assert not found[0] & found[1]
    export = re.search(r'href="(/api/v1/search[^"]+)"', second)
    assert export
    hits = demo.get(export[1].replace("&amp;", "&")).json()["groups"][0]["hits"]
    assert {hit["kind"] for hit in hits} == {"change"}
    long = demo.get("/search?q=" + "x" * 10_240)
    assert long.status_code == 422
    assert "10240 characters are too long" in long.text
    assert 'value="xxx' in long.text
    assert demo.get("/search?q=%00%E2%80%AE").status_code == 200


def test_preferences_do_not_lead_away(demo: TestClient) -> None:
    word = _csrf(demo.get("/").text)
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "/x\nset-cookie: a=b"):
        answer = demo.post("/preferences", data={"csrf": word, "theme": "dark", "back": back}, follow_redirects=False)
        assert answer.headers["location"] in ("/", "/x%0Aset-cookie:%20a=b")[:1]
    assert 'data-theme="dark"' in demo.get("/").text
    demo.post("/preferences", data={"csrf": word, "theme": "device", "back": "/"})
    assert "data-theme" not in demo.get("/").text


def test_static_files_are_kept_for_ever_by_their_content(demo: TestClient) -> None:
    address = re.findall(r'href="(/static/[^"]+\.css)"', demo.get("/").text)[0]
    answer = demo.get(address)
    assert "immutable" in answer.headers["cache-control"]
    assert len(answer.content) < 30_000, "the style sheet stays below 30 kB"
    assert "immutable" not in demo.get("/static/00000000/fairlead.css").headers["cache-control"]
    assert demo.get("/static/0/nothing.css").status_code == 404


def test_settings_never_show_a_secret(demo: TestClient, demo_site: Site) -> None:
    secret = (demo_site.services.home / "webhook-secret").read_text(encoding="utf-8").strip()
    text = demo.get("/settings").text
    assert secret not in text
    assert "webhook-secret" in text, "where it is kept may be said"
    assert "sops = " not in text, "ways that are not taken are no news"


def test_done_says_only_what_is_known(demo: TestClient) -> None:
    assert "being read again" in demo.get("/data?done=retried").text
    assert 'role="status"' not in demo.get("/data?done=evil").text
