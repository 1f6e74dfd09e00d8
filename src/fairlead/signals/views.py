"""The typed views that rules speak of: what a subject is, its columns with their kinds, where its rows come from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from fairlead.config.entries import Entries
from fairlead.model.errors import ConfigFaults
from fairlead.signals.language.check import View
from fairlead.signals.language.tree import Kind

FILES = Entries(Path(__file__).parent / "views", "views")


class ColumnOf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One column of a view."""

    name: str
    kind: Kind
    doc: str
    of: str = ""
    """Column of the rows, where it is called otherwise."""


class Subject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What rules can be about."""

    name: str
    doc: str
    rows: str
    """Select of the rows: with `id`, `calendar`, `title`, `url`, `team`, and the columns below."""
    columns: tuple[ColumnOf, ...]
    path: str = ""

    @property
    def view(self) -> View:
        """Names and kinds, as conditions are checked by."""
        return View({column.name: column.kind for column in self.columns})

    @property
    def held(self) -> Mapping[str, str]:
        """Name in the language -> column of the rows."""
        return {column.name: column.of or column.name for column in self.columns}


@cache
def shipped() -> Mapping[str, Subject]:
    """Ours by name: views are SQL, which nobody writes in a rule."""
    found, faults = FILES.read((), Subject, lambda subject: subject.name)
    if faults:
        raise ConfigFaults(faults)
    return found
