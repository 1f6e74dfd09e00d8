"""Files of objectives in a home: checked, taken over and caught up with, their conditions read as rules are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from fairlead.goals import syncing
from fairlead.goals.syncing import Checked, Home, Synced

if TYPE_CHECKING:
    from fairlead.config.load import Loaded
    from fairlead.model.errors import ConfigFault


def rule_faults(rule: str) -> Sequence[str]:
    """What is wrong with the condition of an objective; nothing where it can be read."""
    # late: most objectives have none
    from fairlead.reports.alignment_facts import RULES
    from fairlead.signals.language.filters import WrongFilterError, filter_of

    try:
        filter_of(rule, RULES)
    except WrongFilterError as found:
        return [f"{fault.message} (at {fault.at + 1} of it)" for fault in found.faults]
    return ()


def check(loaded: Loaded, home: Home | None = None) -> Checked:
    """Raises `ConfigFaults` with every fault of the files; who and what there is, only a home tells."""
    return syncing.check(loaded, rule_faults, home)


def faults(home: Home) -> Sequence[ConfigFault]:
    """What keeps objectives of the files from being taken over, queries apart."""
    return syncing.read(home, rule_faults)[1]


def query_faults(home: Home) -> Sequence[ConfigFault]:
    """Queries of the files that give no value: what they belong to is taken over, and its value is not known."""
    return syncing.tried(syncing.read(home, rule_faults)[0], home.setup)


def sync(home: Home, at: datetime | None = None) -> Synced:
    """Appends what the files state and the records do not hold yet; the caller applies it."""
    return syncing.sync(home, rule_faults, at)


def catch_up(home: Home) -> bool:
    """The same where there are such files at all; tells whether there was anything new."""
    return syncing.catch_up(home, rule_faults)
