"""What machines ask: are you there, can you work, what have you counted."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from fairlead.bus.log import EventLog
from fairlead.gateway.counters import CONTENT_TYPE, Counters
from fairlead.gateway.hosts import Hosts
from fairlead.governance.ledger.auditing import Audit
from fairlead.governance.ledger.auditing import last as last_audit
from fairlead.model.errors import Fault
from fairlead.model.times import SystemClock
from fairlead.signals.auditing import AUDITED
from fairlead.store import offsets, quarantine, signals, state
from fairlead.store.database import Database
from fairlead.store.signals import Wanted


def routes(log: EventLog, database: Database, counters: Counters, hosts: Hosts) -> list[Route]:
    """`/healthz` (the process), `/readyz` (its stores) and `/metrics`; numbers only, so open to all who reach us.

    Numbers name sources, so a page elsewhere must not read them by a name of its own.
    """

    def check() -> dict[str, str]:
        parts = {}
        for name, part in (("log", log.latest), ("store", lambda: _touch(database))):
            try:
                part()
                parts[name] = "ok"
            except Fault as fault:
                parts[name] = fault.message
        return parts

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(_request: Request) -> Response:
        parts = await run_in_threadpool(check)
        fine = all(state == "ok" for state in parts.values())
        # What is wrong goes to the operator's log: addresses of stores are nothing for strangers.
        shown = {name: "ok" if state == "ok" else "not available" for name, state in parts.items()}
        return JSONResponse(shown, status_code=200 if fine else 503)

    async def numbers(request: Request) -> Response:
        if not hosts.admits(request.headers.get("host", "")):
            return PlainTextResponse("this server does not go by that name\n", status_code=421)
        return Response(await run_in_threadpool(counters.render), media_type=CONTENT_TYPE)

    _gauges(log, database, counters)
    return [Route("/healthz", health), Route("/readyz", ready), Route("/metrics", numbers)]


def _gauges(log: EventLog, database: Database, counters: Counters) -> None:
    def position() -> dict[tuple[tuple[str, str], ...], float]:
        return {(): float(log.latest())}

    def behind() -> dict[tuple[tuple[str, str], ...], float]:
        with database.read() as tx:
            held = offsets.positions(tx)
        return {(("consumer", name),): float(at) for name, at in held.items()}

    def held() -> dict[tuple[tuple[str, str], ...], float]:
        with database.read() as tx:
            return {(("source", name),): float(count) for name, count in quarantine.counts(tx).items()}

    def signalled() -> dict[tuple[tuple[str, str], ...], float]:
        with database.read() as tx:
            open_now = signals.counted(tx, Wanted(), SystemClock().now(), "response")
        return {(("response", name),): float(count) for name, count in open_now.items()}

    def audited(key: str) -> Callable[[], dict[tuple[tuple[str, str], ...], float]]:
        def read() -> dict[tuple[tuple[str, str], ...], float]:
            with database.read() as tx:
                last = state.get(tx, AUDITED)
            # before the first audit there is no number: a zero would say that all is well
            return {(): float(last[key])} if last else {}

        return read

    counters.gauge("fairlead_signals_open", "Open signals by what they ask for.", signalled)
    counters.gauge("fairlead_escalations", "Open chains of escalation at the last audit.", audited("chains"))
    counters.gauge(
        "fairlead_escalations_standing", "Chains that did not advance as they were frozen.", audited("standing")
    )

    def ledger(read: Callable[[Audit], float]) -> Callable[[], dict[tuple[tuple[str, str], ...], float]]:
        def value() -> dict[tuple[tuple[str, str], ...], float]:
            with database.read() as tx:
                seen = last_audit(tx)
            return {(): read(seen)} if seen else {}

        return value

    counters.gauge("fairlead_ledger_ok", "1 where the ledger is what was written, 0 where not.", ledger(_is_ok))
    counters.gauge("fairlead_ledger_audited", "Entries that the auditor has seen.", ledger(lambda seen: seen.size))
    counters.gauge("fairlead_log_position", "Highest position of the raw log.", position)
    counters.gauge("fairlead_consumer_position", "Position that each consumer has reached.", behind)
    counters.gauge("fairlead_quarantined", "Raw events in quarantine.", held)


def _is_ok(seen: Audit) -> float:
    return float(seen.ok)


def _touch(database: Database) -> None:
    with database.read() as tx:
        offsets.positions(tx)
