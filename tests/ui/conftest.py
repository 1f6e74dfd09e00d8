"""Real homes behind the real app: empty, the demo's, and a heavy one; and a browser where there is one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.ui.browsers import Served, axe_source, chromium
from tests.ui.heavy import make_heavy
from tests.ui.sites import AS_OF, Site

from fairlead.config.load import load
from fairlead.model.times import FixedClock, parse_time
from fairlead.ui import kept
from fairlead.wiring.services import Services


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Nothing has ever arrived, and nothing is configured."""
    with Services(load(None, {}), tmp_path_factory.mktemp("empty"), FixedClock(AS_OF), {}) as services:
        services.catch_up()
        yield Site(services)


@pytest.fixture(scope="session")
def demo_site(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo's company, in a copy of the home that all tests share."""
    home = tmp_path_factory.mktemp("ui") / "home"
    shutil.copytree(demo_home, home)
    now = parse_time((home / "as-of").read_text())
    assert now is not None
    with Services(load(home / "fairlead.toml", {}), home, FixedClock(now), {}) as services:
        services.catch_up()
        yield Site(services)


@pytest.fixture(scope="session")
def heavy_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Ten thousand open changes with long titles and names of every script, and many payloads in quarantine."""
    with Services(load(None, {}), tmp_path_factory.mktemp("heavy"), FixedClock(AS_OF), {}) as services:
        make_heavy(services)
        yield Site(services)


@pytest.fixture
def demo(demo_site: Site) -> Iterator[TestClient]:
    """The demo, signed in as its operator, without script."""
    kept.forget()
    with demo_site.signed_in() as client:
        yield client


@pytest.fixture
def empty(empty_site: Site) -> Iterator[TestClient]:
    """A home in which nothing is, signed in."""
    kept.forget()
    with empty_site.signed_in() as client:
        yield client


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """axe-core's script."""
    return axe_source(Path(tmp_path_factory.mktemp("axe")))


@pytest.fixture(scope="session")
def served(demo_site: Site) -> Iterator[Served]:
    """The demo on a port."""
    running = Served(demo_site)
    yield running
    running.close()
