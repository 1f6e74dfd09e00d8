"""What a source's tool answered last when it was asked what may be read: scopes, limits, permissions.

An answer is a look of one moment, like a schedule's last run: no record, and nothing that a replay could find again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fairlead.model.times import iso
from fairlead.store import state
from fairlead.store.database import Transaction

_PREFIX = "checked/"


def keep(tx: Transaction, source: str, at: datetime, findings: Sequence[Mapping[str, Any]]) -> None:
    """Puts an answer in place of the one before."""
    state.put(tx, _PREFIX + source, {"at": iso(at), "findings": findings})


def kept(tx: Transaction) -> dict[str, dict[str, Any]]:
    """Source -> `at` and `findings`."""
    return {key.removeprefix(_PREFIX): said for key, said in state.below(tx, _PREFIX).items()}
