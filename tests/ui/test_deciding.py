"""Approvals and actions on pages: exactly what is sent, a word bound to it, and its whole life afterwards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.gateway.test_actions import PULL, services  # noqa: F401 - a fixture
from tests.ui.sites import Site

from fairlead.model.acts import Comment
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
    assert (done.status_code, "person:lee" in done.text, "approval.approved" in done.text) == (200, True, True)
    with services.database.read() as tx:
        assert (actions.one(tx, row["id"]) or {})["state"] == "approved"
    assert "/actions/1" in browser.get("/actions").text
    # a viewer of another team reads it, without names; a manager there reads it, and may not take it back
    site = lee[0]
    viewer = site.signed_in(site.apps.access.invite("person:noor", "viewer", "team:other") or "")
    assert "/actions/1" in viewer.get("/actions").text
    page = viewer.get("/actions/1").text
    shown = ("person:lee", "proposed by", "approved", "<button>Withdraw")
    assert [word in page for word in shown] == [False, False, True, False]
    other = site.signed_in(site.apps.access.invite("person:kim", "manager", "team:other") or "")
    assert "person:lee" in other.get("/actions/1").text
    word = re.search(r'name="csrf" value="([0-9a-f]{64})"', other.get("/actions/1").text)
    assert word is not None
    assert other.post("/actions/withdraw", data={"csrf": word[1], "number": "1"}).status_code == 403
    withdrawn = browser.post("/actions/withdraw", data=_form(done.text, "/actions/withdraw"))
    assert "action.withdrawn" in withdrawn.text
