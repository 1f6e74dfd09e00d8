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
from fairlead.model.raw import RawEvent
from fairlead.wiring.demo.cast import YARDS, crew
from fairlead.wiring.demo.company import CODEOWNERS
from fairlead.wiring.demo.heard import Listed

_API = "https://api.github.com"
_TOKEN = "demo"  # noqa: S105 - opens nothing but the fake


def api_pages(fake: FakeGitHub, now: datetime) -> list[RawEvent]:
    """The pages as raw events, read at `now` by the lead of each repository's team."""
    desk = Desk(fake, now=lambda: now, slim=True)
    desk.limits.budgets["core"].limit = 1_000_000
    desk.sign_in.tokens[_TOKEN] = crew(YARDS[0].team).people[0]
    listed = Listed(desk, _API, {"authorization": f"Bearer {_TOKEN}"}, now)
    return [raw_event(page, "github", "github", now) for page in _pages(listed, fake)]


def _pages(listed: Listed, fake: FakeGitHub) -> Iterator[Page]:
    for name, repo in fake.repositories.items():
        below = f"/repos/{repo.full_name}"
        if name in CODEOWNERS:
            yield from listed.pages("contents", f"{below}/contents/.github/CODEOWNERS")
        for branch in [name for name in repo.branches if name in ("main", "stage", "dev")]:
            yield from listed.pages("commits", f"{below}/commits", {"sha": branch})
        for number in repo.pulls:
            yield from listed.pages("pull_commits", f"{below}/pulls/{number}/commits")
