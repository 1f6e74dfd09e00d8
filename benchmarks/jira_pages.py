"""A Jira site of any size: its pages made beforehand and written to disk, then handed out by a process of its own.

Issues and their histories are told to `FakeJira` project by project, a page at a time; what the site holds beside
issues, it answers itself. People carry the pictures and addresses, and issues the empty fields, that Jira shows in
each of them, so that bodies have their size; pages travel compressed, as those of Cloud do.
"""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from fairlead.connectors.jira.fake import FakeJira
from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.connectors.kit.fake.tool import Json

USER, TOKEN = "bot@acme.example", "t0ken"
END = datetime(2026, 11, 20, 8, tzinfo=UTC)
"""The present of the site: each project is in its last sprint."""
PROJECTS = [f"P{number}" for number in range(10)]
PER_PAGE = 100
ENTRIES = 10
"""Entries of the changelog of each issue."""

_SPRINT = timedelta(weeks=2)
_PEOPLE = 60
_EMPTY = {f"customfield_{number}": None for number in range(10100, 10160)}
_PROJECT = re.compile(r'project = "([^"]+)"')


class Quiet(FakeJira):
    """A site that sends no webhooks: nobody would read them here."""

    def _tell(self, kind: str, issue: Json, by: Json, at: datetime, **more: Any) -> None:
        pass

    def _send(self, kind: str, at: datetime, **more: Any) -> None:
        pass


def site(sprints: int) -> Quiet:
    """People, projects and sprints, the same at each call; without issues."""
    fake = Quiet(secret="benchmark", user=USER, token=TOKEN, zone="UTC")
    for number in range(_PEOPLE):
        user = fake.add_user(f"Dev {number:02d}", f"dev{number:02d}@acme.example")
        picture = f"https://avatar-management--avatars.us-west-2.prod.public.atl-paas.net/initials/D{number}"
        user |= {
            "self": f"{fake.base}/rest/api/3/user?accountId={user['accountId']}",
            "avatarUrls": {f"{size}x{size}": f"{picture}-{size}.png" for size in (48, 24, 16, 32)},
            "timeZone": "Europe/Berlin",
        }
    for key in PROJECTS:
        fake.add_project(key)
    count = sprints // len(PROJECTS)
    for number in range(count):
        begun = END - (count - number) * _SPRINT + timedelta(days=1)
        for key in PROJECTS:
            sprint = fake.add_sprint(key, f"{key} sprint {number}", begun, begun + _SPRINT, begun)
            fake.sprint_state(sprint, "active", begun)
            if number + 1 < count:
                fake.sprint_state(sprint, "closed", begun + _SPRINT)
    return fake


def make(folder: Path, issues: int, sprints: int) -> int:
    """Writes all pages; tells how many bytes they are before compression."""
    whole, size = site(sprints), 0
    folder.mkdir(parents=True)
    for number, key in enumerate(PROJECTS):
        board = next(one["id"] for one in whole.boards if one["location"]["projectKey"] == key)
        # ids of its own range, as no two things of a site share one
        fake = Quiet(secret="benchmark", user=USER, token=TOKEN, zone="UTC", _numbers=10_000_000 * (number + 1))
        fake.users, fake.projects = whole.users, [one for one in whole.projects if one["key"] == key]
        fake.sprints = [one for one in whole.sprints if one["originBoardId"] == board]
        teller = _Teller(fake, key, issues // len(PROJECTS), random.Random(number))
        for place, page in enumerate(teller.pages()):
            body = msgspec.json.encode(page)
            size += len(body)
            (folder / f"{key}-{place}.json.gz").write_bytes(gzip.compress(body, 1))
    return size


@dataclass
class _Teller:
    """The issues of one project, in the order of their last change."""

    fake: Quiet
    key: str
    count: int
    dice: random.Random

    def pages(self) -> Iterator[Json]:
        """Answers of the search."""
        for start in range(0, self.count, PER_PAGE):
            end = min(start + PER_PAGE, self.count)
            # one page at a time: the fake looks through all that it holds for each new issue
            self.fake.issues = []
            shown = [self._shown(self._issue(number)) for number in range(start, end)]
            more: Json = {"isLast": True} if end == self.count else {"nextPageToken": f"token-{end // PER_PAGE}"}
            yield {"issues": shown, **more}

    def _issue(self, number: int) -> Json:
        dice, fake = self.dice, self.fake
        ago = len(fake.sprints) * _SPRINT * ((self.count - number - 1) / self.count)
        end = END - ago
        # what is open, is open in the last sprint
        open_ = ago < _SPRINT / 2 and dice.random() < 0.7
        gaps = [dice.expovariate(1 / 40) for _ in range(ENTRIES + 1)]
        at = end - timedelta(hours=sum(gaps))
        by, other = dice.sample(fake.users, 2)
        kind = dice.choice(("Story", "Story", "Bug", "Task"))
        issue = fake.create(self.key, f"Berth {number} takes ships of {dice.randrange(400)} m", by, at, kind)
        issue["key"] = f"{self.key}-{number + 1}"
        issue["fields"] |= {
            **_EMPTY,
            "description": _text(f"The quay wall holds {dice.randrange(90)} bollards. " * 6),
        }
        for gap, values in zip(gaps, self._steps(end, other, open_), strict=False):
            at += timedelta(hours=gap)
            fake.change(issue, dice.choice((by, other)), at, **values)
        return issue

    def _steps(self, end: datetime, other: Json, open_: bool) -> list[Json]:
        """Ten acts, each an entry of the changelog."""
        dice, sprints = self.dice, self.fake.sprints
        place = next((at for at, one in enumerate(sprints) if one["endDate"] > end.isoformat()), len(sprints) - 1)
        late = place > 0 and dice.random() < 0.15
        first = sprints[place - 1] if late else sprints[place]
        points = dice.choice((1, 2, 3, 5, 8))
        follow: Json = {"sprint": sprints[place]} if late else {"labels": [dice.choice(("api", "web", "job"))]}
        last: Json = {"labels": ["left", "open"]} if open_ else {"status": "Done"}
        return [
            {"sprint": first}, {"points": points}, {"assignee": other}, {"status": "In Progress"}, follow,
            {"flagged": True} if dice.random() < 0.1 else {"points": points + 1}, {"status": "In Review"},
            {"status": "In Progress"}, {"status": "In Review"}, last,
        ]  # fmt: skip

    def _shown(self, issue: Json) -> Json:
        entries = issue["histories"][::-1]
        log = {"startAt": 0, "maxResults": len(entries), "total": len(entries), "histories": entries}
        return {**self.fake.shown(issue, comments=True), "changelog": log}


def _text(words: str) -> Json:
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": words}]}],
    }


class Desk:
    """Answers searches from the pages on disk, everything else by the site itself."""

    def __init__(self, folder: Path, sprints: int) -> None:
        self._folder = folder
        self._site = site(sprints)

    def handle(self, request: Request) -> Response:
        """The answer."""
        found = _PROJECT.search(request.query.get("jql", ""))
        if not request.path.endswith("/search/jql") or found is None:
            return self._site.handle(request)
        place = request.query.get("nextPageToken", "token-0").removeprefix("token-")
        body = (self._folder / f"{found[1]}-{place}.json.gz").read_bytes()
        return Response(200, body, {"content-type": "application/json", "content-encoding": "gzip"})
