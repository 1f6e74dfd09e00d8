"""Where a sync stands: marks of what was read in earlier runs, and how far the present run has come."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fairlead.model.times import iso, parse_time

_VERSION = 1


@dataclass(slots=True)
class Mark:
    """The cursor of one step, like the pull requests of one repository."""

    value: str = ""
    """Up to where earlier runs have read; empty at first."""
    resume: dict[str, Any] = field(default_factory=dict)
    """How far this run has come; survives a kill."""
    following: str = ""
    """Becomes `value` once the step is done."""
    etag: str = ""
    """Of the first page; unchanged means that there is nothing to do."""

    def later(self, moment: str | None) -> None:
        """Takes a time over as the next mark if it is later than what was seen so far."""
        if moment and (not self.following or _key(moment) > _key(self.following)):
            self.following = moment


def _key(moment: str) -> str:
    """Times as GitHub writes them sort as text once they are in UTC."""
    try:
        found = parse_time(moment)
    except ValueError:
        return ""
    return iso(found) if found else ""


class Cursor:
    """The whole state, as it is saved after each page."""

    def __init__(self, state: Mapping[str, Any], run: str, full: bool) -> None:
        # a state of another form is forgotten: reading too much again costs time, and misreading it costs records
        usable = state.get("version") == _VERSION
        saved = copy.deepcopy(dict(state)) if usable else {}
        self._marks: dict[str, str] = saved.get("marks", {})
        # a full run must see each list, also one that has not changed: it is there to find what is missing
        self._etags: dict[str, str] = {} if full else saved.get("etags", {})
        self._run: dict[str, Any] = saved.get("run", {})
        # An interrupted run goes on, unless it was of the other kind.
        if not self._run or bool(self._run.get("full")) != full:
            self._run = {"id": run, "full": full, "done": [], "resume": {}}

    def is_done(self, key: str) -> bool:
        """Whether this run has already read a step before it was interrupted."""
        return key in self._run["done"]

    def open(self, key: str) -> Mark:
        """The mark of a step."""
        resume = dict(self._run["resume"].get(key, {}))
        value = "" if self._run["full"] else self._marks.get(key, "")
        return Mark(value, resume, resume.get("following", ""), self._etags.get(key, ""))

    def note(self, key: str, mark: Mark) -> None:
        """Takes over how far a step has come."""
        # one step at a time is open, and what is before it is done
        self._run["resume"] = {key: {**mark.resume, "following": mark.following}}

    def finish(self, key: str, mark: Mark) -> None:
        """A step is done."""
        # the mark moves only with the end of its step: pages come newest first at some APIs, and a kill would leave
        # a gap
        if mark.following or mark.value:
            self._marks[key] = mark.following or mark.value
        if mark.etag:
            self._etags[key] = mark.etag
        self._run["done"].append(key)
        self._run["resume"] = {}

    def close(self) -> None:
        """The run is complete; the next one begins anew from the marks."""
        self._run = {}

    def dump(self) -> dict[str, Any]:
        """A copy to save."""
        return copy.deepcopy({"version": _VERSION, "marks": self._marks, "etags": self._etags, "run": self._run})
