"""A harbour company whose people talk in a fake Slack; behind it is the real program in a home of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from fairlead.chat.app import Door
from fairlead.config.load import load
from fairlead.connectors.kit.connector import Options, SyncRequest, raw_event
from fairlead.connectors.kit.fake.transport import FakeTransport
from fairlead.connectors.slack.connector import CONNECTOR
from fairlead.connectors.slack.fake.slack import FakeSlack
from fairlead.connectors.slack.fake.workspace import Message
from fairlead.model.acts import Comment
from fairlead.model.patch import Patch
from fairlead.model.records.code import Change, Repository
from fairlead.model.times import SystemClock
from fairlead.store import access, records
from fairlead.wiring import chatting, governing, slackfake
from fairlead.wiring.services import Services

CHANGE = "github:harbor/tides#7"
SECRET, TOKEN = "s1gning", "xoxb-harbor"
_SECRETS = {"HARBOR_TOKEN": "t", "HARBOR_OLD": "old", "HARBOR_SIGNING": SECRET}
_SETTINGS = """
[organisation]
name = "Harbor"
time_zone = "Europe/Amsterdam"
[server]
public_url = "https://fairlead.harbor.example"
[teams.tides]
name = "Tides"
lead = "mira"
members = ["mira", "jon", "sahar"]
repositories = ["github:harbor/tides"]
[people.mira]
name = "Mira Vos"
email = "mira@harbor.example"
[people.jon]
name = "Jon Berg"
email = "jon@harbor.example"
[people.sahar]
name = "Sahar Amin"
email = "sahar@harbor.example"
[people.ole]
name = "Ole Dahl"
email = "ole@harbor.example"
[sources.github]
token = { env = "HARBOR_TOKEN" }
repositories = ["harbor/tides"]
[sources.slack]
token = { file = "slack-token" }
webhook_secrets = [{ env = "HARBOR_OLD" }, { env = "HARBOR_SIGNING" }]
[actions]
sources = ["github", "slack"]
[slack]
mode = "http"
channels = { tides = "CHANNEL" }
standup_at = "09:30"
"""


@dataclass
class Harbor:
    """The company, its workspace and the door to it."""

    services: Services
    fake: FakeSlack
    door: Door
    users: dict[str, str]
    """First name -> Slack's id."""
    pier: str
    """A channel that all of the team read."""

    def command(self, who: str, command: str, text: str = "", channel: str = "") -> Message:
        """Somebody types a command; gives what they are told."""
        status, _ = self.fake.command(self.users[who], channel or self.pier, command, text)
        assert status == 200
        return self.last(channel or self.pier)

    def last(self, channel: str) -> Message:
        """The newest message of a conversation, once all answers are given."""
        assert self.door.settle()
        return self.fake.messages(channel)[-1]

    def propose(self, by: str = "rule:stale-change", body: str = "Noor, this waits for you") -> dict[str, Any]:
        """A comment on the change is proposed."""
        return governing.propose(self.services, Comment(subject=CHANGE, body=body), "github", by=by, why="3 days")

    def click(self, who: str, message: Message, action: str, channel: str = "", value: str = "") -> Message:
        """Somebody presses a button; gives the newest message after it."""
        place = channel or self.pier
        self.fake.click(self.users[who], place, message.ts, action, value)
        return self.last(place)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, str], str]:
    """The home, filled once: each test works on a copy."""
    home = tmp_path_factory.mktemp("harbor") / "home"
    home.mkdir()
    (home / slackfake.TOKEN_FILE).write_text(TOKEN)
    fake = slackfake.opened(home, SECRET)
    users = {
        name: fake.add_user(f"{name.title()} X", f"{name}@harbor.example") for name in ("mira", "jon", "sahar", "ole")
    }
    users["gast"] = fake.add_user("Gast", "mira@harbor.example", is_restricted=True)
    pier = fake.add_channel("pier", list(users.values())[:3])
    # the mark makes the home one in which the fake stands for Slack
    (home / slackfake.MARK).write_text("2026-11-20T09:00:00Z")
    (home / "fairlead.toml").write_text(_SETTINGS.replace("CHANNEL", pier))
    with Services(load(home / "fairlead.toml", _SECRETS), home, SystemClock(), _SECRETS) as services:
        _fill(services, fake)
    return home, users, pier


@pytest.fixture
def harbor(made: tuple[Path, Mapping[str, str], str], tmp_path: Path) -> Iterator[Harbor]:
    home = tmp_path / "home"
    shutil.copytree(made[0], home)
    with Services(load(home / "fairlead.toml", _SECRETS), home, SystemClock(), _SECRETS) as services:
        door = chatting.door(services)
        assert door is not None and door.fake is not None
        yield Harbor(services, door.fake, door, dict(made[1]), made[2])
        assert door.settle()
        door.pool.shutdown()


def _fill(services: Services, fake: FakeSlack) -> None:
    now = datetime.now(UTC)
    client = httpx.Client(transport=FakeTransport(fake))
    asked = SyncRequest(Options("slack"), {}, {"token": TOKEN}, {}, None, now, client, lambda _: None, lambda _: None)
    services.log.append([raw_event(page, "slack", "slack", now) for page in CONNECTOR.sync(asked)])  # type: ignore[attr-defined]
    at = now - timedelta(days=3)
    change = Change(
        id=CHANGE, source="github", repository="github:harbor/tides", number=7, title="Read the gauge twice",
        state="open", author="github:@jon", created_at=at, url="https://github.com/harbor/tides/pull/7",
    )  # fmt: skip
    with services.database.begin() as tx:
        repository = Repository(id="github:harbor/tides", source="github", name="tides")
        records.apply(tx, [Patch(repository, at), Patch(change, at)])
        for person, role, team in (("mira", "manager", "*"), ("jon", "member", "team:tides"), ("ole", "viewer", "*")):
            access.add_user(tx, f"person:{person}", now)
            access.grant(tx, f"person:{person}", role, now, "operator", team)  # type: ignore[arg-type]
    services.catch_up()
