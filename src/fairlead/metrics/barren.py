"""What models make of nothing: most homes lack most tools, and planning a model takes longer than running it.

The same SQL over the same seeds, with nothing in all else that it reads, gives the same rows in every warehouse of a
process: models read no clock. Where these were none once, the next warehouse gets the table without its query. A
plan, a look at the past and a server whose settings change make one warehouse after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from fairlead.metrics.project import Model
from fairlead.metrics.seeds import SEEDS

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Learned:
    """What full runs of the same SQL have found out in this process."""

    columns: dict[str, str] = field(default_factory=dict)
    """Model -> columns of its table, as the statement that makes it lists them."""
    fruitless: set[tuple[str, str]] = field(default_factory=set)
    """Digest of the seeds and a model that made nothing of them alone."""


@lru_cache(maxsize=8)
def learned(_made_of: str) -> Learned:
    """Knowledge about the models of one `Project.made_of`."""
    return Learned()


class Barren:
    """One full run: which relations hold nothing, and which models therefore need not run."""

    def __init__(self, con: duckdb.DuckDBPyConnection, known: Learned, seeded: str) -> None:
        self._con = con
        self._known = known
        self._seeded = seeded
        # Seeds are never looked into: what stands in them is part of what is known.
        self._nothing = dict.fromkeys(SEEDS, True)

    def is_known(self, model: Model) -> bool:
        """Whether the table of a model is certain to hold no rows."""
        certain = (self._seeded, model.name) in self._known.fruitless and self._gets_nothing(model.reads)
        if certain:
            self._nothing[model.name] = True
        return certain

    def note(self, model: Model, rows: int) -> None:
        """Keeps how many rows a model made, which has just run."""
        alone = self._gets_nothing(model.reads)
        if model.materialized == "view":
            # Counting a view plans it and all below, so only where the answer can hold for other warehouses too.
            known = (self._seeded, model.name) in self._known.fruitless
            empty = alone and (known or self._is_nothing(model.name))
        else:
            empty = rows == 0
        self._nothing[model.name] = empty
        if alone and empty:
            self._known.fruitless.add((self._seeded, model.name))

    def _gets_nothing(self, reads: Iterable[str]) -> bool:
        return all(self._is_nothing(relation) for relation in reads)

    def _is_nothing(self, relation: str) -> bool:
        if relation not in self._nothing:
            found = self._con.execute(f'select 1 from "{relation}" limit 1').fetchall()  # noqa: S608 - of the project
            self._nothing[relation] = not found
        return self._nothing[relation]
