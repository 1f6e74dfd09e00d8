"""What tests of reports ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reports.stories import NOW, Story

from fairlead.model.times import FixedClock


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """An empty story."""
    found = Story(tmp_path)
    yield found
    for warehouse in found.opened:
        warehouse.close()


@pytest.fixture
def clock() -> FixedClock:
    """The story's now."""
    return FixedClock(NOW)
