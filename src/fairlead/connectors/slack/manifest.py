"""The manifest of the app that a team makes for itself: as few rights as do the work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COMMANDS: Mapping[str, tuple[str, str]] = {
    "standup": ("Your team's standup, or your own draft", "[me | team]"),
    "sprint-health": ("How the sprint stands", "[team]"),
    "triage": ("Open changes in the order to look at them", "[team]"),
    "blockers": ("What is blocked, and at its root", "[team]"),
    "metrics": ("Figures with their rows", "[name or group] [team]"),
    "approve": ("What waits for your word", "[list]"),
    "ask": ("Ask the team's documents", "question"),
    "incident": ("Declare and follow an incident", ""),
}
"""Slash command -> what it does, and what may follow it."""
SCOPES: Mapping[str, str] = {
    "commands": "the slash commands",
    "chat:write": "answers, approvals and notices",
    "im:write": "messages to one person",
    "im:history": "answers to the questions of the standup",
    "users:read": "who is in the workspace, so that people are known",
    "users:read.email": "their addresses, by which identity finds the person",
    "app_mentions:read": "being asked in a thread, where slash commands do not work",
    "channels:read": "who reads a channel, before an answer is shown to all of it",
    "groups:read": "the same of private channels",
}
"""Right -> why it is asked for. No token of a person, ever."""
_READING = {"channels:history": "message.channels", "groups:history": "message.groups"}
"""Rights that only reading of chosen channels needs -> their event."""
_EVENTS = ("app_home_opened", "app_mention", "message.im", "team_join", "user_change")


def manifest(
    *, url: str = "", prefix: str = "", name: str = "Fairlead", read_channels: bool = False
) -> dict[str, Any]:
    """The manifest; with `url` for requests over HTTP, without one for Socket Mode."""
    address = {"url": f"{url.rstrip('/')}/slack/events"} if url else {}
    events = [*_EVENTS, *(_READING.values() if read_channels else ())]
    return {
        "display_information": {
            "name": name,
            "description": "What needs you, why, and how we know",
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name.lower(), "always_online": False},
            "slash_commands": [_command(word, said, prefix, address) for word, said in COMMANDS.items()],
        },
        "oauth_config": {"scopes": {"bot": [*SCOPES, *(_READING if read_channels else ())]}},
        "settings": {
            "event_subscriptions": {**({"request_url": address["url"]} if url else {}), "bot_events": sorted(events)},
            "interactivity": {"is_enabled": True, **({"request_url": address["url"]} if url else {})},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def as_yaml(found: Mapping[str, Any]) -> str:
    """The manifest as YAML, which Slack's form reads best."""
    from io import StringIO

    from ruamel.yaml import YAML

    writer, text = YAML(typ="safe"), StringIO()
    writer.default_flow_style = False
    # in our order: people compare it with the form, and names stand before rights there
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.dump(dict(found), text)
    return text.getvalue()


def _command(word: str, said: tuple[str, str], prefix: str, address: Mapping[str, str]) -> dict[str, Any]:
    description, usage = said
    found = {"command": f"/{prefix}{word}", "description": description, "should_escape": True, **address}
    return {**found, "usage_hint": usage} if usage else found
