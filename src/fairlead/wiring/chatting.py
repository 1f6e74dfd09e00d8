"""The chat put together: the workspace that the settings name, who is who there, and how it is."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.config.secrets import resolve
from fairlead.connectors.kit.connector import Finding, Syncs
from fairlead.connectors.kit.registry import connector
from fairlead.model.counting import counted
from fairlead.model.errors import Fault
from fairlead.store import records
from fairlead.wiring.services import Services
from fairlead.wiring.syncing import sync_request


def findings(services: Services) -> Iterator[Finding]:
    """How the workspace is: by the connector's own look, and by what only the settings and the store tell."""
    said = services.settings.slack
    if services.source(said.source) is None:
        yield Finding("slack", False, f"no source `{said.source}`", "the page /setup/slack tells how it is made")
        return
    try:
        tool = connector(services.tool(said.source))
        assert isinstance(tool, Syncs)
        request = sync_request(services, said.source)
        yield from tool.check(request)
        if request.client:
            request.client.close()
        yield _mode(services)
    except Fault as fault:
        yield Finding("slack", False, fault.message, fault.hint)
    yield _people(services)


def _mode(services: Services) -> Finding:
    """Whether requests can come in."""
    said = services.settings.slack
    if said.mode == "off":
        return Finding("mode", None, "off: nothing answers in Slack", 'mode = "socket" in [slack]')
    if said.mode == "socket":
        if said.app_token is None:
            return Finding("mode", False, "Socket Mode without an app-level token", "app_token in [slack]")
        right = resolve(said.app_token, services.places).startswith("xapp-")
        return Finding("mode", right, "Socket Mode", "" if right else "app_token: one that begins with xapp-")
    secrets = services.webhook_secrets(said.source)
    missing = "webhook_secrets in [sources.slack]: the app's signing secret"
    detail = f"HTTP at {services.settings.server.public_url.rstrip('/') or '<your address>'}/slack/events"
    return Finding("mode", bool(secrets), detail, "" if secrets else missing)


def _people(services: Services) -> Finding:
    """How many of the workspace are known as people: the others are asked to be tied."""
    prefix = f"{services.settings.slack.source}:@"
    with services.database.read() as tx:
        everybody = [row for row in records.rows(tx, "accounts") if row["id"].startswith(prefix)]
    rows = [row for row in everybody if not row["deleted_at"] and row["tool_kind"] == "User"]
    unknown = [row for row in rows if not row["person"]]
    detail = f"{counted(len(rows), 'member')}, {len(unknown)} of them nobody that is known"
    return Finding("people", not unknown or None, detail, "tie them on the page People" if unknown else "")
