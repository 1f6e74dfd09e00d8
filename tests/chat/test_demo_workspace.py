"""The demo's workspace: its settings are good ones, and its people are those of the story."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fairlead.config.load import load
from fairlead.connectors.kit.connector import Delivery, Options
from fairlead.connectors.slack.connector import CONNECTOR
from fairlead.wiring import slackfake
from fairlead.wiring.demo.cast import CREWS, PLAYERS
from fairlead.wiring.demo.chat import chat_setup, make_workspace, people_events
from fairlead.wiring.demo.setup_text import SECRET_FILE
from fairlead.wiring.services import Services

NOW = datetime(2026, 10, 14, 7, tzinfo=UTC)


def test_everybody_is_there_under_their_address_and_each_team_has_its_channel(tmp_path: Path) -> None:
    fake = make_workspace(tmp_path, "s", NOW)
    (tmp_path / SECRET_FILE).write_text("s")
    (tmp_path / slackfake.MARK).write_text("2026-10-14T07:00:00Z")
    teams = "".join(f"[teams.{crew.key}]\n" for crew in CREWS)
    (tmp_path / "fairlead.toml").write_text(teams + chat_setup(fake))
    (page,) = people_events(fake, NOW)
    said = CONNECTOR.read(Delivery(page.kind, page.headers, page.body), Options("slack")).patches
    told = {patch.said().get("email"): patch.said() for patch in said}
    assert {who.emails[0] for who in PLAYERS} <= told.keys()
    assert all(told[who.emails[0]]["email_verified"] for who in PLAYERS)
    with Services(load(tmp_path / "fairlead.toml", {}), tmp_path, environ={}) as services:
        found = slackfake.workspace(services)
        assert found is not None and set(services.settings.slack.channels) == {crew.key for crew in CREWS}
        assert not found.messages(services.settings.slack.channels["payments"])
