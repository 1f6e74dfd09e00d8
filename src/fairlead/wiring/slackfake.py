"""The demo's Slack: a fake workspace in a file of the home, which server, workers and commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fairlead.model.times import SystemClock

if TYPE_CHECKING:
    import httpx

    from fairlead.connectors.slack.fake.slack import FakeSlack
    from fairlead.wiring.services import Services

FILE = "slack-workspace.json"
TOKEN_FILE = "slack-token"  # noqa: S105 - the name of a file beside the settings
MARK = "as-of"
"""File that makes a home the demo's."""


def workspace(services: Services) -> FakeSlack | None:
    """The fake of a demo's home; none anywhere else, whatever lies there."""
    home = services.home
    if not (home / MARK).is_file() or not (home / FILE).is_file():
        return None
    return opened(home, services.webhook_secrets(services.settings.slack.source)[-1])


def opened(home: Path, secret: str) -> FakeSlack:
    """The fake that a folder keeps; an empty one where it keeps none yet."""
    from fairlead.connectors.slack.fake.slack import FakeSlack

    token = (home / TOKEN_FILE).read_text(encoding="utf-8").strip()
    # by the machine's clock: requests are signed with their time, also where the story's stands still
    return FakeSlack(secret, token, home / FILE, now=SystemClock().now)


def client(fake: FakeSlack) -> httpx.Client:
    """Reaches the fake without a socket."""
    import httpx

    from fairlead.connectors.kit.fake.transport import FakeTransport

    return httpx.Client(transport=FakeTransport(fake))
