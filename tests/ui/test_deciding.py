"""Approvals and actions on pages: what is sent, a word bound to it, who may give it, and its life afterwards."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.gateway.test_actions import PULL, services  # noqa: F401 - a fixture
from tests.ui.sites import Site

from fairlead.model.acts import CallWebhook, Comment
from fairlead.store import actions
from fairlead.wiring import governing
from fairlead.wiring.services import Services


def _form(text: str, button: str) -> dict[str, str]:
    form = next(one for one in re.findall(r"<form.*?</form>", text, re.S) if f'"{button}"' in one)
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


@pytest.fixture
def lee(services: Services) -> tuple[Site, TestClient]:  # noqa: F811
    """A manager of the team, signed in."""
    site = Site(services)
    secret = site.apps.access.invite("person:lee", "manager", "team:payments")
    return site, site.signed_in(secret or "")


def test_a_word_is_given_on_what_was_shown(services: Services, lee: tuple[Site, TestClient], tmp_path: Path) -> None:  # noqa: F811
    _, browser = lee
    assert "Nothing waits for your word" in browser.get("/approvals").text
    # what shows nothing is out of it by then: what is shown is what is sent
    act = Comment(subject=PULL, body="Look\u200b at <b>this</b>")
    row = governing.propose(services, act, "github", by="operator", why="it waits")
    assert row["state"] == "waiting", row["reasons"]
    page = browser.get("/approvals").text
    assert "Look at &lt;b&gt;this" in page
    form = _form(page, "/approvals/approve")
    assert form["digest"] == row["digest"]
    changed = {**form, "digest": "0" * 64}
    refused = browser.post("/approvals/approve", data=changed)
    assert (refused.status_code, "not what you were shown" in refused.text) == (403, True)
    done = browser.post("/approvals/approve", data={**form, "reason": "fine"})
    assert (done.status_code, "<bdi>Lee</bdi>: <strong>yes" in done.text) == (200, True)
    assert "judged by policy: approved" in done.text
    with services.database.read() as tx:
        assert (actions.one(tx, row["id"]) or {})["state"] == "approved"
    assert "/actions/1" in browser.get("/actions").text
    withdrawn = browser.post("/approvals/withdraw", data=_form(done.text, "/approvals/withdraw"))
    assert "It was withdrawn and will not be done." in withdrawn.text


def _proposed(home: Services, body: str = "Look at this?") -> str:
    """A comment that a person of the team has to approve; gives its number."""
    row = governing.propose(home, Comment(subject=PULL, body=body), "github", by="operator")
    return str(row["id"].partition(":")[2])


def test_a_right_is_lent_used_and_taken_back(services: Services, lee: tuple[Site, TestClient]) -> None:  # noqa: F811
    site, giver = lee
    # a viewer of another team: what they may decide is what was lent to them
    taker = site.signed_in(site.apps.access.invite("person:kim", "viewer", "team:other") or "")
    number = _proposed(services)
    # what waits is no secret, whose it is told them by nobody
    assert "proposed by" not in taker.get(f"/actions/{number}").text
    page = giver.get("/approvals").text
    assert "asks: " in page, page[page.index("What policy") :][:900]
    assert "may: Lee" in page
    form = _form(page, "/approvals/delegate") | {"person": "person:kim", "team": "team:payments"}
    wrong = giver.post("/approvals/delegate", data={**form, "until": "soon", "reason": "on holiday"})
    assert (wrong.status_code, "“soon” is no day" in wrong.text, "on holiday" in wrong.text) == (422, True, True)
    until = f"{services.clock.now() + timedelta(days=9000):%Y-%m-%d}"
    lent = giver.post("/approvals/delegate", data={**form, "until": until, "reason": "on <i>holiday"})
    assert "Kim decides in place of Lee" in lent.text
    assert "payments: manager" in lent.text
    assert "on &lt;i&gt;holiday" in lent.text
    shown = taker.get("/approvals").text
    assert "You decide in place of Lee, manager of payments" in shown
    done = taker.post("/approvals/approve", data=_form(shown, "/approvals/approve"))
    assert "Kim said yes in place of Lee, manager" in done.text
    other = _proposed(services, "And at this?")
    ended = giver.post("/approvals/end-delegation", data=_form(lent.text, "/approvals/end-delegation"))
    assert "Nobody decides in your place" in ended.text
    assert f"/actions/{other}" not in taker.get("/approvals").text
    stranger = site.signed_in(site.apps.access.invite("person:noor", "viewer", "team:other") or "")
    page = stranger.get(f"/actions/{number}").text
    assert "somebody said yes in place of somebody, manager" in page
    assert not [name for name in ("Kim", "Lee") if name in page]


def test_who_may_not_is_offered_nothing_and_refused(services: Services, lee: tuple[Site, TestClient]) -> None:  # noqa: F811
    site, manager = lee
    viewer = site.signed_in(site.apps.access.invite("person:noor", "viewer", "team:payments") or "")
    number = _proposed(services)
    page = viewer.get(f"/actions/{number}").text
    assert "Not your word: this needs the role member of team:payments" in page
    assert not [way for way in ("approve", "break-glass", "withdraw") if f'action="/approvals/{way}"' in page]
    assert "/audit?entry=" not in page
    word = _form(manager.get("/approvals").text, "/approvals/approve")
    csrf = re.findall(r'name="csrf" value="([^"]+)"', viewer.get("/approvals").text)[0]
    for way in ("approve", "break-glass", "withdraw"):
        said = {**word, "csrf": csrf, "number": number, "reason": "because"}
        assert viewer.post(f"/approvals/{way}", data=said).status_code == 403
    assert viewer.post("/actions/settle", data={"csrf": csrf, "number": number, "found": "done"}).status_code == 403


def test_the_glass_is_broken_with_a_reason(services: Services, lee: tuple[Site, TestClient]) -> None:  # noqa: F811
    _, browser = lee
    number = _proposed(services)
    page = browser.get(f"/actions/{number}").text
    form = _form(page, "/approvals/break-glass")
    assert "breaking the glass needs a reason" in browser.post("/approvals/break-glass", data=form).text
    done = browser.post("/approvals/break-glass", data={**form, "reason": "customers cannot pay"})
    assert "The glass is broken" in done.text
    assert "broke the glass" in done.text
    assert "was overcome: overcome by breaking the glass" in done.text


def test_what_nobody_knows_is_settled_and_what_was_done_taken_back(
    services: Services,  # noqa: F811
    lee: tuple[Site, TestClient],
) -> None:
    _, browser = lee
    number, now = _proposed(services), services.clock.now()
    undo = '{"kind":"delete_comment","subject":"' + PULL + '","comment":"1"}'
    with services.database.begin() as tx:
        actions.change(tx, f"action:{number}", {"waiting"}, now, state="unknown", error="cut off", undo=undo)
    assert "Of 1 action nobody knows whether it was done" in browser.get("/actions?state=unknown").text
    page = browser.get(f"/actions/{number}").text
    form = _form(page, "/actions/settle")
    assert browser.post("/actions/settle", data={**form, "found": "maybe"}).status_code == 422
    settled = browser.post("/actions/settle", data={**form, "found": "done", "reason": "I see it"}).text
    assert "settled by who looked" in settled
    assert "What would take it back:</p>".replace("</p>", "") in settled
    back = browser.post("/actions/undo", data=_form(settled, "/actions/undo") | {"reason": "wrong change"})
    assert f"It takes action {number} back" in back.text
    assert "wrong change" in back.text


def test_a_denial_says_which_policy_it_was(services: Services, lee: tuple[Site, TestClient]) -> None:  # noqa: F811
    _, browser = lee
    act = CallWebhook(hook="pager", event="release.announced")
    row = governing.propose(services, act, "webhooks", by="person:lee")
    page = browser.get(f"/actions/{row['id'].partition(':')[2]}").text
    assert "denies: " in page
    assert "Nothing: what is denied is not even planned." in page
    assert "No action is in this state" in browser.get("/actions?state=done").text
