"""Errors by what the reader of them may do.

Fault
 ├─ Retry         passes by itself: try again, after `after_s` if given
 ├─ Skip          this one thing cannot be done: say so, go on with the rest
 ├─ Abort         nothing more can be done here: stop with the message
 ├─ ConfigFaults  the user's files are wrong: all faults with path, line, column
 ├─ Unreadable    a payload does not have the documented shape: quarantine it
 ├─ Refused       the sender is not who it says: 401, nothing stored
 └─ Denied        the asker may not: says who may
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class Fault(Exception):  # noqa: N818 - the tree is named by remedy
    """What happened, and on a line of its own what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Retry(Fault):
    """Passes by itself."""

    def __init__(self, message: str, after_s: float | None = None, hint: str = "") -> None:
        super().__init__(message, hint)
        self.after_s = after_s


class Skip(Fault):
    """One thing cannot be done; the rest can."""


class Abort(Fault):
    """Nothing more can be done here."""


class Unreadable(Fault):
    """A payload lacks its documented shape; `field` is the path of what is wrong, like `pull_request.number`."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}" if field else problem)
        self.field = field
        self.problem = problem


class Refused(Fault):
    """The signature or token is wrong."""


class Denied(Fault):
    """The asker may not; the reason says who may."""


@dataclass(frozen=True, slots=True, order=True)
class ConfigFault:
    """One fault of a user's file."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class ConfigFaults(Fault):
    """All faults of the user's files at once."""

    def __init__(self, faults: Sequence[ConfigFault]) -> None:
        # in order of the file, for people mend it from the top
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))
