"""The typed views that rules speak of: what a subject is, its columns with their kinds, where its rows come from."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

import msgspec

from fairlead.config.entries import Entries
from fairlead.model.errors import ConfigFaults
from fairlead.signals.language.check import View
from fairlead.signals.language.tree import Kind

FILES = Entries(Path(__file__).parent / "views", "views")
_IF = re.compile(r"\{if ([a-z_ ]+)\}(.*?)\{end\}", re.DOTALL)
_ONLY = re.compile(r"\{only ([a-z_.]+)\}")
_SAID: Mapping[Kind, str] = {"time": "some time", "number": "many", "length": "so long", "worked": "so long"}


class ColumnOf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One column of a view."""

    name: str
    kind: Kind
    doc: str
    of: str = ""
    """Column of the rows, where it is called otherwise."""
    words: tuple[str, ...] = ()
    """All that it can hold, where that is a few words of ours."""
    said: str = ""
    """What stands for it in a sentence about no subject in particular."""


class HistoryOf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What teams have had so far, for percentiles."""

    name: str
    kind: Kind
    doc: str
    rows: str
    """Select of `team` and `value`."""


class Subject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What rules can be about."""

    name: str
    doc: str
    rows: str
    """Select of the rows: with `id`, `title`, `url`, `team`, and the columns below.

    What stands between `{if column ...}` and `{end}` is left out where none of these columns is read: the engine
    does not drop a join by itself that it cannot know to be idle. `{only column}` ends a condition where a part
    that reads much can be cut to the subjects that are asked for.
    """
    columns: tuple[ColumnOf, ...]
    histories: tuple[HistoryOf, ...] = ()
    past: str = ""
    """Select of the rows at each `m.moment` of `{moments} m`, with that moment, of what is known of the past."""
    no_past: str = ""
    """Why there is none, where nothing keeps what it would be made of."""
    as_now: tuple[str, ...] = ()
    """Columns that it can only tell as they are now."""
    windowed: bool = False
    """Whether the rows themselves are made of a time up to `$now`, so that they can be asked for at any moment."""
    record: str = ""
    """Table whose ids its ids are; without one it is judged whole."""
    path: str = ""

    @property
    def view(self) -> View:
        """Names and kinds, as conditions are checked by."""
        return View(
            {column.name: column.kind for column in self.columns},
            {one.name: one.kind for one in self.histories},
            {column.name: column.words for column in self.columns if column.words},
        )

    def word(self, name: str) -> str:
        """What a column is called in a sentence about no subject in particular."""
        column = next((one for one in self.columns if one.name == name), None)
        if column is None or name == "title":
            return "it"
        return column.said or _SAID.get(column.kind, f"its {name.replace('_', ' ')}")

    @property
    def held(self) -> Mapping[str, str]:
        """Name in the language -> column of the rows."""
        return {column.name: column.of or column.name for column in self.columns}

    def selected(self, *, some: bool = False, read: Collection[str] | None = None) -> str:
        """The select of all rows, or of those with ids in `$subjects`; of all columns, or at least of those read."""
        rows = _IF.sub(lambda found: found[2] if read is None or {*found[1].split()} & {*read} else "", self.rows)
        return with_calendars(_ONLY.sub(r"and \1 in (select unnest($subjects))" if some else "", rows))


_SELECT = """select r.*, coalesce(k.calendar, d.calendar) as calendar from ({rows}) r
    left join setup_team_calendars k on k.team = r.team
    left join setup_team_calendars d on d.team = ''"""


def with_calendars(rows: str) -> str:
    """Rows with the calendar of the team concerned, else of the organisation."""
    return _SELECT.format(rows=rows)


@cache
def shipped() -> Mapping[str, Subject]:
    """Ours by name: views are SQL, which nobody writes in a rule."""
    found, faults = FILES.read((), Subject, lambda subject: subject.name)
    if faults:
        raise ConfigFaults(faults)
    return found
