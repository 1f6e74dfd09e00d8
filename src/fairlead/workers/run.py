"""The loop of a process that works: followers and schedules in threads, stopped together."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from fairlead.goals.keeping import keep as keep_goals
from fairlead.governance.outbox import Outbox
from fairlead.model.errors import Abort, Skip
from fairlead.wiring import chatting
from fairlead.wiring.deliveries import kept_for
from fairlead.wiring.ledgering import watch
from fairlead.wiring.measuring import look_and_write
from fairlead.wiring.report_files import write_report
from fairlead.wiring.risking import propose as propose_risks
from fairlead.wiring.services import Services
from fairlead.wiring.standing import check_again
from fairlead.workers import upkeep
from fairlead.workers.apart import Apart
from fairlead.workers.deliveries import OutboxFollower, deliver_due, delivery_plans
from fairlead.workers.followers import IngestFollower, MartsFollower, threads
from fairlead.workers.leases import Lease
from fairlead.workers.notices import NoticesFollower
from fairlead.workers.requests import RequestFollower
from fairlead.workers.runs import Job
from fairlead.workers.schedule import Plan, Scheduler
from fairlead.workers.signals import PLAN, Judge, told
from fairlead.workers.syncs import run_sync, sources_to_sync

_log = logging.getLogger(__name__)

_STOP_WITHIN_S = 30.0

_INGESTS_AGAIN_WITHIN = timedelta(seconds=30)
"""How long after the death of a machine another one goes on; that of a process is seen by others on it at once."""

_DESK, _GATEWAY, _WORKER, _SOURCES = "desk", "gateway", "worker", "sources"
"""What a process can do: reports with and without acts, sources with and without acts."""
_BRIEF_FORMS = ("md", "html", "json")


@dataclass(frozen=True, slots=True)
class Parts:
    """What this process sees to. Marts and what is written from them belong to whoever holds the warehouse."""

    ingest: bool = True
    marts: bool = True
    schedules: bool = True


class Workers:
    """Everything that runs beside the requests. Several processes may do the same: the store decides who."""

    def __init__(self, services: Services, parts: Parts | None = None) -> None:
        self._services = services
        self._parts = parts or Parts()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._apart: Apart | None = None

    def start(self) -> None:
        """Starts the threads; beside a gateway, ingestion and syncs go to a process of their own."""
        # Reading payloads keeps a core busy: in this process it would take the interpreter lock from every request.
        parts = self._parts
        if parts.marts:
            # acts where the warehouse is: what is judged right before it is done is judged with its facts
            self._threads = follow_marts(self._services, self._stop, acts=parts.schedules)
            if parts.ingest or parts.schedules:
                self._apart = Apart(self._services, partial(work, parts=parts))
                self._apart.start()
        else:
            self._threads = take_in(self._services, self._stop, parts, acts=parts.schedules)

    def stop(self) -> None:
        """Ends what runs; a sync in work stops after its page and goes on from there next time."""
        # All are told before one is waited for, so that the slowest alone counts.
        self._stop.set()
        if self._apart is not None:
            self._apart.stop()
        join(self._threads)

    def run(self) -> None:
        """Works until SIGTERM or SIGINT: the whole of a process without a gateway."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        self.start()
        self._stop.wait()
        self.stop()


def work(services: Services, stop: threading.Event, parts: Parts) -> None:
    """What the process apart does until it is told to stop."""
    threads = take_in(services, stop, parts)
    stop.wait()
    join(threads)


def take_in(services: Services, stop: threading.Event, parts: Parts, *, acts: bool = False) -> list[threading.Thread]:
    """Starts ingestion and what is scheduled for sources and stores."""
    runs = []
    if parts.ingest:
        runs.append(("ingest", IngestFollower(services.ingest, stop, _turn(services)).run))
    if parts.schedules:
        role = _WORKER if acts else _SOURCES
        runs += _scheduled(services, stop, source_jobs(services, stop), role, acts=acts)
        runs.append(("outbox", OutboxFollower(services, stop).run))
    return threads(runs)


def _turn(services: Services) -> Lease | None:
    """Whose turn it is to ingest; a store on SQLite belongs to one server."""
    if services.database.dialect == "sqlite":
        return None
    return Lease(services.database, "ingestion", lasts=_INGESTS_AGAIN_WITHIN)


def follow_marts(services: Services, stop: threading.Event, *, acts: bool = False) -> list[threading.Thread]:
    """Starts what needs the warehouse: its refresh, and briefs at their hour."""
    # late: a process without pages needs nothing of the web framework
    from fairlead.ui import ahead

    judge = Judge(services)

    def after() -> None:
        # signals before pages: somebody may be waiting to be told
        told(judge)
        ahead.answer(services)

    marts = MartsFollower(services.warehouse, services.database, services.clock, stop, after=after)
    notices = NoticesFollower(services, stop)
    runs = [("marts", marts.run), ("notices", notices.run)]
    # a role of its own: what a worker without a warehouse left behind is not for one with it, nor the other way round
    runs += _scheduled(services, stop, report_jobs(services, judge), _DESK if acts else _GATEWAY, acts=acts)
    # here, where the warehouse is: what people ask in Slack is answered from it
    if (chat := chatting.follower(services, stop)) is not None:
        runs.append(("slack", chat))
    return threads(runs)


def join(running: Iterable[threading.Thread]) -> None:
    """Waits for threads that were told to stop."""
    for thread in running:
        thread.join(_STOP_WITHIN_S)
        if thread.is_alive():
            _log.warning("%s did not stop in time", thread.name)


def _scheduled(
    services: Services, stop: threading.Event, jobs: Mapping[str, Job], role: str, *, acts: bool
) -> list[tuple[str, Callable[[], None]]]:
    scheduler = Scheduler(services.database, services.setup, services.clock, jobs, stop)
    # A new source begins to be read at once; briefs and sweeps keep to their hour.
    scheduler.plan(plans(services), at_start=lambda plan: plan.what == "sync")
    follower = RequestFollower(
        services, stop, scheduler.runs, acts=acts, role=role, patient=role in (_DESK, _GATEWAY)
    )
    return [("schedules", scheduler.run), ("requests", follower.run)]


def plans(services: Services) -> Iterable[Plan]:
    """What the configuration wants to run by time."""
    settings = services.settings
    syncing = list(sources_to_sync(services))
    for name, every_s in syncing:
        yield Plan(f"sync/{name}", "sync", f"every {every_s} s", source=name)
        # What was deleted at the tool is found by a sweep alone: no webhook and no list of news tells it.
        if settings.schedule.sweep_at:
            yield Plan(f"sweep/{name}", "sweep", f"daily {settings.schedule.sweep_at}", source=name)
    if settings.schedule.brief_at:
        rule = f"working days {settings.schedule.brief_at}"
        yield Plan("brief", "brief", rule)
        for key in settings.teams:
            yield Plan(f"brief/{key}", "brief", rule, team=f"team:{key}")
    if settings.schedule.snapshot_at:
        yield Plan("snapshot", "snapshot", f"daily {settings.schedule.snapshot_at}")
    # looked at often: each person has an hour of their own
    if settings.slack.standup_at:
        yield Plan("standup", "standup", "every 300 s")
    yield from delivery_plans(services)
    yield Plan("forecasts", "forecasts", "workdays 05:30")
    yield Plan("risks", "risks", "every 3600 s")
    yield Plan("goals", "goals", "every 3600 s")
    compress_every_s = max(60, round(settings.raw.compress_after_hours * 3600))
    yield PLAN
    yield Plan("compress", "compress", f"every {compress_every_s} s")
    yield Plan("ledger", "ledger", "every 60 s")
    yield Plan("expire", "expire", "daily 04:00")


def report_jobs(services: Services, judge: Judge | None = None) -> Mapping[str, Job]:
    """Kinds of schedule that read the warehouse -> who does them."""
    return {
        PLAN.what: (judge or Judge(services)).tick,
        "brief": lambda arguments: _nothing(write_report(services, "brief", _BRIEF_FORMS, arguments.get("team", ""))),
        "snapshot": lambda _: _nothing(look_and_write(services)),
        "delivery": partial(deliver_due, services),
        "standup": lambda _: _nothing(chatting.ask_people(services)),
        "forecasts": lambda _: _follow_forecasts(services),
        "risks": lambda _: _nothing(propose_risks(services)),
        "goals": lambda _: _nothing(keep_goals(services)),
    }


def source_jobs(services: Services, stop: threading.Event) -> Mapping[str, Job]:
    """Kinds of schedule for sources and stores -> who does them."""

    def sync(arguments: Mapping[str, Any], full: bool = False) -> None:
        summary = run_sync(
            services, arguments["source"], full=full, report=lambda _: _unless(stop), sleep=_sleep(stop)
        )
        # A partial run is no failure: what was left out stands in its record and on the Data page.
        if summary.result == "failure":
            raise Skip(summary.error, summary.hint)
        check_again(services, arguments["source"])

    def expire(_: Mapping[str, Any]) -> None:
        upkeep.expire(services.log, services.database, services.clock, services.settings.raw.keep_days)
        upkeep.forget_expired(services.database, services.clock)
        Outbox(services.database).forget(kept_for(services))
        upkeep.forget_notices(services.database, services.clock, services.settings.notices.keep_days)

    return {
        "sync": sync,
        "sweep": lambda arguments: sync(arguments, full=True),
        "compress": lambda _: _nothing(upkeep.compress(services.log, services.database)),
        "ledger": lambda _: watch(services),
        "expire": expire,
    }


def _follow_forecasts(services: Services) -> None:
    # late: arrays take memory that a worker without this job does without
    from fairlead.wiring.forecasts import follow

    follow(services)


class _Stopping(Abort):
    """The process is told to stop; no `Skip`, which a connector may take for one thing that is left out."""


def _unless(stop: threading.Event) -> None:
    if stop.is_set():
        raise _Stopping("stopped")


def _sleep(stop: threading.Event) -> Any:
    """Waits for a limit, but not when the process is to stop."""

    def sleep(seconds: float) -> None:
        # Limits last up to an hour; nobody waits that long for a server to stop.
        stop.wait(seconds)
        _unless(stop)

    return sleep


def _nothing(_: object) -> None:
    """Jobs tell their end by returning."""
