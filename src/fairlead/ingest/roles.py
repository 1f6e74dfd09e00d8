"""Who may do what, as people have entered it: from the raw events of our own tool into the tables of access.

The gateway has done the same already in the transaction of the click. So here it has an effect only where the store
knows less than the log: after a replay into an empty one, or a kill between the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from fairlead.connectors.fairlead import SOURCE
from fairlead.ingest.reading import Understood
from fairlead.model.events import Event
from fairlead.store import access
from fairlead.store.access import Role
from fairlead.store.database import Transaction


def project(tx: Transaction, batch: Iterable[Understood]) -> None:
    """Carries out what a batch says of roles; each statement holds as of its time, so repeats change nothing."""
    for one in batch:
        # no other tool gives rights here, whatever events it may send
        if one.raw.event.tool == SOURCE:
            for event in one.events:
                _apply(tx, event)


def _apply(tx: Transaction, event: Event) -> None:
    person, at, said = event.subject, event.time, event.data
    if event.type == "dev.fairlead.role.given.0.1.0":
        access.add_user(tx, person, at)
        access.grant(tx, person, cast("Role", said["role"]), at, said["by"], said["team"])
    elif event.type == "dev.fairlead.role.taken.0.1.0":
        access.withdraw(tx, person, at, said["by"], said["team"])
    elif event.type == "dev.fairlead.user.disabled.0.1.0":
        access.disable_user(tx, person, at)
