"""Whose files these are, by GitHub's rules for CODEOWNERS.

The rules are those of gitignore with differences that GitHub documents: the last matching line wins, lines cannot
negate, and there are no character ranges. A line without owners takes its files away from those named before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fairlead.connectors.kit.owners import LOCATIONS, is_pattern

_DEEPER = "(?:[^/]*/)*?"
"""No folder, one or many."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the file."""

    position: int
    pattern: str
    owners: tuple[str, ...]


class Owners:
    """The rules of one repository, ready to be asked."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        # the last line wins, so it is asked first
        ordered = sorted(rules, key=lambda rule: rule.position, reverse=True)
        self._rules = [(found, rule) for rule in ordered if (found := compiled(rule.pattern)) is not None]

    def rule(self, path: str) -> Rule | None:
        """The line that decides about a path, which is relative to the repository's root."""
        return next((rule for matches, rule in self._rules if matches(path)), None)

    def of(self, path: str) -> tuple[str, ...]:
        """Owners of a path as written; empty if nobody owns it."""
        rule = self.rule(path)
        return rule.owners if rule else ()


def effective(files: Iterable[tuple[str, Rule]]) -> list[Rule]:
    """The rules that count, of rules with the path of their file: those of the first location that has a file.

    >>> effective([("docs/CODEOWNERS", Rule(1, "*", ("@a",))), ("CODEOWNERS", Rule(1, "*", ("@b",)))])
    [Rule(position=1, pattern='*', owners=('@b',))]
    """
    held = list(files)
    present = {path for path, _ in held}
    # a file in a later location is ignored even for paths that the first leaves out
    chosen = next((location for location in LOCATIONS if location in present), None)
    return [rule for path, rule in held if path == chosen]


@lru_cache(maxsize=16384)
def compiled(pattern: str) -> Callable[[str], bool] | None:
    """What tells whether a path matches; `None` for a pattern that GitHub does not take."""
    parts = _parts(pattern)
    if parts is None:
        return None
    # a file's name may hold a line break
    found = re.compile(parts, re.DOTALL)
    return lambda path: found.fullmatch(path) is not None


def match(pattern: str, path: str) -> bool:
    """Whether a pattern covers a path.

    >>> match("/docs/*", "docs/getting-started.md"), match("/docs/*", "docs/build-app/troubleshooting.md")
    (True, False)
    """
    matches = compiled(pattern)
    return matches is not None and matches(path)


def _parts(pattern: str) -> str | None:
    """The pattern as a regular expression over whole paths."""
    if not pattern or not is_pattern(pattern):
        return None
    folder = pattern.endswith("/")
    body = pattern.strip("/")
    if not body:
        # a bare slash names no file
        return None
    # a slash at the start or in the middle ties the pattern to the root; without one it holds at any depth
    anchored = pattern.startswith("/") or "/" in body
    # a name without a slash holds at any depth
    segments = body.split("/") if anchored else ["**", body]
    return _joined(segments, _below(segments[-1], folder, anchored))


def _joined(segments: Sequence[str], below: str) -> str:
    """The segments with what may follow them, so that the time to match grows with the lengths and not with stars.

    Where a run of segments between two `**` fits first, it leaves the most to those after it: no later place needs to
    be tried, which the atomic group `(?>...)` says. Patterns come from repositories, so some mean harm.
    """
    *before, last = _runs(segments)
    text = ""
    for place, run in enumerate(before):
        if run:
            fitting = "".join(_segment(segment) + "/" for segment in run)
            text += f"(?>{_DEEPER}{fitting})" if place else fitting
    if not last:
        # at the end: everything below
        return text + ".+"
    return text + (_DEEPER if before else "") + "/".join(map(_segment, last)) + below


def _runs(segments: Sequence[str]) -> list[list[str]]:
    """Segments between `**`; the first and the last run may be empty, of several `**` in a row one counts."""
    runs: list[list[str]] = [[]]
    for place, segment in enumerate(segments):
        if segment != "**":
            runs[-1].append(segment)
        # two in a row would be two loops over the same folders
        elif place == 0 or segments[place - 1] != "**":
            runs.append([])
    return runs


def _below(last: str, folder: bool, anchored: bool) -> str:
    """What may follow: a name covers the folder of that name with all below it, `/docs/*` only the files in it."""
    if folder:
        return "/.+"
    # here GitHub leaves gitignore, whose `/docs/*` covers the folders in it too
    return "" if last == "*" and anchored else "(?:/.+)?"


def _segment(segment: str) -> str:
    """One name: between two stars the first place that fits will do, as between two `**`."""
    parts = [""]
    escaped = False
    for sign in segment:
        if escaped:
            parts[-1] += re.escape(sign)
            escaped = False
        # takes the meaning from the sign that follows
        elif sign == "\\":
            escaped = True
        elif sign == "*":
            parts.append("")
        else:
            parts[-1] += "[^/]" if sign == "?" else re.escape(sign)
    if len(parts) == 1:
        return parts[0]
    # the last part is tied to the end of the name, so it alone may look further
    first, *between, last = parts
    return first + "".join(f"(?>[^/]*?{part})" for part in between if part) + "[^/]*" + last
