"""Moves a team in from Apache DevLake, and reports where its figures differ from ours."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.ingest.devlake.importing import import_devlake
from fairlead.metrics.devlake_compare import Compared, compare, span
from fairlead.model.errors import Abort
from fairlead.reports import render
from fairlead.reports.devlake import devlake_report
from fairlead.wiring.answers import language
from fairlead.wiring.replies import Reply, Words, reply_json
from fairlead.wiring.services import Services
from fairlead.wiring.showing import shown


@dataclass(frozen=True, slots=True)
class Told:
    """What the import did, in words for the terminal, and the report."""

    lines: tuple[str, ...]
    warnings: tuple[str, ...]
    report: Reply


def move_in(services: Services, place: str, words: Words, months: int = 12) -> Told:
    """Imports DevLake's tables whole, applies them and compares; several processes may apply side by side."""
    if not 1 <= months <= 120:
        raise Abort("--months is from 1 to 120")
    moved = import_devlake(place, services.log, services.clock.now())
    services.apply()
    services.warehouse.refresh()
    window = span(services.warehouse, moved.theirs, months)
    found = compare(services.warehouse, moved.theirs, window) if window else []
    spoken = language(services, words)
    document = devlake_report(found, moved.theirs.projects, services.clock.now(), spoken)
    summary = moved.summary
    lines = tuple(f"{table}: {count}" for table, count in sorted(summary.rows.items()))
    if words.get("form") != "json":
        return Told(lines, tuple(summary.warnings), shown(services, document, words))
    told = {
        "rows": summary.rows,
        "read": moved.read,
        "new": summary.new_events,
        "warnings": summary.warnings,
        "figures": [_plain(one) for one in found],
        "report": render.to_plain(document),
    }
    return Told(lines, tuple(summary.warnings), reply_json(told))


def _plain(one: Compared) -> dict[str, object]:
    sides = {name: getattr(one, name) for name in ("theirs", "compatible", "ours")}
    return {
        "figure": one.figure,
        "unit": one.unit,
        "start": one.window.start.isoformat(),
        "end": one.window.end.isoformat(),
        "whole": one.whole,
        **{name: {"value": side.value, "n": side.n} for name, side in sides.items()},
        "differs": one.differs,
        "reasons": [{"key": each.key, "ids": each.ids, "count": len(each.ids)} for each in one.reasons],
    }
