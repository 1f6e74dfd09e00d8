"""Who is away when: what the calendar of absences says, and what everybody goes by."""

from __future__ import annotations

AWAY = (
    ("aylin-k", -4, 8, "Holiday"),
    ("graceliu", 3, 7, "Holiday"),
    ("vshetty", -28, -24, "Parental leave"),
    ("pzielinski", -50, -46, "Holiday"),
    ("tmarques", -3, 1, "Holiday"),
)
"""Login, first and last story day, reason."""


def is_away(login: str, day: int) -> bool:
    """Whether somebody is away on a story day or about to leave: then nothing new is begun with them."""
    return any(login == who and first - 2 <= day <= last for who, first, last, _ in AWAY)
