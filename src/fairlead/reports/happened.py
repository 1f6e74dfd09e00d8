"""What came about, counted: a line for each kind of which there was any, with the records that were counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fairlead.reports import proof
from fairlead.reports.document import Claim
from fairlead.reports.facts import Happened
from fairlead.reports.sentences import Teller

_COUNTED: Mapping[str, tuple[str, str, Callable[[Happened], Sequence[str]]]] = {
    "merged": ("changes", "id", lambda found: [change for change, _, _ in found.merged]),
    "opened": ("changes", "id", lambda found: found.opened),
    "committed": ("commits", "id", lambda found: found.committed),
    "deployed": ("counted_deployments", "deployment", lambda found: found.deployed),
    "deploy_failed": ("counted_deployments", "deployment", lambda found: found.deploy_failed),
    "released": ("releases", "id", lambda found: found.released),
    "incidents_opened": ("counted_incidents", "incident", lambda found: found.incidents_opened),
    "incidents_closed": ("counted_incidents", "incident", lambda found: found.incidents_closed),
}
"""Kind -> table, its key, and which of them there were; in the order in which they are told."""

EVERYTHING = tuple(_COUNTED)
DONE = ("merged", "deployed", "deploy_failed", "released", "incidents_closed")
"""What is done by it: a change that was opened or an incident that began is none of that."""


def happened_lines(
    teller: Teller, happened: Happened, kinds: Sequence[str] = EVERYTHING, form: str = ""
) -> list[Claim]:
    """How many of each kind, in the phrases of that form; of what did not happen nothing is said."""
    found = ((kind, *_COUNTED[kind]) for kind in kinds)
    counted = ((kind, table, column, list(ids(happened))) for kind, table, column, ids in found)
    return [
        teller.claim(f"changed.{kind}{form}", proof.of_records(table, ids, column), n=len(ids))
        for kind, table, column, ids in counted
        if ids
    ]
