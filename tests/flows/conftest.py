"""What whole journeys share: the demo's story, told once, and its home behind the real services."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fairlead.config.load import load
from fairlead.model.times import FixedClock, parse_time
from fairlead.wiring.demo.story import DemoHistory, build
from fairlead.wiring.services import Services


@pytest.fixture(scope="session")
def story() -> DemoHistory:
    """Ninety days up to a fixed day."""
    return build(datetime(2026, 10, 14, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def demo_services(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The demo's home, opened at the story's present."""
    home = tmp_path_factory.mktemp("flows") / "home"
    shutil.copytree(demo_home, home)
    now = parse_time((home / "as-of").read_text())
    assert now is not None
    with Services(load(home / "fairlead.toml", {}), home, FixedClock(now)) as services:
        services.catch_up()
        yield services
