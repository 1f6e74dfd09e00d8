"""How the workspace of the settings is, for `doctor` and `fairlead slack check`."""

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
    except Fault as fault:
        yield Finding("slack", False, fault.message, fault.hint)
    yield from mode_findings(services)
    yield _people(services)


def mode_findings(services: Services) -> Iterator[Finding]:
    """Whether requests can come in: what `doctor` says beside the look of the source itself."""
    said = services.settings.slack
    try:
        if said.mode == "socket":
            right = bool(said.app_token) and resolve(said.app_token, services.places).startswith("xapp-")  # type: ignore[arg-type]
            remedy = "" if right else "app_token in [slack]: one that begins with xapp-"
            yield Finding("slack: mode", right, "Socket Mode", remedy)
        elif said.mode == "http":
            address = services.settings.server.public_url.rstrip("/") or "<your address>"
            there = bool(services.webhook_secrets(said.source))
            remedy = "" if there else f"webhook_secrets in [sources.{said.source}]: the app's signing secret"
            yield Finding("slack: mode", there, f"HTTP at {address}/slack/events", remedy)
        elif services.source(said.source) is not None:
            yield Finding("slack: mode", None, "off: nothing answers in Slack", 'mode = "socket" in [slack]')
    except Fault as fault:
        yield Finding("slack: mode", False, fault.message, fault.hint)


def _people(services: Services) -> Finding:
    """How many of the workspace are known as people: the others are asked to be tied."""
    prefix = f"{services.settings.slack.source}:@"
    with services.database.read() as tx:
        everybody = [row for row in records.rows(tx, "accounts") if row["id"].startswith(prefix)]
    rows = [row for row in everybody if not row["deleted_at"] and row["tool_kind"] == "User"]
    unknown = [row for row in rows if not row["person"]]
    detail = f"{counted(len(rows), 'member')}, {len(unknown)} of them nobody that is known"
    return Finding("people", not unknown or None, detail, "tie them on the page People" if unknown else "")
