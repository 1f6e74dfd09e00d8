"""The small organisation, played once per module."""

from __future__ import annotations

import pytest
from tests.connectors.github_fake.small import Small, play


@pytest.fixture(scope="module")
def small() -> Small:
    """Plays the small history once per module."""
    return play()
