"""Pages of GitHub's API that a morning's sync would bring: what no webhook tells.

A push names neither parents of commits nor which commits a pull request is made of, and nobody sends the text of
`CODEOWNERS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from fairlead.connectors.github.fake.api.desk import Desk
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.kit.connector import Page, raw_event
from fairlead.connectors.kit.fake.call import Request
from fairlead.model.raw import RawEvent, content_id
from fairlead.model.times import iso
from fairlead.wiring.demo.cast import YARDS, crew
from fairlead.wiring.demo.company import CODEOWNERS

_API = "https://api.github.com"
_TOKEN = "demo"  # noqa: S105 - opens nothing but the fake


def api_pages(fake: FakeGitHub, now: datetime) -> list[RawEvent]:
    """The pages as raw events, read at `now` by the lead of each repository's team."""
    desk = Desk(fake, now=lambda: now, slim=True)
    desk.limits.budgets["core"].limit = 1_000_000
    desk.sign_in.tokens[_TOKEN] = crew(YARDS[0].team).people[0]
    return [raw_event(page, "github", "github", now) for page in _pages(desk, fake, now)]


def _pages(desk: Desk, fake: FakeGitHub, now: datetime) -> Iterator[Page]:
    for name, repo in fake.repositories.items():
        below = f"/repos/{repo.full_name}"
        if name in CODEOWNERS:
            yield from _list(desk, "contents", f"{below}/contents/.github/CODEOWNERS", {}, now)
        for branch in [name for name in repo.branches if name in ("main", "stage", "dev")]:
            yield from _list(desk, "commits", f"{below}/commits", {"sha": branch}, now)
        for number in repo.pulls:
            yield from _list(desk, "pull_commits", f"{below}/pulls/{number}/commits", {}, now)


def _list(desk: Desk, kind: str, path: str, query: dict[str, str], now: datetime) -> Iterator[Page]:
    """All pages of a list."""
    number = 1
    while True:
        asked = {**query, "per_page": "100", "page": str(number)}
        answer = desk.handle(Request("GET", _API, path, asked, {"authorization": f"Bearer {_TOKEN}"}))
        headers = {"path": path, "date": iso(now)}
        yield Page(f"api:{kind}", content_id(path, str(asked), answer.body), answer.body, headers)
        if 'rel="next"' not in answer.headers.get("link", ""):
            return
        number += 1
