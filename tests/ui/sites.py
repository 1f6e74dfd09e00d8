"""A home behind the real app."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from starlette.routing import compile_path
from starlette.testclient import TestClient

from fairlead.gateway.app import Apps, create_apps
from fairlead.ui.registry import pages
from fairlead.wiring.services import Services

AS_OF = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)


class Site:
    """A home and its app."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.apps: Apps = create_apps(services)
        self._operator: dict[str, str] = {}

    def client(self, *, follow: bool = True) -> TestClient:
        """A browser without script, not signed in."""
        return TestClient(self.apps.network, base_url="http://localhost:8484", follow_redirects=follow)

    def signed_in(self, secret: str = "") -> TestClient:
        """A browser let in by a one-time link; the operator's is used again, since sign-ins are limited by rate."""
        client = self.client()
        if secret or not self._operator:
            answer = client.post(f"/sign-in/{secret or self.apps.access.operator_link()}")
            assert answer.status_code == 200, answer.text
        if not secret:
            self._operator = self._operator or dict(client.cookies)
            client.cookies.update(self._operator)
        return client


def plain_paths() -> list[str]:
    """Pages without parameters, as the registry lists them: a page that somebody adds is tested unnamed."""
    return [page.path for page in pages() if "{" not in page.path and not page.development]


def paths() -> list[str]:
    """The same, and one of each kind that takes a parameter."""
    return [*plain_paths(), "/rows/lead_time", "/definitions/lead_time", "/search?q=pay", "/changes?turn=reviewer"]


def every_path(site: Site) -> list[str]:
    """Every page of the registry: those with parameters as the other pages link them, up to three of each."""
    found = paths()
    with site.signed_in() as client:
        links = {
            link.partition("#")[0].replace("&amp;", "&")
            for path in plain_paths()
            for link in re.findall(r'href="(/[^"]+)"', client.get(path).text)
        }
    for page in pages():
        if "{" in page.path and not page.development:
            fits, _, _ = compile_path(page.path)
            found += [link for link in sorted(links) if fits.match(link.partition("?")[0])][:3]
    return list(dict.fromkeys(found))
