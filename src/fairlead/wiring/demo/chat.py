"""The company's Slack: everybody with their address, a channel for each team, and the settings that name it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from fairlead.connectors.kit.connector import Options
from fairlead.connectors.slack.connector import CONNECTOR
from fairlead.connectors.slack.fake.slack import FakeSlack
from fairlead.model.raw import RawEvent
from fairlead.wiring.demo.cast import CREWS, PLAYERS
from fairlead.wiring.demo.heard import synced
from fairlead.wiring.demo.setup_text import SECRET_FILE
from fairlead.wiring.slackfake import FILE, TOKEN_FILE

SOURCE = "slack"
_TOKEN = "xoxb-demo"  # noqa: S105 - opens nothing but the fake


def make_workspace(folder: Path, secret: str, now: datetime) -> FakeSlack:
    """The workspace, kept in a file of the home: server, workers and commands see the same conversations."""
    (folder / TOKEN_FILE).write_text(_TOKEN, encoding="utf-8")
    fake = FakeSlack(secret, _TOKEN, folder / FILE, now=lambda: now)
    users = {who.login: fake.add_user(who.name, who.emails[0], handle=who.login) for who in PLAYERS}
    fake.add_channel("general", users.values())
    for crew in CREWS:
        fake.add_channel(crew.key, [users[login] for login in crew.people])
    return fake


def people_events(fake: FakeSlack, now: datetime) -> list[RawEvent]:
    """What a first sync reads: who is there."""
    return synced(CONNECTOR, Options(SOURCE), fake, "https://slack.com/api", {"token": _TOKEN}, (now, now))


def chat_setup(fake: FakeSlack) -> str:
    """Workspace and channels as TOML."""
    with fake.held.open() as space:
        ids = {place.name: place.id for place in space.conversations.values() if place.name}
    channels = ", ".join(f'{crew.key} = "{ids[crew.key]}"' for crew in CREWS)
    return (
        f'[sources.{SOURCE}]\ntool = "slack"\ntoken = {{ file = "{TOKEN_FILE}" }}\nevery_minutes = 0\n'
        f'webhook_secrets = [{{ file = "{SECRET_FILE}" }}]\n\n'
        f'[slack]\nmode = "http"\nchannels = {{ {channels} }}\n\n[actions]\nsources = ["github", "{SOURCE}"]\n'
    )
