"""The one ASGI app: webhooks in front, then probes, then API and pages behind the guard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from fairlead.connectors.kit.registry import connector
from fairlead.connectors.results.stated import queried
from fairlead.gateway import local, probes, slack
from fairlead.gateway.access import Access
from fairlead.gateway.api.app import create_api, problem
from fairlead.gateway.counters import Counters
from fairlead.gateway.feeds import Feeds
from fairlead.gateway.guard import Guard
from fairlead.gateway.headers import SecurityHeaders
from fairlead.gateway.hosts import Hosts
from fairlead.gateway.intake import Doorway, Intake
from fairlead.gateway.server import Edge, Listening
from fairlead.gateway.signin import SignIn
from fairlead.gateway.webhooks import Receiver
from fairlead.model.errors import Retry
from fairlead.store import rereads
from fairlead.ui.app import missing
from fairlead.ui.app import routes as pages
from fairlead.wiring import chatting, ordering
from fairlead.wiring.hands import desk
from fairlead.wiring.services import Services

SOCKET = "fairlead.sock"
"""Name of the operator's socket in the home."""
ADDRESS = "fairlead.address"
"""File of the home with the address that a browser reaches the running server by."""


@dataclass(frozen=True)
class Apps:
    """The same app for the network and, with the operator's rights, for the home's socket."""

    network: ASGIApp
    operator: ASGIApp
    access: Access
    counters: Counters


def create_apps(services: Services) -> Apps:
    """Both apps over the same parts."""
    server = services.settings.server
    https = urlsplit(server.public_url).scheme == "https"
    access = Access(services.database, services.log, services.clock, services.setup)
    counters = Counters()
    hosts = Hosts(server.host, server.public_url)
    # One API for both ways in; who asks is decided before it, by the guard.
    api = Mount("/api/v1", app=create_api(services, access))
    signin = SignIn(access, https=https, language=services.setup.organisation.language).routes()
    # In each app, since each answers what it does not know with 500: a store that is down passes by itself.
    faults = {Retry: _unavailable}
    inside = Starlette(routes=[*signin, api, *pages(services)], exception_handlers={**faults, 404: missing(services)})
    for_operator = Starlette(routes=[local.route(services), api], exception_handlers=faults)
    # pages stand below the wiring: what they decide with is handed to them
    inside.state.desk = desk(services)
    inside.state.plan_wishes = partial(_plan_wishes, services)
    inside.state.prefer = partial(ordering.prefer, services)
    # Pages and API only: what webhooks are told fits into a packet.
    guarded = GZipMiddleware(Guard(inside, access, hosts, https=https), minimum_size=1_000, compresslevel=6)
    open_to_all = [*_receivers(services, counters), *probes.routes(services.log, services.database, counters, hosts)]
    feeds = Feeds(services, access, hosts).route()
    if (chat := chatting.door(services)) is not None:
        open_to_all.append(slack.route(chat))
        # for the demo's page, on which people type and click at the fake
        inside.state.slack = chat
    network = Starlette(routes=[*open_to_all, feeds, Mount("/", app=guarded)], exception_handlers=faults)
    return Apps(
        network=SecurityHeaders(network, https=https),
        operator=Guard(for_operator, access, hosts, https=https, operator=True),
        access=access,
        counters=counters,
    )


def create_edge(services: Services, *, port: int | None = None) -> tuple[Edge, Apps]:
    """The server of a home, bound and ready to `run`; on loopback unless the settings say otherwise."""
    apps = create_apps(services)
    server = services.settings.server
    listening = Listening(
        server.host,
        server.port if port is None else port,
        services.home / SOCKET,
        server.trusted_proxies,
    )
    edge = Edge(apps.network, apps.operator, listening)
    # For links that the command line prints while this server runs: port 0 takes any.
    (services.home / ADDRESS).write_text(_address(services, edge.port), encoding="utf-8")
    return edge, apps


def sign_in_link(services: Services, apps: Apps, port: int) -> str:
    """A link that lets the operator's browser in once, to be printed at start."""
    return f"{_address(services, port)}/sign-in/{apps.access.operator_link()}"


def _plan_wishes(services: Services, words: Mapping[str, str]) -> Any:
    # arrays start threads as they are read, which a server that plans nothing has no use for
    from fairlead.wiring import planviews

    return planviews.wishes(services, words)


async def _unavailable(_request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Retry)
    return problem(503, fault.message, fault.hint, **{"retry-after": str(round(fault.after_s or 5))})


def _address(services: Services, port: int) -> str:
    server = services.settings.server
    host = "localhost" if server.host in ("127.0.0.1", "::1", "0.0.0.0", "::") else server.host  # noqa: S104
    return server.public_url.rstrip("/") or f"http://{host}:{port}"


def _receivers(services: Services, counters: Counters) -> list[Route]:
    def resolve(source: str) -> Doorway | None:
        # Only what is configured has an address: a tool's name alone opens none.
        if services.source(source) is None:
            return None
        return Doorway(source, connector(services.tool(source)), tuple(services.webhook_secrets(source)))

    intake = Intake(
        log=services.log,
        clock=services.clock,
        resolve=resolve,
        again=lambda seq: rereads.ask(services.database, seq),
    )
    hooks = Receiver(intake, counters)
    events = Receiver(intake, counters, tools=frozenset({"cdevents"}))
    # Reports say neither repository nor commit: a CI job states them in the address.
    results = Receiver(intake, counters, tools=frozenset({"results"}), queried=queried)
    return [
        Route("/hooks/{source}", hooks, methods=["POST"]),
        Route("/events/{source}", events, methods=["POST"]),
        Route("/results/{source}", results, methods=["POST"]),
    ]
