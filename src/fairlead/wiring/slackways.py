"""How messages of the outbox travel to Slack and to Microsoft Teams from this home."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fairlead.chat.teams import TeamsWay
from fairlead.chat.way import CHANNEL, SlackWay
from fairlead.model.errors import Skip
from fairlead.model.times import entered_at
from fairlead.wiring.services import Services
from fairlead.wiring.slackplace import Place

if TYPE_CHECKING:
    from fairlead.governance.carrier import Way


def chat_ways(services: Services) -> Iterator[tuple[str, Way]]:
    """Channel -> way; each only where the settings name what it needs."""
    said = services.settings.slack
    if said.mode != "off" and services.source(said.source) is not None:
        channels = {f"team:{key}": channel for key, channel in said.channels.items()}
        yield CHANNEL, SlackWay(Place(services), services.database, lambda: entered_at(services.clock), channels)
    if any(setup.teams for setup in services.settings.deliveries.values()):
        yield "teams", _teams(services)


def _teams(services: Services) -> TeamsWay:
    from fairlead.connectors.kit.outgoing import Ways, client

    hooks, said = services.settings.webhooks, services.settings.actions
    named = {name for setup in services.settings.deliveries.values() for name in setup.teams if name in hooks}

    def address(name: str) -> str:
        if name not in hooks:
            raise Skip(f"no webhook `{name}`", hint=f"[webhooks.{name}] with its url")
        return hooks[name].url

    ways = Ways.of([hooks[name].url for name in named], said.allowed_hosts, said.networks)
    return TeamsWay(client(ways), address)
