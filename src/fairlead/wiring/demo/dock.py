"""The company's GitLab: the group of one team with its projects, and issues in place of a board."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta

from fairlead.connectors.gitlab.connector import CONNECTOR
from fairlead.connectors.gitlab.fake.gitlab import FakeGitLab
from fairlead.connectors.gitlab.fake.state import WEB, home
from fairlead.connectors.kit.connector import Page, raw_event
from fairlead.connectors.kit.fake.arrived import webhooks
from fairlead.connectors.kit.fake.tool import Json
from fairlead.model.raw import RawEvent
from fairlead.wiring.demo.agenda import Agenda
from fairlead.wiring.demo.cast import CREWS, DOCK_BOT, DOMAIN, GROUP, YARDS, Yard, crew, player
from fairlead.wiring.demo.clock import StoryClock
from fairlead.wiring.demo.company import SUFFIX
from fairlead.wiring.demo.heard import Listed

SOURCE = "gitlab"
SITE = WEB
_TOKEN = "glpat-demo"  # noqa: S105 - opens nothing but the fake
_API = "/api/v4"


def signing_token(secret: str) -> str:
    """The demo's secret in the form in which GitLab hands out its own."""
    return "whsec_" + base64.b64encode(secret.encode()).decode()


class Dock:
    """Two projects, the people who work on them, and their issues."""

    def __init__(self, secret: str, clock: StoryClock, agenda: Agenda) -> None:
        self._clock = clock
        self._agenda = agenda
        self.fake = FakeGitLab(signing_token(secret), _TOKEN, hook_url=f"https://fairlead.{DOMAIN}/hooks/gitlab")
        people = [login for team in CREWS if team.host == SOURCE for login in team.people]
        self.users = {
            who.login: self.fake.add_user(who.name, who.login, who.emails[0]) for who in map(player, people)
        } | {DOCK_BOT: self.fake.add_user("Terminals Ship", DOCK_BOT, f"ship@{DOMAIN}")}
        long_ago = clock.start - timedelta(days=700)
        self.houses = {yard.name: yard for yard in YARDS if yard.host == SOURCE}
        self.projects = {name: self.fake.add_project(yard.path, long_ago) for name, yard in self.houses.items()}
        self.waiting: dict[str, list[Json]] = {name: [] for name in self.projects}
        """Issues that nobody works on yet, the oldest first."""
        for yard in self.houses.values():
            self._earlier_work(yard)

    def _earlier_work(self, yard: Yard) -> None:
        """A few pushed commits from before the story, so that the first deployment has a past."""
        people = crew(yard.team).people
        for place in range(6):
            at = self._clock.start - timedelta(days=18 - 2 * place)
            part, thing = yard.parts[place % len(yard.parts)], yard.things[place % len(yard.things)]
            files = ((f"{part}/start{place}.{SUFFIX[yard.language]}", 50 + 10 * place, 0),)
            by = self.users[people[place % len(people)]]
            self.fake.push(self.projects[yard.name], by, at, f"Prepare {thing}", files=files)

    @property
    def now(self) -> datetime:
        """The story's present."""
        return self._clock.real(self._agenda.now)

    def write_down(self, name: str, title: str, by: str, label: str, body: str = "") -> Json:
        """An issue of a project, with the label that says what kind of work it is."""
        issue = self.fake.open_issue(self.projects[name], self.users[by], self.now, title, body=body or f"{title}.")
        self.fake.label(issue, label, self.users[by], self.now + timedelta(seconds=20))
        self.waiting[name].append(issue)
        return issue

    def take(self, issue: Json, by: str) -> None:
        """Somebody begins to work on an issue."""
        for waiting in self.waiting.values():
            if issue in waiting:
                waiting.remove(issue)
        self.fake.assign(issue, self.users[by], self.users[by], self.now)

    def close(self, issue: Json, by: str) -> None:
        """It is done."""
        self.fake.close(issue, self.users[by], self.now)

    def merge_request(self, project: Json, number: int) -> Json:
        """One by its number."""
        return self.fake.lists[f"{home(project)}/merge_requests"][number - 1]

    def deliveries(self) -> list[RawEvent]:
        """Its webhooks as they arrived."""
        return webhooks(CONNECTOR, SOURCE, self.fake.sent)

    def pages(self, now: datetime) -> list[RawEvent]:
        """What no webhook tells: who is in the group, parents of commits, and what merge requests are made of."""
        self.fake.turn(lambda: now)
        listed = Listed(self.fake, SITE, {"private-token": _TOKEN}, now)
        return [raw_event(page, SOURCE, CONNECTOR.tool, now) for page in self._pages(listed)]

    def _pages(self, listed: Listed) -> Iterator[Page]:
        group = f"{_API}/groups/{GROUP}"
        yield from listed.pages("groups", group, group=GROUP)
        yield from listed.pages("members", f"{group}/members/all", group=GROUP)
        for project in self.projects.values():
            path, below = project["path_with_namespace"], f"{_API}{home(project)}"
            yield from listed.pages("projects", below)
            yield from listed.pages("commits", f"{below}/repository/commits", {"all": "true"}, project=path)
            for change in self.fake.lists[f"{home(project)}/merge_requests"]:
                about = f"{SOURCE}:{path}!{change['iid']}"
                commits = f"{below}/merge_requests/{change['iid']}/commits"
                yield from listed.pages("change_commits", commits, project=path, about=about)


def issue_id(dock: Dock, issue: Json) -> str:
    """Record id of an issue."""
    return f"{_project(dock, issue)}#{issue['iid']}"


def merge_request_id(dock: Dock, change: Json) -> str:
    """Record id of a merge request, which counts apart from issues."""
    return f"{_project(dock, change)}!{change['iid']}"


def _project(dock: Dock, item: Json) -> str:
    found = next(one for one in dock.projects.values() if one["id"] == item["project_id"])
    return f"{SOURCE}:{found['path_with_namespace']}"
