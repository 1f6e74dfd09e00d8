"""What is kept under an id, after a rename was heard of late: where it belongs now, and whether anybody can tell.

The invariant of all renames: the store holds what it would hold had every name been known from the start. A row does
not say under which id its values were told. So all ids are asked that could have led here by what was known before;
where they agree on the new place a value moves there, and where they do not only the log can tell.
"""

from __future__ import annotations

from collections.abc import Mapping

from fairlead.ingest.aliases import Aliases


class Moves:
    """The step from what was known of names to what is known now."""

    def __init__(self, before: Aliases, after: Aliases, tables: Mapping[str, str] | None = None) -> None:
        """`tables` tells of old ids in which table what they name lies."""
        self._tables = tables or {}
        self.before = before
        self.after = after
        self.changed = after.changed(before)
        """Old ids for which the answer is another one now."""

    def concerned(self) -> dict[str, str]:
        """Names below which something may lie that has to move, each with the table of what it names, if known."""
        by_table: dict[str, list[str]] = {}
        for old in self.changed:
            by_table.setdefault(self._tables.get(old, ""), []).append(old)
        found: dict[str, str] = {}
        for table, names in by_table.items():
            for name in self.before.reached(names):
                # a name that one said of an issue and another of who knows what may be anything
                found[name] = table if found.get(name, table) == table else ""
        return found

    def place(self, kept: str, at_us: int, by: str = "") -> str | None:
        """Where what is kept under an id and was said at that time belongs; `None` if it may be one of several.

        `by` is the record that refers to it.
        """
        origins = [one for one in self.before.origins(kept) if self.before.resolve(one, at_us, by) == kept]
        # what was written under an id that nothing leads to goes by that id
        places = {self.after.resolve(one, at_us, by) for one in origins or [kept]}
        return places.pop() if len(places) == 1 else None

    def hides(self, kept: str, at_us: int) -> bool:
        """Whether a word of that time may have replaced an older one which was about something else."""
        meant = self.place(kept, at_us)
        for said in self.before.origins(kept):
            # between two turns the answer is the same, so it is enough to ask at the turns
            for until in {*self.before.turns(said), *self.after.turns(said)}:
                kept_here = until < at_us and self.before.resolve(said, until) == kept
                if kept_here and self.after.resolve(said, until) != meant:
                    return True
        return False
