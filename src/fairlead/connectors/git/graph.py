"""The commit graph of one repository in memory, as small as it goes, and which commits each merge brought. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from fairlead.connectors.git.log import LoggedCommit

_UNKNOWN = -1
_NO_TIME = -1


@dataclass(frozen=True, slots=True)
class Brought:
    """A commit that came with a merge."""

    sha: str
    author_email: str
    authored: int | None
    committed: int | None


class Graph:
    """Parents, dates and authors by number; commits are numbered when they are first named."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._first = array("q")
        self._more: dict[int, tuple[int, ...]] = {}
        self._dates = array("q")
        self._authors = array("q")
        self._emails: dict[str, int] = {}

    def add(self, commit: LoggedCommit) -> None:
        """Takes over one commit."""
        number = self._number(commit.sha)
        parents = tuple(self._number(parent) for parent in commit.parents)
        # a commit that is only named as a parent stays unknown: it lies behind the range or the clone's end
        self._authors[number] = self._emails.setdefault(commit.author_email, len(self._emails))
        self._dates[2 * number] = _NO_TIME if commit.authored is None else commit.authored
        self._dates[2 * number + 1] = _NO_TIME if commit.committed is None else commit.committed
        if parents:
            self._first[number] = parents[0]
            if len(parents) > 1:
                self._more[number] = parents[1:]

    def brought(self, tip: str) -> Iterator[tuple[str, list[Brought]]]:
        """For each merge on the first-parent line of a tip, oldest first: what it brought that was not there before.

        Walking from the oldest, everything behind the first parent has been seen when a merge is reached, so what
        can be reached from its other parents and was not seen is what it brought: one pass for all merges.
        """
        if self._numbers.get(bytes.fromhex(tip)) is None:
            return
        shas: list[bytes] = list(self._numbers)
        emails = list(self._emails)
        seen = bytearray(len(shas))
        for number in reversed(self._line(self._numbers[bytes.fromhex(tip)])):
            seen[number] = 1
            if number in self._more:
                fresh = self._collect(self._more[number], seen)
                yield shas[number].hex(), sorted((self._show(one, shas, emails) for one in fresh), key=in_order)

    def _line(self, number: int) -> list[int]:
        line = []
        while number != _UNKNOWN and self._authors[number] != _UNKNOWN:
            line.append(number)
            number = self._first[number]
        return line

    def _collect(self, tips: tuple[int, ...], seen: bytearray) -> list[int]:
        found: list[int] = []
        waiting = list(tips)
        while waiting:
            number = waiting.pop()
            if seen[number] or self._authors[number] == _UNKNOWN:
                continue
            seen[number] = 1
            found.append(number)
            if self._first[number] != _UNKNOWN:
                waiting.append(self._first[number])
            if number in self._more:
                waiting.extend(self._more[number])
        return found

    def _show(self, number: int, shas: list[bytes], emails: list[str]) -> Brought:
        authored, committed = self._dates[2 * number], self._dates[2 * number + 1]
        return Brought(
            sha=shas[number].hex(),
            author_email=emails[self._authors[number]],
            authored=None if authored == _NO_TIME else authored,
            committed=None if committed == _NO_TIME else committed,
        )

    def _number(self, sha: str) -> int:
        key = bytes.fromhex(sha)
        number = self._numbers.setdefault(key, len(self._first))
        if number == len(self._first):
            self._first.append(_UNKNOWN)
            self._dates.extend((_NO_TIME, _NO_TIME))
            self._authors.append(_UNKNOWN)
        return number


def in_order(commit: Brought) -> tuple[int, int, str]:
    """Order of the commits of a change: by date, then by hash, so that every way of finding them agrees."""
    return commit.committed or 0, commit.authored or 0, commit.sha
