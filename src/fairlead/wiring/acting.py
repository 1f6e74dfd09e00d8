"""Prepares what a connector's act needs: settings, credentials, the rows that it names, and the guarded way out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fairlead.config.secrets import resolve
from fairlead.connectors.kit.acting import ActRequest, Acts
from fairlead.connectors.kit.registry import actor
from fairlead.model.acts import Act, CallWebhook
from fairlead.model.errors import Abort, Denied
from fairlead.wiring import githubfake, slackfake
from fairlead.wiring.services import Services
from fairlead.wiring.syncing import plain_settings

if TYPE_CHECKING:
    import httpx

WEBHOOKS = "webhook"
"""Source of acts that call an address of `[webhooks]`: there is no other tool behind it."""


def writer(services: Services, source: str) -> Acts:
    """What writes to a source's tool; raises `Abort` for a tool that cannot be written to."""
    return actor(WEBHOOKS if source == WEBHOOKS else services.tool(source))


def act_request(
    services: Services,
    source: str,
    act: Act,
    key: str,
    *,
    facts: Mapping[str, Any] | None = None,
    tried: bool = False,
    client: httpx.Client | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> ActRequest:
    """Everything that `Acts.plan` or `Acts.act` is asked with; raises `Denied` where acts are not switched on."""
    from fairlead.connectors.kit.connector import Options

    if isinstance(act, CallWebhook):
        settings, secrets, options = _of_hook(services, act)
    else:
        settings, secrets, options = (
            _of_source(services, source),
            services.credentials(source),
            services.options(source),
        )
    return ActRequest(
        act=act,
        key=key,
        options=options or Options(WEBHOOKS),
        settings=settings,
        secrets=secrets,
        now=services.clock.now(),
        client=client or _client(services, source, settings),
        sleep=sleep,
        facts=facts or {},
        tried=tried,
    )


def _of_source(services: Services, source: str) -> dict[str, Any]:
    found = services.source(source)
    if found is None:
        raise Abort(f"no source `{source}`", hint=f"known: {', '.join(services.settings.sources) or 'none'}")
    # reading a tool says nothing about writing to it
    if source not in services.settings.actions.sources:
        raise Denied(f"`{source}` is not written to", hint=f'switch it on: sources = ["{source}"] in [actions]')
    return plain_settings(services, source, found)


def _of_hook(services: Services, act: CallWebhook) -> tuple[dict[str, Any], dict[str, str], None]:
    hook = services.settings.webhooks.get(act.hook)
    if hook is None:
        raise Denied(f"no webhook `{act.hook}`", hint=f"known: {', '.join(services.settings.webhooks) or 'none'}")
    if hook.secret is None:
        raise Denied(f"`{act.hook}` has nothing to sign with", hint=f"set `secret` in [webhooks.{act.hook}]")
    settings = {"url": hook.url, "events": list(hook.events)}
    return settings, {"secret": resolve(hook.secret, services.places)}, None


def _client(services: Services, source: str, settings: Mapping[str, Any]) -> httpx.Client:
    from fairlead.connectors.kit.outgoing import Ways, client

    # in the demo alone there are fakes to write to
    if (fake := githubfake.client(services, source)) is not None:
        return fake
    if source == services.settings.slack.source and (space := slackfake.workspace(services)) is not None:
        return slackfake.client(space)
    tool, said = services.tool(source), services.settings.actions
    own = [str(settings["url"])] if settings.get("url") else [f"https://{host}" for host in _PUBLIC.get(tool, ())]
    return client(Ways.of(own, said.allowed_hosts, said.networks))


_PUBLIC: Mapping[str, tuple[str, ...]] = {
    "github": ("api.github.com",),
    "gitlab": ("gitlab.com",),
    "pagerduty": ("api.pagerduty.com", "events.pagerduty.com"),
    "slack": ("slack.com",),
}
"""Tool -> hosts of its API, where no setting names another."""
