"""A sync as a list of steps: each reads one list, and one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from fairlead.connectors.kit.connector import Page
from fairlead.connectors.kit.cursor import Cursor, Mark
from fairlead.connectors.kit.rest import Rest
from fairlead.model.errors import Retry, Skip
from fairlead.model.times import iso

_FAULTS_IN_A_ROW = 3
"""After so many lists that nobody answered, the server is down and there is no use in asking for the rest."""


@dataclass(frozen=True, slots=True)
class Step:
    """One list: where an earlier run has come to is in the mark that its walk gets, and moves on."""

    key: str
    """Names it in the saved state and to people, like `acme/payments: issues`."""
    walk: Callable[[Mark], Iterator[Page]]
    optional: bool = False
    """Whether a refusal is normal: a feature that is off or a permission that need not be given."""


def walked(rest: Rest, steps: Iterable[Step]) -> Iterator[Page]:
    """The pages of all steps, each with the state after it; a run that was killed goes on after its last page.

    One page is held back all the time: what is known only after a page, the end of its step or of the run, is
    saved together with it.
    """
    request = rest.request
    cursor = Cursor(request.state, iso(request.now), request.full)
    held: Page | None = None
    for page in _pages(rest, steps, cursor):
        if held is not None:
            yield held
        held = page
    cursor.close()
    if held is not None:
        yield replace(held, state=cursor.dump())


def _pages(rest: Rest, steps: Iterable[Step], cursor: Cursor) -> Iterator[Page]:
    faults = 0
    for step in steps:
        # counted all the same, so that the bar of a run that goes on does not begin at nothing
        if cursor.is_done(step.key):
            rest.done += 1
            continue
        mark = cursor.open(step.key)
        held: Page | None = None
        try:
            for page in step.walk(mark):
                if held is not None:
                    yield held
                cursor.note(step.key, mark)
                held = replace(page, state=cursor.dump())
            cursor.finish(step.key, mark)
            # the last page of a step carries its end: a kill right after it does not read the step again
            held = replace(held, state=cursor.dump()) if held else None
            faults = 0
        except Skip as fault:
            # what is left out is named: a figure that lacks it has to say so
            if not step.optional:
                rest.leave_out(f"{step.key}: {fault.message}")
        except Retry as fault:
            faults += 1
            rest.leave_out(f"{step.key}: {fault.message}, also after several tries")
            # what was read before counts, so it goes out before the run gives up
            if faults >= _FAULTS_IN_A_ROW:
                if held is not None:
                    yield held
                raise
        rest.done += 1
        if held is not None:
            yield held
