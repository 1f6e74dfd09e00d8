"""Real homes behind the real app: empty, the demo's, and a heavy one; and a browser where there is one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from starlette.testclient import TestClient
from tests.ui.heavy import make_heavy

from fairlead.config.load import load
from fairlead.gateway.app import Apps, create_apps
from fairlead.model.times import FixedClock
from fairlead.wiring.demo.home import make_home
from fairlead.wiring.services import Services

AS_OF = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)


class Site:
    """A home and its app."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.apps: Apps = create_apps(services)

    def client(self, follow: bool = True) -> TestClient:
        """A browser without script, not signed in."""
        return TestClient(self.apps.network, base_url="http://localhost:8484", follow_redirects=follow)

    def signed_in(self) -> TestClient:
        """The operator's browser."""
        client = self.client()
        answer = client.post(f"/sign-in/{self.apps.access.operator_link()}")
        assert answer.status_code == 200, answer.text
        return client


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Nothing has ever arrived, and nothing is configured."""
    with Services(load(None, {}), tmp_path_factory.mktemp("empty"), FixedClock(AS_OF), {}) as services:
        yield Site(services)


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo's company."""
    home = tmp_path_factory.mktemp("demo") / "home"
    history = make_home(home, AS_OF, 7, lambda _: None)
    with Services(load(home / "fairlead.toml", {}), home, FixedClock(history.end), {}) as services:
        yield Site(services)


@pytest.fixture(scope="session")
def heavy_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Ten thousand open changes with long titles and names of every script, and as many payloads in quarantine."""
    with Services(load(None, {}), tmp_path_factory.mktemp("heavy"), FixedClock(AS_OF), {}) as services:
        make_heavy(services)
        yield Site(services)


@pytest.fixture
def browser_free(demo_site: Site) -> Iterator[TestClient]:
    """The demo, signed in, without script."""
    with demo_site.signed_in() as client:
        yield client


class Served:
    """A site on a port of its own."""

    def __init__(self, site: Site) -> None:
        config = uvicorn.Config(site.apps.network, host="127.0.0.1", port=0, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until = time.monotonic() + 30
        while not self._server.started:
            assert time.monotonic() < until, "the server did not start"
            self._thread.join(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://localhost:{port}"
        self.link = f"{self.url}/sign-in/{site.apps.access.operator_link()}"

    def close(self) -> None:
        """Stops serving."""
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture(scope="session")
def demo_home(demo_site: Site) -> Path:
    """Folder of the demo."""
    return demo_site.services.home
