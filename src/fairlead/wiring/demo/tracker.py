"""The company's Jira: a project and a board for each team, acted on at the story's present second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fairlead.connectors.jira.connector import CONNECTOR
from fairlead.connectors.jira.fake import FakeJira
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.fake.arrived import webhooks
from fairlead.connectors.kit.fake.tool import Json
from fairlead.model.raw import RawEvent
from fairlead.wiring.demo.cast import CREWS, ORG, PLAYERS, Crew, Player, crew_of
from fairlead.wiring.demo.heard import Span, synced

SOURCE = "jira"
SITE = f"https://{ORG}.atlassian.net"
_USER, _TOKEN = "kim.adler@brightwater.example", "demo"
KEYS = {"payments": "PAY", "booking": "BOOK", "platform": "PLAT"}
"""Team -> key of its project; whoever works from GitLab's issues has none."""


@dataclass(slots=True)
class Board:
    """What one team has before it."""

    team: Crew
    key: str
    number: int
    """Jira's number of the board."""
    sprint: Json | None = None
    """The one that runs."""
    coming: Json | None = None
    """The one that is being filled."""
    wanted: list[Json] = field(default_factory=list)
    """What story lines give to the next planning; nobody but they moves these."""
    ready: list[Json] = field(default_factory=list)
    """The refined backlog, the next first."""
    epics: list[Json] = field(default_factory=list)
    homes: dict[str, str] = field(default_factory=dict)
    """Key of an issue -> repository in which its code lies; work by hand has none."""


class Tracker:
    """Opens, moves and links issues, and keeps what Jira sends about it."""

    def __init__(self, secret: str, now: Callable[[], datetime]) -> None:
        self._now = now
        self.jira = FakeJira(secret=secret, user=_USER, token=_TOKEN, base=SITE)
        self.users = {who.login: self.jira.add_user(who.name, who.emails[0]) for who in planners()}
        self.boards: dict[str, Board] = {}
        for team in planned():
            self.jira.add_project(KEYS[team.key])
            self.boards[team.key] = Board(team, KEYS[team.key], self.jira.boards[-1]["id"])

    def account(self, login: str) -> str:
        """Account id of somebody, as records have it."""
        return f"{SOURCE}:@{self.users[login]['accountId']}"

    def open(
        self,
        board: Board,
        title: str,
        by: str,
        kind: str = "Story",
        points: float | None = None,
        home: str = "",
        epic: Json | None = None,
    ) -> Json:
        """Writes an issue down; estimate and epic follow within the minute."""
        issue = self.jira.create(board.key, title, self.users[by], self._now(), kind)
        if home:
            board.homes[issue["key"]] = home
        details = {name: value for name, value in (("points", points), ("parent", epic)) if value is not None}
        if details:
            self.change(issue, by, after_s=40, **details)
        return issue

    def change(self, issue: Json, by: str, after_s: int = 0, **values: object) -> None:
        """Sets fields; `status`, `points`, `sprint`, `flagged`, `parent`, and `assignee` by login."""
        login = values.get("assignee")
        if isinstance(login, str):
            values["assignee"] = self.users[login]
        self.jira.change(issue, self.users[by], self._now() + timedelta(seconds=after_s), **values)

    def block(self, blocker: Json, blocked: Json, by: str) -> None:
        """One issue must end before the other."""
        self.jira.link(blocker, blocked, self.users[by], self._now())

    def say(self, issue: Json, text: str, by: str) -> None:
        """A comment."""
        self.jira.comment(issue, text, self.users[by], self._now())

    def inside(self, sprint: Json) -> list[Json]:
        """Issues that are in a sprint now, in the order in which they were written down."""
        return [issue for issue in self.jira.issues if sprint_of(issue) == sprint["id"]]

    def deliveries(self) -> list[RawEvent]:
        """Its webhooks as they arrived."""
        return webhooks(CONNECTOR, SOURCE, self.jira.sent)

    def pages(self, span: Span) -> list[RawEvent]:
        """What no webhook tells: whose board a sprint is of, and categories of statuses that were left."""
        self.jira.turn(lambda: span[1])
        return synced(CONNECTOR, Options(SOURCE), self.jira, SITE, {"user": _USER, "token": _TOKEN}, span)


def planned() -> list[Crew]:
    """Teams that plan here."""
    return [team for team in CREWS if team.key in KEYS]


def planners() -> list[Player]:
    """Their people."""
    return [who for who in PLAYERS if crew_of(who.login).key in KEYS]


def item_id(issue: Json) -> str:
    """Record id of an issue."""
    return f"{SOURCE}:{issue['key']}"


def sprint_id(sprint: Json) -> str:
    """Record id of a sprint."""
    return f"{SOURCE}:sprint/{sprint['id']}"


def status_of(issue: Json) -> str:
    """Status that an issue has now."""
    return str(issue["fields"]["status"]["name"])


def sprint_of(issue: Json) -> int | None:
    """Number of the sprint that an issue is in, or was in last."""
    found = issue["fields"]["customfield_10020"]
    return found[-1] if found else None
