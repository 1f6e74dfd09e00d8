"""What whole journeys share: the demo's story, told once."""

from datetime import UTC, datetime

import pytest

from fairlead.wiring.demo.story import DemoHistory, build


@pytest.fixture(scope="session")
def story() -> DemoHistory:
    """Ninety days up to a fixed day."""
    return build(datetime(2026, 10, 14, 12, tzinfo=UTC))
