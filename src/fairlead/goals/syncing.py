"""Objectives of `fairlead.d/goals/` become records: whenever this home catches up, and when somebody asks for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from fairlead.goals import files, values
from fairlead.goals.files import Rules
from fairlead.goals.stating import difference
from fairlead.metrics import catalogue
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import ConfigFault, ConfigFaults
from fairlead.model.times import Clock, entered_at
from fairlead.store import records

if TYPE_CHECKING:
    from fairlead.bus.log import EventLog
    from fairlead.config.load import Loaded
    from fairlead.metrics.catalogue import Entry as Metric
    from fairlead.model.setup import Setup
    from fairlead.store.database import Database

KIND = "goals"
"""Folder beside the settings, in `fairlead.d/`."""


class Home(Protocol):
    """What it takes of a home."""

    then: datetime | None
    """A moment of the past that is asked about: nothing is entered into it."""

    @property
    def loaded(self) -> Loaded:
        """The settings, beside which the files lie."""
        ...

    @property
    def setup(self) -> Setup:
        """What the team states about itself."""
        ...

    @property
    def clock(self) -> Clock:
        """The moment that counts."""
        ...

    @property
    def database(self) -> Database:
        """Facts."""
        ...

    @property
    def log(self) -> EventLog:
        """Raw events."""
        ...

    @property
    def warehouse(self) -> Warehouse:
        """Which metrics there are."""
        ...


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of the files."""

    stated: tuple[str, ...] = ()
    """Objectives that are new or have changed."""
    gone: tuple[str, ...] = ()
    faults: Sequence[ConfigFault] = ()
    """What cannot be read stays as it was; while there is such a fault nothing is taken out."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Files in which nothing is wrong."""

    objectives: int
    warnings: tuple[ConfigFault, ...] = ()
    """What they name and nobody has told of yet."""


def check(loaded: Loaded, rules: Rules, home: Home | None = None) -> Checked:
    """Raises `ConfigFaults` with every fault of the files; who and what there is, only a home tells."""
    if home is None:
        metrics, _ = catalogue.read(loaded.own_folders("metrics"))
        setup = loaded.settings.setup()
        found, faults = _read(loaded, setup, metrics, None, rules)
    else:
        setup = home.setup
        found, faults = read(home, rules)
    faults += tried(found, setup)
    if faults:
        raise ConfigFaults(faults)
    return Checked(len(found), tuple(_unknown(found, home)) if home else ())


def tried(found: Sequence[files.Stated], setup: Setup) -> list[ConfigFault]:
    """Queries that fail on tables without rows, and those that give no value there for another reason than that."""
    queries = [
        (one, ("key_results", at, "query"), str(fields["query"]))
        for one in found
        for at, fields in enumerate(one.results.values())
        if fields["query"]
    ]
    if not queries:
        # the tables take a second to be made
        return []
    warehouse = Warehouse(None, MemorySource(), setup)
    try:
        told = [(one, keys, values.fault_of(warehouse, query)) for one, keys, query in queries]
    finally:
        warehouse.close()
    return [one.fault(keys, words) for one, keys, words in told if words]


def _unknown(found: Sequence[files.Stated], home: Home) -> Iterator[ConfigFault]:
    with home.database.read() as tx:
        for one in found:
            for key, table, name in _NAMED:
                for at, said in enumerate(one.fields[key]):
                    if records.get(tx, table, said) is None:
                        yield one.fault((key, at), f"no {name} `{said:.80}` so far: nothing is counted for it")


_NAMED: tuple[tuple[str, str, str], ...] = (
    ("epics", "work_items", "work item"), ("milestones", "milestones", "milestone")
)  # fmt: skip


def read(home: Home, rules: Rules) -> tuple[list[files.Stated], list[ConfigFault]]:
    """The objectives of the files that are whole, and what is wrong with the others."""
    if not home.loaded.own_folders(KIND):
        return [], []
    with home.database.read() as tx:
        people = frozenset(row["id"] for row in records.rows(tx, "people"))
    return _read(home.loaded, home.setup, home.warehouse.catalogue, people, rules)


def _read(
    loaded: Loaded, setup: Setup, metrics: Mapping[str, Metric], people: Collection[str] | None, rules: Rules
) -> tuple[list[files.Stated], list[ConfigFault]]:
    folder = loaded.path.parent if loaded.path else None
    return files.read(loaded.own_folders(KIND), files.Known(setup, metrics, people, folder, rules))


def sync(home: Home, rules: Rules, at: datetime | None = None) -> Synced:
    """Appends what the files state and the records do not hold yet; the caller applies it."""
    stated, faults = read(home, rules)
    with home.database.read() as tx:
        objectives = list(records.rows(tx, "objectives"))
        results = list(records.rows(tx, "key_results"))
    found = difference(stated, objectives, results, at or entered_at(home.clock), whole=not faults)
    if found.events:
        home.log.append(list(found.events))
    return Synced(found.stated, found.gone, tuple(faults))


def catch_up(home: Home, rules: Rules) -> bool:
    """The same where there are such files at all; tells whether there was anything new.

    A folder that is missing may only be missing from other settings of the same home.

    `fairlead goals`, its `check` and `fairlead doctor` tell of faults: a question about something else goes on.
    """
    if home.then is not None or not home.loaded.own_folders(KIND):
        return False
    found = sync(home, rules)
    return bool(found.stated or found.gone)
