"""The page Goals: what is told, what can be said there, and who may say it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.goals.homes import NOW, Home
from tests.ui.sites import Site

from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.work import Milestone, WorkItem, WorkItemTransition
from fairlead.store import records
from fairlead.ui import kept

BEGAN = NOW - timedelta(days=10)


def _item(key: str, title: str, **said: Any) -> list[Patch]:
    item = f"jira:{key}"
    fields = {"key": key, "title": title, "status_category": "in_progress", "status": "Doing", "source": "jira"}
    moves = (("todo", BEGAN - timedelta(days=1), None), ("in_progress", BEGAN, "todo"))
    return [
        Patch(WorkItem(id=item, created_at=moves[0][1], team="team:payments", **{**fields, **said}), OLDEST),
        *(
            Patch(WorkItemTransition(
                id=f"{item}/{to}", work_item=item, at=at, to_status=to, to_category=to, from_status=before,
                from_category=before,
            ), OLDEST)
            for to, at, before in moves
        ),
    ]  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    home = Home(tmp_path)
    due = NOW + timedelta(days=5)
    patches = [
        *_item("P-1", "Sign what is released", labels=("release",)),
        *_item("P-2", "Releases go out every day, calmly"),
        *_item("P-3", "Sweep the yard"),
        Patch(Milestone(id="m:1", title="Advent", created_at=BEGAN, due_at=due, state="open"), OLDEST),
    ]
    with home.services.database.begin() as tx:
        records.apply(tx, patches)
    home.catch_up()
    home.services.catch_up()
    kept.forget()
    yield Site(home.services)
    home.services.close()


def _main(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


def _form(text: str, path: str, **held: str) -> dict[str, str]:
    forms = [dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', one))
             for one in re.findall(r"<form.*?</form>", text, re.S) if f'"{path}"' in one]  # fmt: skip
    return next(form for form in forms if held.items() <= form.items())


def test_bars_values_effort_and_dates_stand_there_in_words(site: Site) -> None:
    with site.signed_in() as browser:
        text = _main(browser.get("/goals").text)
    for said in (
        "Releases go out calmly, every day", "Teams that trust a release on a Friday", "Effort by objective",
        "Serves no objective", "Sweep the yard", "Advent", "probably serves",
    ):  # fmt: skip
        assert said in text, said
    # every bar says what it shows
    assert all('aria-label="' in svg for svg in re.findall(r"<svg class=\"reach.*?>", text))


def test_a_suggestion_is_confirmed_with_one_click_and_counts(site: Site) -> None:
    with site.signed_in() as browser:
        page = browser.get("/goals").text
        form = _form(page, "/goals/link", item="jira:P-2", state="confirmed")
        done = browser.post("/goals/link", data=form)
        assert done.status_code == 200
        site.services.catch_up()
        kept.forget()
        text = _main(browser.get("/goals").text)
    assert "probably serves" not in text
    assert "67 %" in text


def test_a_refused_one_does_not_come_again(site: Site) -> None:
    with site.signed_in() as browser:
        form = _form(browser.get("/goals").text, "/goals/link", item="jira:P-2", state="refused")
        browser.post("/goals/link", data=form)
        site.services.catch_up()
        kept.forget()
        assert "probably serves" not in _main(browser.get("/goals").text)


def test_a_value_is_entered_and_makes_progress(site: Site) -> None:
    with site.signed_in() as browser:
        form = _form(browser.get("/goals/calm").text, "/goals/check-in", result="key_result:calm/voice")
        browser.post("/goals/check-in", data={**form, "value": "5", "note": "three more"})
        site.services.catch_up()
        kept.forget()
        text = _main(browser.get("/goals/calm").text)
        assert "50 % of the way" in text
        assert "three more" in text
        missing = browser.post("/goals/check-in", data={**form, "value": " "})
        assert missing.status_code == 422


def test_a_viewer_reads_and_a_stranger_to_the_team_says_nothing(site: Site) -> None:
    invite = site.apps.access.invite
    with site.signed_in(invite("person:bo", "member", "team:web") or "") as browser:
        page = browser.get("/goals").text
        refused = browser.post("/goals/link", data=_form(page, "/goals/link", item="jira:P-2", state="confirmed"))
        assert refused.status_code == 403
    with site.signed_in(invite("person:noor", "viewer", "team:payments") or "") as browser:
        assert "/goals/link" not in browser.get("/goals").text


@pytest.mark.parametrize(
    "path", ["/goals?objective=nobody", "/goals/nobody", "/goals?quarter=2026-Q9", "/quarter?quarter=x"]
)
def test_what_is_not_there_is_told(site: Site, path: str) -> None:
    with site.signed_in() as browser:
        answer = browser.get(path)
    assert answer.status_code == 404
    assert "is not known" in answer.text


def test_every_sentence_opens_its_rows(site: Site) -> None:
    with site.signed_in() as browser:
        for path in ("/goals", "/goals/calm", "/quarter", "/goals?quarter=2026-Q4"):
            links = set(re.findall(r'href="(/evidence/[^"]+)"', browser.get(path).text))
            assert links, path
            for link in links:
                assert browser.get(link.replace("&amp;", "&")).status_code == 200, (path, link)


def test_nothing_stated_says_how_to_begin(empty: TestClient) -> None:
    text = _main(empty.get("/goals").text)
    assert "fairlead goals add" in text
    assert "fairlead.d/goals/" in text
