"""The state of the data: sources, what came, what could not be read, and reading it again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Body, Query, Request
from starlette.responses import JSONResponse, Response

from fairlead.gateway.api.asking import Api, viewer_of
from fairlead.metrics.coverage import covered
from fairlead.store import checked, intake, offsets, quarantine, records, rereads, schedules, state


def routes(api: Api) -> APIRouter:
    """`/sources`, `/quality` and `/quarantine`."""
    router = APIRouter(tags=["data"])
    database = api.services.database

    @router.get("/sources")
    def sources(request: Request) -> Response:
        """Each source: how fresh it is, what it covers, what its tool said of scopes and limits, its last runs."""
        viewer_of(request).demand("viewer", "read")
        with database.read() as tx:
            known = {row["id"]: row for row in records.rows(tx, "sources")}
            runs = sorted(records.rows(tx, "sync_runs"), key=lambda row: (row["started_at"], row["id"]), reverse=True)
            held = quarantine.counts(tx)
            working = state.below(tx, "progress/")
            due = {schedule.name: schedule.next_at for schedule in schedules.rows(tx)}
            answers = checked.kept(tx)
        covers = covered(api.services.warehouse.rows)
        # Both: what was read once and is configured no more, and what is configured and was never read.
        names = sorted({*known, *api.services.settings.sources})
        return _json(
            [
                {
                    "name": name,
                    "tool": api.services.tool(name),
                    "configured": api.services.source(name) is not None,
                    "last_event_at": known.get(name, {}).get("last_event_at"),
                    "last_received_at": known.get(name, {}).get("last_received_at"),
                    "last_sync_at": known.get(name, {}).get("last_sync_at"),
                    "next_sync_at": due.get(f"sync/{name}"),
                    "running": working.get(f"progress/{name}"),
                    "quarantined": held.get(name, 0),
                    "covers": covers.get(name, {}),
                    "checked": answers.get(name),
                    "runs": [row for row in runs if row["of"] == name][:10],
                }
                for name in names
            ]
        )

    @router.get("/quality")
    def quality(request: Request) -> Response:
        """What came of each kind and what became of it, and how far ingestion is behind the log."""
        viewer_of(request).demand("viewer", "read")
        latest = api.services.log.latest()
        with database.read() as tx:
            tallies = intake.rows(tx)
            consumers = {
                name: {"at": at, "behind": max(0, latest - at)} for name, at in offsets.positions(tx).items()
            }
            waiting = quarantine.counts(tx)
        return _json({"log": latest, "consumers": consumers, "received": tallies, "quarantined": waiting})

    @router.get("/quarantine")
    def held(
        request: Request,
        source: str = "",
        which: Annotated[Literal["open", "resolved", "expired", "dismissed"], Query(alias="state")] = "open",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Response:
        """Raw events that could not be read: why, and where the field is that is wrong."""
        viewer_of(request).demand("member", "read")
        with database.read() as tx:
            found = quarantine.rows(tx, which, source or None)
        return _json({"count": len(found), "rows": found[:limit]})

    @router.post("/quarantine/replay", status_code=202)
    def replay(request: Request, raw_seqs: Annotated[list[int] | None, Body(embed=True)] = None) -> dict[str, int]:
        """Asks that these be read again, or without a list all that wait; the workers do it."""
        viewer_of(request).demand("manager", "write")
        # Numbers that do not wait are passed over: two people may press the same button.
        with database.read() as tx:
            waiting = [one.raw_seq for one in quarantine.rows(tx)]
        asked = waiting if raw_seqs is None else [seq for seq in raw_seqs if seq in set(waiting)]
        # Asked for and not done here: the store has one writer at a time, and that is ingestion's.
        return {"asked": sum(rereads.ask(database, seq) for seq in asked)}

    return router


def _json(value: Any) -> Response:
    return JSONResponse(msgspec.to_builtins(value))
