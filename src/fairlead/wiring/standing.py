"""How each source stands beyond its freshness: what it covers, how its last sync ended, what its tool last answered.

What a tool says of scopes and limits costs calls, so it is asked by `fairlead doctor` and by the workers now and
then, and kept for the faces that must not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from fairlead.connectors.kit.connector import Finding, Syncs
from fairlead.connectors.kit.registry import connector
from fairlead.metrics.coverage import Rows, covered
from fairlead.model.counting import counted
from fairlead.model.errors import Fault
from fairlead.model.times import parse_time
from fairlead.store import checked, state
from fairlead.wiring.services import Services
from fairlead.wiring.syncing import sync_request

_EVERY = timedelta(hours=6)
"""Scopes and permissions change seldom, and a check costs some calls of the tool's limit."""

_LAST = """
select "of" as source, kind, result, error, left_out from sync_runs
where deleted_at is null and finished_at is not null
qualify row_number() over (partition by "of" order by started_at desc, id desc) = 1 order by source
"""


def standing(services: Services, rows: Rows) -> Iterator[Finding]:
    """For each source what it covers, what its last sync left out, and one that is at work."""
    many = {"repository": "repositories"}
    for source, things in covered(rows).items():
        # what the settings state is no source that could cover more
        if services.source(source) is not None:
            said = ", ".join(counted(n, what, many.get(what, "")) for what, n in things.items())
            yield Finding(f"{source}: covers", True, said)
    for row in rows(_LAST):
        if row["result"] in ("partial", "failure") and services.source(row["source"]) is not None:
            left = "; ".join(filter(None, [row["error"], *(row["left_out"] or [])]))
            how = "failed" if row["result"] == "failure" else "left something out"
            what = f"{row['source']}: last {row['kind']}"
            yield Finding(what, None, f"{how}: {left}", f"fairlead sync {row['source']}")
    with services.database.read() as tx:
        at_work = state.below(tx, "progress/")
    for key, step in at_work.items():
        of = f" of {step['total']}" if step.get("total") else ""
        until = parse_time(step.get("waiting_until"))
        waits = f", waits for the tool's limit until {until:%H:%M:%S} UTC" if until else ""
        said = f"running beside live events: {step['what']}, {step['done']}{of}{waits}"
        yield Finding(f"{key.removeprefix('progress/')}: sync", True, said)


def keep(services: Services, source: str, findings: Sequence[Finding]) -> None:
    """Keeps what a tool answered, with when."""
    said = [{"what": one.what, "ok": one.ok, "detail": one.detail, "remedy": one.remedy} for one in findings]
    with services.database.begin() as tx:
        checked.keep(tx, source, services.clock.now(), said)


def check_again(services: Services, source: str) -> None:
    """Asks the tool if it was not asked for long; a tool that does not answer is told by its sync."""
    with services.database.read() as tx:
        before = checked.kept(tx).get(source, {})
    last = parse_time(before.get("at"))
    if last and services.clock.now() - last < _EVERY:
        return
    try:
        tool = connector(services.tool(source))
        if not isinstance(tool, Syncs):
            return
        request = sync_request(services, source)
        try:
            keep(services, source, list(tool.check(request)))
        finally:
            if request.client:
                request.client.close()
    except Fault:
        return
