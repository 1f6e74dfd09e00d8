"""Follows the log: the next raw events into records, batch by batch, each exactly once."""

from __future__ import annotations

from fairlead.ingest import revisions
from fairlead.ingest.batches import CONSUMER, Applied, Batches
from fairlead.ingest.replay import make_good, replay
from fairlead.model.raw import StoredRaw
from fairlead.store import offsets

_FIRST_SLICE, _SLICE = 8, 64
_BATCH_BYTES = 16 << 20
"""What a batch says takes some ten times the memory of its bodies: pages of an API are a megabyte each."""


class Ingest(Batches):
    """Keeps the records up with the log; several processes may do so on one store and take turns."""

    _begun = False

    def step(self, limit: int = 1000) -> Applied:
        """Applies the next raw events, at most `limit`; `raw_events` is 0 once there are none."""
        if not self._begun:
            self._begin()
        while True:
            with self.database.read() as tx:
                after = offsets.get(tx, CONSUMER)
            raws = self._next(after, limit)
            applied = self.put(self.read(raws), after) if raws else Applied(upto=after)
            # asked at each step and not after our own batch alone: the process that owed it may have been killed
            applied.add(make_good(self))
            # no raw events, if another process was faster: what comes after its batch is left to do
            if applied.raw_events or not raws:
                return applied

    def behind(self) -> int:
        """How far the offset is from the end of the log."""
        with self.database.read() as tx:
            return self.log.latest() - offsets.get(tx, CONSUMER)

    def _begin(self) -> None:
        """What a process does first: settings may have changed since the last one."""
        with self.database.read() as tx:
            known = {source: revisions.options_version(tx, source) for source in revisions.sources(tx)}
        for source, version in known.items():
            if version is not None and version != self.options(source).version:
                replay(self, source=source)
        self.settle()
        self._begun = True

    def _next(self, after: int, limit: int) -> list[StoredRaw]:
        """The next raw events, fewer if they are large."""
        found: list[StoredRaw] = []
        size, some = 0, _FIRST_SLICE
        while len(found) < limit and size < _BATCH_BYTES:
            # in slices: a thousand bodies of 25 MB would not fit, and only reading them tells how large they are
            part = self.log.read(found[-1].seq if found else after, min(some, limit - len(found)))
            found += part
            size += sum(len(raw.event.body) for raw in part)
            if not part:
                break
            # as many as there is room for, if they are like those before
            some = max(1, min(_SLICE, (_BATCH_BYTES - size) * len(found) // max(size, 1)))
        return found
