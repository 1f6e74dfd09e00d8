"""Brings files in through the log, like anything else that is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fairlead.connectors.kit.captures import Captured, read_captures
from fairlead.connectors.kit.connector import Connector
from fairlead.connectors.kit.registry import connectors
from fairlead.connectors.results.files import read_reports
from fairlead.connectors.results.stated import Stated
from fairlead.connectors.results.stated import stated as check_stated
from fairlead.ingest.records_import import import_records
from fairlead.ingest.spool import ImportSummary, import_run
from fairlead.metrics.stated import ids
from fairlead.model.errors import Abort, ConfigFaults, Unreadable
from fairlead.model.patch import Patch
from fairlead.model.raw import RawEvent
from fairlead.store import records
from fairlead.wiring.services import Services


@dataclass(frozen=True, slots=True)
class ImportedEvents:
    """What an import of captured events did."""

    files: int
    events: int
    new: int
    quarantined: int


def import_events(services: Services, paths: Sequence[Path], *, apply: bool) -> ImportedEvents:
    """Reads all files, and only if every event is well-formed appends them; `apply` makes records at once."""
    found = Captured()
    for path in paths:
        part = read_captures(path, lambda name: _connector(services, name), services.clock.now())
        found.events += part.events
        found.faults += part.faults
        found.files += part.files
    # Before the first append: a log cannot take back, so half an import would stay for good.
    if found.faults:
        raise ConfigFaults(found.faults)
    # in one transaction for the same reason: whoever is killed here has imported nothing
    new = sum(not receipt.duplicate for receipt in services.log.append_whole(found.events))
    _note_once(services, found.events)
    quarantined = services.apply().quarantined if apply else 0
    return ImportedEvents(found.files, len(found.events), new, quarantined)


def _note_once(services: Services, events: Sequence[RawEvent]) -> None:
    """Notes the import of each source that no setting names: nobody waits for its next word, so none is silent."""
    now = services.clock.now()
    counts = Counter(event.source for event in events if services.source(event.source) is None)
    runs = [import_run(source, now, pages=count) for source, count in counts.items()]
    with services.database.begin() as tx:
        records.apply(tx, [Patch(run, now) for run in runs])


def import_results(
    services: Services, paths: Sequence[str], stated: Stated, *, source: str = "results", apply: bool
) -> ImportedEvents:
    """Reads reports through, and appends them only if all can be read; `apply` makes records at once."""
    tool = services.tool(source)
    if tool != "results":
        raise Abort(f"`{source}` is a source of {tool}", hint='name one with `tool = "results"`, or none')
    try:
        check_stated(stated.headers())
    except Unreadable as fault:
        raise Abort(f"--{fault.message}") from fault
    events, faults = read_reports(paths, stated, services.options(source), services.clock.now())
    if faults:
        raise ConfigFaults(faults)
    if not events:
        raise Abort("no report found", hint="name files, or folders with .xml, .json, .sarif, .info or .lcov files")
    # all or none, so that a run of CI that was killed can be sent again
    new = sum(not receipt.duplicate for receipt in services.log.append_whole(events))
    quarantined = services.apply().quarantined if apply else 0
    return ImportedEvents(len(events), len(events), new, quarantined)


def import_folder(services: Services, folder: Path, *, apply: bool) -> ImportSummary:
    """Checks a folder of record files as a whole and appends what it holds; `apply` makes records at once."""
    known = ids(services.setup)
    done = import_records(folder, services.log, services.database, services.clock.now(), known=known)
    if apply:
        services.apply()
    return done


def _connector(services: Services, name: str) -> tuple[str, Connector]:
    """The source of a capture: a configured one, else the tool itself."""
    tool = services.tool(name)
    # No fault yet: the reader of the file knows the line on which the name stands.
    if tool not in connectors():
        raise LookupError(name)
    return name, connectors()[tool]
