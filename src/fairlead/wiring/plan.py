"""What a change of configuration would do, tried on a throw-away copy before it is applied: nothing here is kept.

Settings are compared with those that were applied last. Where they make other records or marts, the facts are copied,
sources whose reader would be told something else are read again there, and both sides answer every figure.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from fairlead.config.changes import Change, changes
from fairlead.config.load import OWN_FOLDER, Loaded
from fairlead.config.settings import Settings, to_builtins
from fairlead.ingest import revisions
from fairlead.ingest.replay import replay
from fairlead.metrics import difference, seeds
from fairlead.metrics.catalogue import load
from fairlead.metrics.tables import StoreSource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Abort
from fairlead.model.figures import Figure, Window
from fairlead.model.setup import Setup
from fairlead.wiring.applied import ELSEWHERE, Applied, applied, own_figures, settings_of
from fairlead.wiring.backup import copy_database
from fairlead.wiring.services import Services

DAYS = 30
"""Length of the window for which figures are compared."""


class SourcePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one source."""

    name: str
    effect: str
    """`read_again`: its reader is told something else; `new`: nothing was read of it; `no_longer_read`."""
    raw_events: int
    """How many are read again."""


class TablePlan(msgspec.Struct, frozen=True, kw_only=True):
    """A table whose rows would be others."""

    name: str
    before: int
    after: int


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a figure says on one side."""

    value: float | None
    n: int
    missing: str | None
    excluded: dict[str, int]
    version: int


class FigurePlan(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that would say something else."""

    name: str
    title: str
    unit: str
    segment: dict[str, str]
    before: Answer | None
    after: Answer | None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What applying a file would do."""

    file: str | None
    version: int
    """Of the configuration in force; 0 where none was applied yet."""
    applied_at: datetime | None
    settings: tuple[Change, ...]
    definitions: tuple[Change, ...]
    """Own figures that come, go or are defined otherwise."""
    sources: tuple[SourcePlan, ...] = ()
    rebuilds: bool = False
    """Whether all marts are made anew."""
    tables: tuple[TablePlan, ...] = ()
    window: Window | None = None
    figures: tuple[FigurePlan, ...] = ()
    notes: tuple[str, ...] = ()


Say = Callable[[str], None]


def plan(services: Services, say: Say) -> Plan:
    """What the services' settings would do to a home in which others are in force; `say` is told what takes time."""
    with services.database.read() as tx:
        held = applied(tx)
        read = revisions.sources(tx)
        known = {source: revisions.options_version(tx, source) for source in read}
    before = settings_of(held) if held else Settings()
    listed = _settings(before, services.loaded, held)
    definitions = tuple(_definitions(held, services.loaded))
    sources = tuple(_sources(services, before, known))
    rebuilds = bool(read) and seeds.fingerprint(before.setup()) != seeds.fingerprint(services.setup)
    found = Plan(
        file=str(services.loaded.path) if services.loaded.path else None,
        version=held.version if held else 0,
        applied_at=held.at if held else None,
        settings=tuple(listed),
        definitions=definitions,
        sources=sources,
        rebuilds=rebuilds,
    )
    again = [source.name for source in sources if source.effect == "read_again"]
    if not read or held is None or not (rebuilds or again or definitions):
        return found
    with TemporaryDirectory(prefix="fairlead-plan-") as scratch:
        return _tried(found, services, held, before.setup(), again, Path(scratch), say)


def _settings(before: Settings, loaded: Loaded, held: Applied | None) -> Iterator[Change]:
    # What the environment says holds whatever the file says, then as now: `up --port` is no edit of anybody's.
    overridden = {*loaded.overridden, *(held.overridden if held else ())}
    apart = {(section, key) for name in overridden for section, _, key in [_key(name)]}
    old, new = (
        {name: value for name, value in to_builtins(side).items() if name not in ELSEWHERE}
        for side in (before, loaded.settings)
    )
    yield from changes(old, new, apart)


def _key(variable: str) -> tuple[str, str, str]:
    return variable.removeprefix("FAIRLEAD_").lower().partition("__")


def _definitions(held: Applied | None, loaded: Loaded) -> Iterator[Change]:
    folders = loaded.own_folders("metrics")
    old = {entry["name"]: entry for entry in held.metrics} if held else {}
    # Reading ours takes a second, which only a team with figures of its own pays.
    new = {entry["name"]: entry for entry in own_figures(load(folders))} if folders else {}
    yield from changes(old, new)


def _sources(services: Services, before: Settings, known: Mapping[str, str | None]) -> Iterator[SourcePlan]:
    after = services.settings.sources
    for name, version in known.items():
        # The same question that ingestion asks itself when it starts, of sources that went as well.
        if version is not None and version != services.options(name).version:
            count = sum(1 for _ in services.log.scan(name))
            yield SourcePlan(name=name, effect="read_again", raw_events=count)
    for name in after:
        if name not in known:
            yield SourcePlan(name=name, effect="new", raw_events=0)
    for name in sorted(before.sources.keys() - after.keys()):
        yield SourcePlan(name=name, effect="no_longer_read", raw_events=0)


def _tried(
    found: Plan, services: Services, held: Applied, setup: Setup, again: list[str], scratch: Path, say: Say
) -> Plan:
    """The plan with tables and figures of both sides."""
    trial, notes = _trial(services, setup, again, scratch, say)
    own = scratch / OWN_FOLDER
    own.mkdir()
    # What was applied is in no file any more; as JSON it is YAML that the loader reads like any other.
    (own / "applied.yaml").write_bytes(msgspec.json.encode({"metrics": held.metrics}))
    limit = services.settings.warehouse.memory_limit
    say("making both sides' marts")
    old = Warehouse(scratch / "before.duckdb", StoreSource(services), setup, services.clock, memory_limit=limit,
                    metric_folders=[own])  # fmt: skip
    new = Warehouse(scratch / "after.duckdb", StoreSource(trial), services.setup, services.clock, memory_limit=limit,
                    metric_folders=services.loaded.own_folders("metrics"))  # fmt: skip
    try:
        tables = difference.changed_tables(old, new)
        now = services.clock.now()
        window = Window(start=now - timedelta(days=DAYS), end=now)
        say("comparing figures")
        segments = _segments(found.settings, setup, services.setup)
        pairs = difference.changed_figures(old, new, tables, window, segments)
        return msgspec.structs.replace(
            found,
            tables=tuple(TablePlan(name=t.name, before=t.before, after=t.after) for t in tables if t.public),
            window=window,
            figures=tuple(_figure(pair) for pair in pairs),
            notes=notes,
        )
    finally:
        old.close()
        new.close()
        if trial is not services:
            trial.close()


def _trial(
    services: Services, before: Setup, again: list[str], scratch: Path, say: Say
) -> tuple[Services, tuple[str, ...]]:
    """Services on a copy of the facts with the new settings applied; on the facts themselves if none is made."""
    identity = _identity(services, before)
    if services.settings.store.url:
        said = "the store is PostgreSQL, of which no copy is made: what a source read again"
        said += " and changed people would do to figures is not counted in"
        return services, (said,) if again or identity else ()
    facts = services.home / "facts.db"
    if shutil.disk_usage(scratch).free < 3 * facts.stat().st_size:
        raise Abort(f"too little room for a copy of {facts} in {scratch.parent}", hint="set TMPDIR to a larger disk")
    copy_database(facts, scratch / "facts.db")
    trial = Services(services.loaded, scratch, services.clock, services.environ, log_of=services)
    for source in again:
        say(f"reading {source} again, on a copy")
        replay(trial.ingest, source)
    trial.ingest.settle()
    return trial, ()


def _identity(services: Services, before: Setup) -> bool:
    """Whether the settings speak of other people, which ingestion writes into the facts."""
    return (before.people, before.identity) != (services.setup.people, services.setup.identity)


def _segments(listed: Iterable[Change], before: Setup, after: Setup) -> Iterator[Mapping[str, str]]:
    """All together, each team of either side, and the services of which something is changed."""
    yield {}
    yield from ({"team": f"team:{key}"} for key in dict.fromkeys([*after.teams, *before.teams]))
    touched = dict.fromkeys(change.path.split(".")[1] for change in listed if change.section == "services")
    yield from ({"service": f"service:{key}"} for key in touched)


def _figure(pair: difference.Pair) -> FigurePlan:
    known = pair.after or pair.before
    assert known is not None
    return FigurePlan(
        name=pair.name,
        title=known.title,
        unit=known.unit,
        segment=dict(pair.segment),
        before=_answer(pair.before),
        after=_answer(pair.after),
    )


def _answer(figure: Figure | None) -> Answer | None:
    if figure is None:
        return None
    return Answer(
        value=figure.value,
        n=figure.n,
        missing=figure.missing,
        excluded=figure.excluded,
        version=figure.definition.version,
    )
