"""What ingestion knows of renames, kept at hand between batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from fairlead.connectors.kit.connector import Rename
from fairlead.ingest.aliases import Aliases
from fairlead.ingest.moves import Moves
from fairlead.store import aliases as stored
from fairlead.store.aliases import Seen, Told
from fairlead.store.counting import next_value
from fairlead.store.database import Transaction
from fairlead.store.statements import clean

_COUNTER = "aliases"


class Names:
    """The aliases of a store; read again only if another process has learnt something."""

    def __init__(self) -> None:
        self._known_at = -1
        self._seen: dict[tuple[str, str, str], tuple[datetime, datetime]] = {}
        self._told: set[Told] = set()
        self._aliases = Aliases()

    def present(self, tx: Transaction) -> Aliases:
        """The aliases as the transaction sees them."""
        # one counter tells whether another process has learnt something, so that a batch does not read all names
        number = next_value(tx, _COUNTER, by=0)
        if number != self._known_at:
            self._seen = {
                (one.source, one.external_id, one.id): (one.first_at, one.last_at) for one in stored.all_seen(tx)
            }
            self._told = set(stored.all_told(tx))
            self._work_out(number)
        return self._aliases

    def learn(self, tx: Transaction, renames: Sequence[Rename], seen: Iterable[Seen]) -> Moves | None:
        """Keeps what is new; gives the step that it makes, if any id means something else now."""
        before = self.present(tx)
        told = {Told(clean(one.old), clean(one.new), one.at) for one in renames} - self._told
        wider = self._widened(seen)
        if not told and not wider:
            return None
        # the sets only grow, so two processes that learn the same at once write the same rows
        stored.tell(tx, told)
        stored.see(tx, wider)
        self._told |= told
        # The counter moves in the transaction that writes the names: whoever sees it sees them too.
        self._work_out(next_value(tx, _COUNTER))
        moves = Moves(before, self._aliases, _tables(renames))
        return moves if moves.changed else None

    def forget(self) -> None:
        """After a transaction that did not come to pass."""
        self._known_at = -1

    def _work_out(self, number: int) -> None:
        seen = (Seen(*key, *span) for key, span in self._seen.items())
        self._aliases = Aliases(self._told, seen)
        self._known_at = number

    def _widened(self, seen: Iterable[Seen]) -> list[Seen]:
        wider: dict[tuple[str, str, str], Seen] = {}
        for one in seen:
            key = (one.source, one.external_id, one.id)
            first, last = self._seen.get(key, (one.first_at, one.last_at))
            span = (min(first, one.first_at), max(last, one.last_at))
            if self._seen.get(key) != span:
                self._seen[key] = span
                wider[key] = Seen(*key, *span)
        return list(wider.values())


def _tables(renames: Iterable[Rename]) -> dict[str, str]:
    """Old id -> table of what it names, where all who speak of it agree."""
    found: dict[str, str] = {}
    for one in renames:
        old = clean(one.old)
        found[old] = one.table if found.get(old, one.table) == one.table else ""
    return found
