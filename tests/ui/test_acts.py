"""What a person does on a page: reading again, deciding who is who, letting somebody in, connecting GitHub."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.testclient import TestClient
from tests.connectors.github_fake.small import play
from tests.ui.sites import AS_OF, Site

from fairlead.config.load import load
from fairlead.connectors.kit.fake.server import app as github
from fairlead.governance.letter import Letter
from fairlead.governance.outbox import Order, Outbox
from fairlead.model.errors import Skip
from fairlead.model.raw import RawEvent
from fairlead.model.times import FixedClock
from fairlead.store import access, quarantine, records, rereads
from fairlead.store import outbox as kept_messages
from fairlead.ui import kept
from fairlead.ui.pages import settings
from fairlead.wiring.services import Services

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@pytest.fixture(scope="module")
def fresh_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A home of its own with two payloads that cannot be read."""
    with Services(load(None, {}), tmp_path_factory.mktemp("fresh"), FixedClock(AS_OF), {}) as services:
        body = b'{"action": "opened", "pull_request": {"number": "many"}}'
        services.log.append(
            [
                RawEvent(source, "github", "pull_request", f"bad-{source}", body, AS_OF, {}, "verified")
                for source in ("github", "mirror")
            ]
        )
        services.catch_up()
        yield Site(services)


@pytest.fixture
def fresh(fresh_site: Site) -> Iterator[TestClient]:
    """That home, signed in."""
    kept.forget()
    with fresh_site.signed_in() as client:
        yield client


def _csrf(text: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', text)
    assert found, "the page carries no word against forged forms"
    return found[1]


def test_quarantine_is_shown_and_read_again_by_source(fresh: TestClient, fresh_site: Site) -> None:
    page = fresh.get("/data").text
    assert "Read all again" in page
    assert "Read mirror again (1)" in page
    database = fresh_site.services.database
    with database.read() as tx:
        held = {one.source: one.raw_seq for one in quarantine.rows(tx)}
    answer = fresh.post("/data/retry", data={"csrf": _csrf(page), "source": "mirror"})
    assert "being read again" in answer.text
    with database.read() as tx:
        assert rereads.asked(tx) == [held["mirror"]]
    fresh.post("/data/retry", data={"csrf": _csrf(page)})
    with database.read() as tx:
        assert set(rereads.asked(tx)) == set(held.values())
    assert fresh.post("/data/retry", data={"csrf": _csrf(page), "source": "nobody"}).status_code == 422


def test_what_nobody_took_is_shown_and_tried_again(fresh: TestClient, fresh_site: Site) -> None:
    database = fresh_site.services.database
    outbox = Outbox(database)
    order = Order(
        channel="mail", address="gone@acme.example", made_from="brief", asked_by="operator", as_of=AS_OF, once="1"
    )
    [message] = outbox.post([order], Letter(subject="All is <b>well</b>", text="x"))
    claimed = outbox.claim({"mail"})
    assert claimed is not None
    outbox.not_sent(claimed, Skip("550 no such user"))
    page = fresh.get("/deliveries").text
    assert "1 message could not be sent" in page
    assert "All is &lt;b&gt;well&lt;/b&gt;" in page
    assert "550 no such user" in page
    assert fresh.post("/deliveries/retry", data={"csrf": _csrf(page)}).status_code == 200
    with database.read() as tx:
        again = kept_messages.get(tx, message.id)
    assert again is not None
    assert again.status == "waiting"
    assert "could not be sent" not in fresh.get("/deliveries").text


def _pair(text: str) -> str:
    found = re.search(r'name="link" value="(link:[^"]+)"', text)
    assert found, "no pair is suggested"
    return found[1].replace("&#39;", "'")


def test_a_pair_is_confirmed_and_taken_back(demo: TestClient, demo_site: Site) -> None:
    services = demo_site.services
    page = demo.get("/people").text
    link = _pair(page)
    one, _, other = link.removeprefix("link:").partition("~")

    def people() -> set[str]:
        with services.database.read() as tx:
            return {row["person"] for row in records.rows(tx, "accounts") if row["id"] in (one, other)}

    assert len(people()) == 2
    for decision, count in (("confirmed", 1), ("reverted", 2), ("refused", 2), ("reverted", 2)):
        form = {"csrf": _csrf(page), "link": link, "decision": decision}
        page = demo.post("/people/links", data=form).text
        services.catch_up()
        assert len(people()) == count, decision
    assert link in demo.get("/people").text.replace("&#39;", "'"), "it is asked again"
    for wrong in ({"decision": "merged"}, {"link": "link:a~b"}):
        form = {"csrf": _csrf(page), "link": link, "decision": "confirmed", **wrong}
        assert demo.post("/people/links", data=form).status_code == 422


@pytest.fixture(scope="module")
def readers(demo_site: Site) -> Iterator[dict[str, TestClient]]:
    """Somebody of each role below the owner."""
    with demo_site.services.database.read() as tx:
        humans = {row["id"] for row in records.rows(tx, "people") if row["kind"] == "human"}
        # whoever has a role of the demo's already would act with both
        free = sorted(humans - {user.person for user in access.all_users(tx)})
    roles: tuple[access.Role, ...] = ("manager", "member")
    invited = {
        role: demo_site.signed_in(demo_site.apps.access.invite(person, role))
        for role, person in zip(roles, free, strict=False)
    }
    yield invited
    for client in invited.values():
        client.close()


def test_who_decides_sees_addresses_and_nobody_below(readers: dict[str, TestClient]) -> None:
    manager, member = readers["manager"].get("/people").text, readers["member"].get("/people").text
    assert 'action="/people/links"' in manager
    assert ADDRESS.search(manager)
    assert 'action="/people/invite"' not in manager
    assert 'action="/people/links"' not in member
    assert not ADDRESS.search(member)
    assert "Kim Adler" in member


def test_acts_need_their_role_whatever_the_page_shows(readers: dict[str, TestClient]) -> None:
    word = _csrf(readers["manager"].get("/people").text)
    form = {"csrf": word, "person": "person:kim-adler", "role": "owner", "team": access.EVERYWHERE}
    assert readers["manager"].post("/people/invite", data=form).status_code == 403
    word = _csrf(readers["member"].get("/data").text)
    asked = {"csrf": word, "link": "link:a~b", "decision": "confirmed"}
    assert readers["member"].post("/people/links", data=asked).status_code == 403
    assert readers["manager"].get("/setup/github?code=x&state=y").status_code == 403


def test_settings_show_addresses_to_owners_only(demo: TestClient, readers: dict[str, TestClient]) -> None:
    assert "kim.adler@brightwater.example" in demo.get("/settings").text
    text = readers["manager"].get("/settings").text
    assert not ADDRESS.search(text)
    assert "github:@kim-adler" in text, "a handle is no address"


def test_the_path_of_a_private_feed_is_shown_to_nobody() -> None:
    feed = "https://calendar.example/calendar/ical/kim/private-f00d/basic.ics"
    kept = {"absences": {"tool": "ical", "url": feed, "hosts": ["https://ci.example", f"{feed}?key=1"]}}
    found = settings.without_paths(kept)
    hidden = "https://calendar.example/…"
    assert found == {"absences": {"tool": "ical", "url": hidden, "hosts": ["https://ci.example", hidden]}}


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """Address of our fake GitHub, to which somebody has just posted a manifest."""
    desk = play().desk
    desk.sign_in.manifests["good"] = {"name": "Fairlead acme", "default_events": ["push"]}
    server = uvicorn.Server(uvicorn.Config(github(desk), host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < until, "the fake did not start"
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(5)


def test_github_is_connected_step_by_step(fresh: TestClient, fresh_site: Site, host: str) -> None:
    page = fresh.get("/setup/github").text
    assert "Organisation on GitHub" in page, "without a code the flow begins here"
    typed = {"csrf": _csrf(page), "organisation": "no/such", "host": "ftp://x"}
    wrong = fresh.post("/setup/start", data=typed)
    assert wrong.status_code == 422
    assert "no/such" in wrong.text, "what was typed stays"
    asked = fresh.post("/setup/start", data={**typed, "organisation": "acme", "host": host})
    assert f"form-action 'self' {host}" in asked.headers["content-security-policy"]
    word = re.search(r"settings/apps/new\?state=([\w-]+)", asked.text)
    assert word
    assert fresh.get("/setup/github?code=good&state=forged").status_code == 422
    done = fresh.get(f"/setup/github?code=good&state={word[1]}")
    assert done.status_code == 200
    assert "Fairlead acme" in done.text
    (key,) = (Path(fresh_site.services.home) / "keys").glob("github-app-*.pem")
    assert key.read_text().startswith("-----BEGIN")
    assert key.stat().st_mode & 0o077 == 0
    assert key.read_text().splitlines()[1] not in done.text, "the page says where the key is, and not the key"
    assert fresh.get(f"/setup/github?code=good&state={word[1]}").status_code == 422, "a flow ends once"


def test_a_code_that_github_refuses_is_said(fresh: TestClient, host: str) -> None:
    form = {"csrf": _csrf(fresh.get("/setup").text), "organisation": "", "host": host}
    word = re.search(r"settings/apps/new\?state=([\w-]+)", fresh.post("/setup/start", data=form).text)
    assert word
    answer = fresh.get(f"/setup/github?code=stale&state={word[1]}")
    assert answer.status_code == 422
    assert "404" in answer.text
    assert "Set-up" in answer.text


def test_pages_travel_small(demo: TestClient) -> None:
    for path in ("/", "/triage", "/delivery", "/people"):
        answer = demo.get(path, headers={"accept-encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.num_bytes_downloaded < 100_000, path


def test_each_page_carries_a_word_of_its_own_and_all_hold(demo: TestClient) -> None:
    words = {_csrf(demo.get("/").text) for _ in range(3)}
    assert len(words) == 3, "a word that stayed could be told by the length of compressed pages"
    for word in words:
        answer = demo.post(
            "/preferences", data={"csrf": word, "theme": "device", "back": "/"}, follow_redirects=False
        )
        assert answer.status_code == 303


def test_what_is_read_is_answered_ahead(demo: TestClient, demo_site: Site) -> None:
    from fairlead.ui import ahead

    asked: list[str] = []
    warehouse = demo_site.services.warehouse
    demo.get("/delivery?window=90d")
    kept.forget()
    ahead.answer(demo_site.services)
    ask = warehouse.rows
    warehouse.rows = lambda sql, params=(): asked.append(sql) or ask(sql, params)
    try:
        assert demo.get("/delivery?window=90d").status_code == 200
    finally:
        del warehouse.rows
    assert len(asked) < 4, "figures were made before anybody asked"
