"""DevLake's tables into the raw log as records: checked as a whole first, so that nothing is ever half imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from fairlead.bus.log import EventLog
from fairlead.ingest.devlake import code, delivery, people, work
from fairlead.ingest.devlake.names import SOURCE, Names
from fairlead.ingest.devlake.tables import READ, LakeDatabase, LakeFolder, Reader
from fairlead.ingest.devlake.theirs import Theirs, theirs
from fairlead.ingest.records_import import limited
from fairlead.ingest.spool import ImportSummary, spooling
from fairlead.model.errors import ConfigFaults
from fairlead.store.foreign import ForeignDatabase
from fairlead.store.statements import clean

_STEPS: tuple[Callable[[Reader, Names], code.Made], ...] = (
    code.repositories,
    people.accounts,
    people.people,
    code.commits,
    code.changes,
    code.change_commits,
    code.reviews,
    delivery.builds,
    delivery.deployments,
    work.sprints,
    work.items,
    work.history,
    work.incidents,
)

_WANTED = ("repos", "repo_commits", "commit_parents", "pull_request_commits", "cicd_deployment_commits")
"""Without these figures differ for want of data, and not by definition."""

_FIGURES = ("project_pr_metrics", "project_incident_deployment_relationships")


@dataclass(slots=True)
class Moved:
    """What was moved in, and what DevLake makes of it."""

    summary: ImportSummary
    theirs: Theirs
    read: dict[str, int] = field(default_factory=dict)
    """Table of DevLake -> rows."""


def import_devlake(place: str, log: EventLog, now: datetime) -> Moved:
    """From a folder or the address of a database; raises `ConfigFaults` with all that is wrong."""
    if "://" not in place:
        return _import(Reader(LakeFolder(Path(place))), Path(place).name, log, now)
    database = ForeignDatabase(place)
    try:
        return _import(Reader(LakeDatabase(database)), database.shown, log, now)
    finally:
        database.close()


def _import(reader: Reader, scope: str, log: EventLog, now: datetime) -> Moved:
    names, summary = Names(reader), ImportSummary()
    with spooling() as spool:
        seen: dict[str, set[int]] = {}
        for step in _STEPS:
            for table, values in step(reader, names):
                # one thing of a tool comes twice where DevLake collected it over two connections
                known = seen.setdefault(table, set())
                if (key := hash(values["id"])) in known:
                    continue
                known.add(key)
                summary.rows[table] = summary.rows.get(table, 0) + 1
                if not reader.faults:
                    whole = {name: clean(one) if isinstance(one, str) else one for name, one in values.items()}
                    spool.hold(table, whole, len(msgspec.json.encode(whole)))
        found = theirs(reader, names)
        if reader.faults:
            raise ConfigFaults(limited(reader.faults))
        summary.warnings += _warnings(reader)
        spool.append(log, SOURCE, now, summary, scope)
    return Moved(summary, found, dict(reader.counts))


def _warnings(reader: Reader) -> list[str]:
    there = reader.lake.tables()
    said = [f"{name} is not there: figures that need it will differ for want of data" for name in _WANTED]
    said += [f"{name} is not there: DevLake's own figure cannot be made" for name in _FIGURES]
    told = [one for one in said if one.partition(" ")[0] not in there]
    # those of the tools and of the raw layer are DevLake's own affair
    left = sorted(name for name in there - READ if not name.startswith("_"))
    return told + ([f"not read: {', '.join(left)}"] if left else [])
