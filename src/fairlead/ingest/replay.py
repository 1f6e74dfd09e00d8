"""Reading raw events again: after a fix of a reader, after a change of options, or what could not be read so far.

A replay only adds: records older than the oldest raw event that is kept stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice, takewhile

from fairlead.ingest import contests, revisions
from fairlead.ingest.batches import CONSUMER, Applied, Batches
from fairlead.model.raw import StoredRaw
from fairlead.store import offsets, quarantine

# A batch holds the writers' lock while it is written: more at once would make live events wait for a replay.
_AT_ONCE = 200

Report = Callable[[int], None]
"""Told how many raw events have been read so far."""


def replay(
    ingest: Batches,
    source: str | None = None,
    *,
    quarantined: bool = False,
    progress: Report = lambda _: None,
) -> Applied:
    """Reads again all raw events that are kept, those of one source, or only those in quarantine."""
    if quarantined:
        done = _replay_quarantined(ingest, source, progress)
        done.add(make_good(ingest, progress))
        return done
    with ingest.database.begin() as tx:
        tools = revisions.sources(tx)
        concerned = {one: tool for one, tool in tools.items() if source in (None, one)}
        present = {one: ingest.present(one, tool) for one, tool in concerned.items()}
        for one, versions in present.items():
            # Before anything is read again: a kill midway must not leave words of two readers in one generation.
            revisions.begin(tx, one, *versions)
    done = reread(ingest, source, progress)
    with ingest.database.begin() as tx:
        for one, versions in present.items():
            revisions.note(tx, one, concerned[one], *versions)
    done.add(make_good(ingest, progress))
    return done


def make_good(ingest: Batches, progress: Report = lambda _: None) -> Applied:
    """Finds again in the log what things said that shared an id with others, if that is still owed.

    Owed until it is done from beginning to end: a process that is killed midway leaves it to the next one, and two
    that do it at once do the same twice, which changes nothing.
    """
    with ingest.database.read() as tx:
        count = contests.owed(tx)
    if not count:
        return Applied()
    done = reread(ingest, progress=progress)
    with ingest.database.begin() as tx:
        contests.settle(tx, count)
    return done


def reread(ingest: Batches, source: str | None = None, progress: Report = lambda _: None) -> Applied:
    """Applies once more what lies below the offset; what lies above comes in its turn."""
    with ingest.database.read() as tx:
        # Without this bound a replay would chase a live log, and apply beyond the offset what then comes in its
        # turn.
        upto = offsets.get(tx, CONSUMER)
    kept = takewhile(lambda raw: raw.seq <= upto, ingest.log.scan(source))
    return _again(ingest, kept, progress)


def _replay_quarantined(ingest: Batches, source: str | None, progress: Report) -> Applied:
    with ingest.database.read() as tx:
        held = quarantine.rows(tx, source=source)
    expired: list[int] = []

    def still_kept() -> Iterator[StoredRaw]:
        for one in held:
            raw = ingest.log.get(one.raw_seq)
            if raw is None:
                expired.append(one.raw_seq)
            else:
                yield raw

    done = _again(ingest, still_kept(), progress)
    with ingest.database.begin() as tx:
        # what expired can never be read: it must not stand on the Data page as if somebody could mend it
        quarantine.settle(tx, expired, "expired")
    return done


def _again(ingest: Batches, raws: Iterable[StoredRaw], progress: Report) -> Applied:
    done = Applied()
    rest = iter(raws)
    while batch := list(islice(rest, _AT_ONCE)):
        done.add(ingest.again(batch))
        progress(done.raw_events)
    return done
