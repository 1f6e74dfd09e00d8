"""The inbox of signals by hand: taken on, put off, muted and woken where the form stood, by those who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from tests.gateway.test_actions import PULL, services  # noqa: F401 - a fixture
from tests.ui.sites import Site
from tests.ui.test_deciding import _form

from fairlead.model.patch import Patch
from fairlead.model.records.judgement import Signal
from fairlead.store import records
from fairlead.ui import kept
from fairlead.wiring.services import Services

SIGNAL = "signal:change-waits-for-review/" + PULL


@pytest.fixture
def inbox(services: Services) -> Site:  # noqa: F811
    """A home with an open signal whose title holds a moment and markup."""
    now = services.clock.now()
    title = "<b>Retry: has waited since Mon 02 Mar 2026, 08:10 UTC, and 2026-03-01 22:30 UTC"
    said: dict[str, Any] = {"state": "open", "severity": "high", "response": "quick_fix", "title": title}
    row = Signal(id=SIGNAL, rule="change-waits-for-review", subject=PULL, team="team:payments", opened_at=now, **said)
    with services.database.begin() as tx:
        records.apply(tx, [Patch(row, now)])
    services.catch_up()
    kept.forget()
    return Site(services)


def _as(site: Site, person: str, role: Any, team: str) -> TestClient:
    return site.signed_in(site.apps.access.invite(person, role, team) or "")


def test_a_manager_walks_through_it(inbox: Site) -> None:
    lee, here = _as(inbox, "person:lee", "manager", "team:payments"), "/signals?team=team%3Apayments"
    page = lee.get(here).text
    assert "&lt;b&gt;Retry: has waited since Mon 2 Mar, 08:10, and Sun 1 Mar, 22:30" in page
    taken = lee.post("/signals/acknowledge", data=_form(page, "/signals/acknowledge"), follow_redirects=False)
    assert taken.headers["location"] == f"{here}&done=taken"
    form = _form(page, "/signals/mute") | {"for": "team", "until": "7d", "reason": "a release"}
    assert lee.post("/signals/mute", data={**form, "reason": " "}).status_code == 422
    lee.post("/signals/mute", data=form, follow_redirects=False)
    # a change has a `#` in its id, which in an address would end it
    there = f"/signals/{quote(SIGNAL, safe=':@/')}"
    assert f'href="{there}?team=team%3Apayments"' in page
    form = _form(lee.get(there).text, "/signals/snooze") | {"until": "morning", "reason": "<i>not now"}
    asleep = lee.post("/signals/snooze", data=form, follow_redirects=False)
    assert asleep.headers["location"] == f"{there}?done=snoozed"
    inbox.services.catch_up()
    kept.forget()
    assert "Nothing needs anybody now" in lee.get(here).text
    one = lee.get(there).text
    for said in ("Lee has it", "sleeps until", "muted for the team", "put off · Lee · until", "&lt;i&gt;not now"):
        assert said in one, said
    # a form leads nowhere but to its own page, whatever it says
    woken = _form(one, "/signals/wake") | {"back": "//elsewhere.example/signals"}
    answer = lee.post("/signals/wake", data=woken, follow_redirects=False)
    assert answer.headers["location"] == "/signals?done=woken"


def test_others_read_it_and_say_nothing(inbox: Site) -> None:
    lee = _as(inbox, "person:lee", "manager", "team:payments")
    form = _form(lee.get("/signals").text, "/signals/acknowledge")
    for person, role, team in (("person:noor", "viewer", "team:payments"), ("person:kim", "member", "team:other")):
        other = _as(inbox, person, role, team)
        page = other.get("/signals").text
        assert "Retry: has waited" in page
        assert 'action="/signals/acknowledge"' not in page
        assert "Why you see it, and who else does" in other.get(f"/signals/{quote(SIGNAL)}").text
        csrf = _form(page, "/preferences")["csrf"]
        for way in ("acknowledge", "snooze", "mute"):
            said = {**form, "csrf": csrf, "until": "7d", "reason": "x", "for": "team"}
            assert other.post(f"/signals/{way}", data=said).status_code == 403


def test_freshness_is_that_of_tools(inbox: Site) -> None:
    """What people enter here a moment ago does not make the data of the tools young."""
    from fairlead.model.records.provenance import Source

    now = inbox.services.clock.now()
    rows = [Source(id="github", tool="github", name="github", last_event_at=now - timedelta(hours=38)),
            Source(id="fairlead", tool="fairlead", name="fairlead", last_event_at=now)]  # fmt: skip
    with inbox.services.database.begin() as tx:
        records.apply(tx, [Patch(row, now) for row in rows])
    inbox.services.catch_up()
    kept.forget()
    page = _as(inbox, "person:lee", "manager", "team:payments").get("/signals").text
    assert "Sat 28 Feb, 19:00" in page
    assert "38 h ago" in page
