"""What happens to an issue, told alike by its webhooks, its resource events and its system notes."""

from __future__ import annotations

from datetime import datetime

from fairlead.connectors.gitlab.sheet import Sheet
from fairlead.connectors.kit.happened import State, say_closed, say_opened, say_reopened
from fairlead.model.records.kinds import Text

_OPEN, _CLOSED = State("opened", "todo"), State("closed", "done")
"""All that webhooks and the REST API know; of statuses of one's own GraphQL tells the present one, and no past."""


def opened(sheet: Sheet, item: str, at: datetime, actor: Text) -> None:
    """It came into being."""
    say_opened(sheet, item, at, actor, _OPEN)


def closed(sheet: Sheet, item: str, at: datetime, actor: Text) -> None:
    """It was closed; GitLab does not tell what was done from what was given up."""
    say_closed(sheet, item, at, actor, _OPEN, _CLOSED)


def reopened(sheet: Sheet, item: str, at: datetime, actor: Text) -> None:
    """It was opened again."""
    say_reopened(sheet, item, at, actor, _CLOSED, _OPEN)
