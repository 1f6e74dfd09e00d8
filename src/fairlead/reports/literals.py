"""Values as SQL literals, for queries that are shown to the reader and run again by him or her."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime


def text_literal(value: str) -> str:
    """A text as an SQL literal; what SQL cannot hold is left out."""
    return "'" + value.replace("\0", "").replace("'", "''") + "'"


def time_literal(moment: datetime) -> str:
    """A moment as an SQL literal: the clock reading of UTC, as the warehouse holds it."""
    reading = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return f"timestamp '{reading.isoformat(' ')}'"


def text_list(values: Iterable[str]) -> str:
    """Texts as an SQL list in parentheses."""
    return "(" + ", ".join(map(text_literal, values)) + ")"
