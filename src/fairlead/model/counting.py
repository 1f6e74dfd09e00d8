"""Numbers with their noun, in the English of the command line; reports and pages speak by their own phrases."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """The number and its noun; without another plural the one with an `s`.

    >>> counted(1, "event"), counted(0, "event"), counted(2, "branch", "branches")
    ('1 event', '0 events', '2 branches')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"
