"""Runs a connector's sync: each page durable in the log, then the cursor; a record of the run as evidence."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from fairlead.bus.log import Appended, EventLog
from fairlead.connectors.kit.connector import Page, Progress, SyncRequest, Syncs, raw_event
from fairlead.connectors.kit.registry import connector
from fairlead.ingest.batches import CONSUMER
from fairlead.model.counting import counted
from fairlead.model.errors import Fault, Retry
from fairlead.model.patch import Patch
from fairlead.model.records.provenance import Source, SyncRun
from fairlead.model.times import Clock, iso
from fairlead.store import offsets, quarantine, records, state
from fairlead.store.database import Database
from fairlead.wiring.services import Services
from fairlead.wiring.syncing import state_key, sync_request
from fairlead.workers.leases import Lease

_IN_FLIGHT = 32
"""Pages on their way to the disk while the next are read: syncing and reading go side by side."""

_CURSOR_EVERY_S = 1.0
"""A kill costs at most so much reading again; the pages themselves are the same events and count once."""

Result = Literal["success", "partial", "failure", "nothing"]


@dataclass(slots=True)
class SyncSummary:
    """What a sync did; `nothing` if the source is not polled."""

    source: str
    kind: str = "sync"
    result: Result = "success"
    pages: int = 0
    new_pages: int = 0
    quarantined: int = 0
    """Pages that arrived and could not be understood, as far as they are read by now."""
    seconds: float = 0.0
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: str = ""
    hint: str = ""

    def words(self) -> str:
        """One line, and one more for each thing that was left out or is worth a word."""
        if self.result == "nothing":
            return f"{self.source}: comes by webhook, there is nothing to read"
        pages = f"{counted(self.pages, 'page')} ({self.new_pages} new)"
        line = f"{self.source}: {self.result}, {pages} in {self.seconds:.1f} s"
        if self.error:
            line += f": {self.error}" + (f"\n  {self.hint}" if self.hint else "")
        more = [f"left out: {what}" for what in self.left_out]
        if self.quarantined:
            more.append(f"in quarantine: {counted(self.quarantined, 'page')} that could not be understood")
        return "\n".join([line, *(f"  {what}" for what in more), *(f"  note: {what}" for what in self.notes)])


def run_sync(
    services: Services,
    source: str,
    *,
    since: str = "",
    full: bool = False,
    once: bool = False,
    report: Callable[[Progress], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
    taken: Callable[[int], object] = lambda _: None,
) -> SyncSummary:
    """Reads a source's history from where the last sync stopped; one sync of a source runs at a time.

    What is read `once`, like a path that a command names, is an import: nobody will read it again by a schedule.

    Faults of the tool or the network end the run and are told in the summary and in `sync_runs`; what was read by
    then stays, and the next run goes on from it. `taken` hears where each page lies in the log.
    """
    summary = SyncSummary(source, "import" if once else "sweep" if full else "sync")
    tool = connector(services.tool(source))
    if not isinstance(tool, Syncs):
        summary.result = "nothing"
        return summary
    try:
        request = sync_request(services, source, since=since, full=full, report=report, sleep=sleep)
        with Lease(services.database, f"sync of {source}").held() as lease:
            run = SyncRunner(services.database, services.log, services.clock, source, tool.tool, lease, taken)
            run.run(tool, request, summary)
    except Fault as fault:
        summary.result, summary.error, summary.hint = "failure", fault.message, fault.hint
    return summary


def tell_quarantined(services: Services, summary: SyncSummary, pages: Collection[int]) -> None:
    """Adds to a summary how many of its pages ingestion put into quarantine: that is no success.

    A page that came before and was never understood counts too: it still says something that no record holds.
    """
    if not pages:
        return
    with services.database.read() as tx:
        held = {one.raw_seq for one in quarantine.rows(tx, source=summary.source)}
    summary.quarantined = len(held & set(pages))
    if summary.quarantined and summary.result == "success":
        summary.result = "partial"


def await_reading(services: Services, pages: Collection[int], patience_s: float = 10.0) -> None:
    """Waits until a server has read these pages, for so long: what stays unread by then its Data page tells."""
    until = time.monotonic() + patience_s
    while pages and time.monotonic() < until:
        with services.database.read() as tx:
            if offsets.get(tx, CONSUMER) >= max(pages):
                return
        time.sleep(0.1)


class SyncRunner:
    """One run of one source."""

    def __init__(
        self,
        database: Database,
        log: EventLog,
        clock: Clock,
        source: str,
        tool: str,
        lease: Lease | None = None,
        taken: Callable[[int], object] = lambda _: None,
    ) -> None:
        self._database = database
        self._log = log
        self._clock = clock
        self._source = source
        self._tool = tool
        self._lease = lease
        self._taken = taken
        self._waiting: deque[tuple[Future[Appended], Mapping[str, Any]]] = deque()
        self._cursor: Mapping[str, Any] | None = None
        self._saved_at = time.monotonic()

    def run(self, syncs: Syncs, request: SyncRequest, summary: SyncSummary) -> None:
        """Reads all pages; a fault of the source becomes the result, one of our own store is raised."""
        started = self._clock.now()
        # The clock of the home may stand still, as in the demo; how long it took is measured by the machine's.
        begun = time.monotonic()
        self._record(summary, started, None)
        heard = _Listener(request.report, summary, self._show)
        try:
            for page in syncs.sync(replace(request, report=heard)):
                self._take(page, summary)
        except Fault as fault:
            summary.error, summary.hint = fault.message, fault.hint
            summary.result = "partial" if summary.pages else "failure"
        finally:
            # What is durable by now is not read again, also when the run ends by a kill from the keyboard.
            self._drain(0, summary)
            self._save_cursor()
            summary.seconds = round(time.monotonic() - begun, 3)
        # Never plain success with a gap in it: freshness of a source is judged by this word.
        if summary.left_out and summary.result == "success":
            summary.result = "partial"
        self._record(summary, started, self._clock.now())

    def _take(self, page: Page, summary: SyncSummary) -> None:
        event = raw_event(page, self._source, self._tool, self._clock.now())
        self._drain(_IN_FLIGHT, summary)
        while True:
            try:
                future = self._log.submit(event)
                break
            except Retry:
                # The log is full of what others send: wait for one of ours, or stand in line like an append does.
                if not self._waiting:
                    [receipt] = self._log.append([event])
                    future = Future()
                    future.set_result(receipt)
                    break
                self._drain(len(self._waiting) - 1, summary)
        self._waiting.append((future, page.state))
        summary.pages += 1
        if self._lease is not None:
            self._lease.renew()
        if time.monotonic() - self._saved_at > _CURSOR_EVERY_S:
            self._drain(0, summary)
            self._save_cursor()

    def _drain(self, leave: int, summary: SyncSummary) -> None:
        """Waits until no more than so many pages are on their way; the cursor never runs ahead of the log."""
        while len(self._waiting) > leave:
            future, cursor = self._waiting.popleft()
            receipt = future.result()
            summary.new_pages += not receipt.duplicate
            self._taken(receipt.seq)
            if cursor:
                self._cursor = cursor

    def _save_cursor(self) -> None:
        self._saved_at = time.monotonic()
        if self._cursor is None:
            return
        cursor, self._cursor = self._cursor, None
        with self._database.begin() as tx:
            state.put(tx, state_key(self._source), dict(cursor))

    def _show(self, progress: Progress) -> None:
        """For the Data page: how far a running sync is."""
        until = progress.waiting_until
        shown = {
            "done": progress.done,
            "total": progress.total,
            "what": progress.what,
            "waiting_until": iso(until) if until else None,
            "at": iso(self._clock.now()),
        }
        with self._database.begin() as tx:
            state.put(tx, progress_key(self._source), shown)

    def _record(self, summary: SyncSummary, started: datetime, finished: datetime | None) -> None:
        about = SyncRun(
            id=f"{self._source}/{summary.kind}/{iso(started)}",
            of=self._source,
            kind=summary.kind,
            started_at=started,
        )
        patches = [Patch(about, at=started)]
        if finished is not None:
            ended = SyncRun(
                id=about.id,
                finished_at=finished,
                result=summary.result,
                pages=summary.pages,
                records=summary.new_pages,
                left_out=tuple(summary.left_out),
                error=summary.error or None,
            )
            patches.append(Patch(ended, at=finished, rank=1))
            if summary.result != "failure":
                patches.append(Patch(Source(id=self._source, last_sync_at=finished), at=finished))
        patches.append(Patch(Source(id=self._source, tool=self._tool, name=self._source), at=started))
        with self._database.begin() as tx:
            records.apply(tx, patches)
            if finished is not None:
                state.drop(tx, progress_key(self._source))


def progress_key(source: str) -> str:
    """Where the progress of a running sync is kept."""
    return f"progress/{source}"


def running(database: Database) -> dict[str, dict[str, Any]]:
    """Source -> progress of the sync that runs now."""
    with database.read() as tx:
        return {key.removeprefix("progress/"): value for key, value in state.below(tx, "progress/").items()}


class _Listener:
    """Hands progress on, keeps what was left out, and writes it down for the page now and then."""

    def __init__(
        self, report: Callable[[Progress], None], summary: SyncSummary, show: Callable[[Progress], None]
    ) -> None:
        self._report = report
        self._summary = summary
        self._show = show
        self._shown_at = float("-inf")

    def __call__(self, progress: Progress) -> None:
        if progress.left_out and progress.left_out not in self._summary.left_out:
            self._summary.left_out.append(progress.left_out)
        if progress.noted and progress.noted not in self._summary.notes:
            self._summary.notes.append(progress.noted)
        if progress.waiting_until or time.monotonic() - self._shown_at > 2.0:
            self._shown_at = time.monotonic()
            self._show(progress)
        self._report(progress)


def sources_to_sync(services: Services) -> Iterator[tuple[str, int]]:
    """Configured sources that can be polled, with the seconds between two polls."""
    for name, settings in services.settings.sources.items():
        if settings.every_minutes > 0 and isinstance(connector(services.tool(name)), Syncs):
            yield name, settings.every_minutes * 60
