"""Prepares what a connector's sync needs: settings, credentials, cursor and an HTTP client."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from fairlead.config.settings import SourceSetup
from fairlead.connectors.kit.connector import Progress, SyncRequest
from fairlead.model.errors import Abort
from fairlead.model.times import parse_time
from fairlead.store import state
from fairlead.wiring.services import Services

DEFAULT_DAYS = 180
"""How far back a first sync reads when nobody says."""

_SECRETS = ("token", "private_key", "webhook_secrets")


def state_key(source: str) -> str:
    """Where the cursor of a source's sync is kept."""
    return f"sync:{source}"


def sync_request(
    services: Services,
    source: str,
    *,
    since: str = "",
    full: bool = False,
    report: Callable[[Progress], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> SyncRequest:
    """Everything that `Syncs.sync` or `Syncs.check` of a configured source is asked with."""
    import httpx

    settings = services.source(source)
    if settings is None:
        known = ", ".join(services.settings.sources) or "none is configured"
        # The cursor of a source is kept under its name: a wrong one would begin a history of its own.
        raise Abort(f"no source `{source}`", hint=f"known: {known}")
    now = services.clock.now()
    wanted = since or settings.since
    start = None if wanted == "all" else parse_time(wanted) or now - timedelta(days=DEFAULT_DAYS)
    with services.database.read() as tx:
        cursor = state.get(tx, state_key(source)) or {}
    return SyncRequest(
        options=services.options(source),
        settings=plain_settings(services, source, settings),
        credentials=services.credentials(source),
        state=cursor,
        since=start,
        now=now,
        # a redirect could carry a token's header to another host
        client=httpx.Client(timeout=30, follow_redirects=False, headers={"user-agent": "fairlead"}),
        report=report,
        sleep=sleep,
        full=full,
    )


def plain_settings(services: Services, source: str, settings: SourceSetup) -> dict[str, Any]:
    """A source's settings as its connector gets them, without what is secret."""
    plain: dict[str, Any] = {
        key: value for key, value in msgspec.to_builtins(settings).items() if key not in _SECRETS
    }
    # From the folder of the file that names them, like its secrets: a server is started anywhere.
    folder = services.loaded.path.parent.absolute() if services.loaded.path else Path.cwd()
    plain["paths"] = [str(folder / Path(path).expanduser()) for path in settings.paths]
    # where acts are switched on, `doctor` looks for the rights that they take as well
    plain["acts"] = source in services.settings.actions.sources
    # What a tool measures is stated beside the sources, since a team's objectives outlive the tool.
    plain["slos"] = {
        key: msgspec.to_builtins(slo) for key, slo in services.setup.slos.items() if slo.source == source
    }
    return plain
