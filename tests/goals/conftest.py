"""What the tests of goals share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.goals.homes import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home whose files state one objective."""
    made = Home(tmp_path)
    yield made
    made.services.close()
