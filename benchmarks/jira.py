"""The history of a Jira site: read into raw log and records, made into marts, asked for flow, sprints and the day.

    python benchmarks/jira.py [ISSUES ...] [--memory 256MB] [--at FOLDER] [--profile]

Each issue has ten entries in its changelog, and there is a sprint to each 500 issues. Pages are made beforehand and
handed out by a process of its own, which no figure here contains. Sync and ingestion run side by side as under
`fairlead up`, then another process makes the warehouse and asks; of each the time by the clock and of processors is
told, and its memory at most. Beside it stands what it takes to fetch and decode the same pages and nothing else,
below which no sync can come. With `--at`, pages and home stay in that folder, and pages that lie there are not made
again.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import os
import pstats
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from jira_pages import END, PROJECTS, TOKEN, USER, Desk, make

from fairlead.cli.main import rest_the_collector
from fairlead.config.load import load
from fairlead.connectors.kit.fake.server import app
from fairlead.connectors.kit.payload import decode
from fairlead.metrics.figures import figure
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Window
from fairlead.model.times import FixedClock
from fairlead.reports.asked import Asked
from fairlead.reports.flow import flow
from fairlead.store import records
from fairlead.wiring.measuring import look_and_write
from fairlead.wiring.services import Services
from fairlead.workers.syncs import run_sync

PER_SPRINT = 500
_SYNCED = "synced"
"""File that tells the ingesting process that nothing more will come."""
_SETTINGS = """\
[sources.jira]
url = "http://127.0.0.1:{port}"
user = "{user}"
token = {{ env = "BENCHMARK_JIRA_TOKEN" }}
every_minutes = 0
[warehouse]
memory_limit = "{memory}"
"""


def main() -> None:
    """Each size in turn."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("issues", nargs="*", type=int, default=[5_000, 50_000, 500_000])
    asked.add_argument("--memory", default="256MB", help="memory limit of DuckDB")
    asked.add_argument("--at", type=Path, help="keep pages and home in this folder")
    asked.add_argument("--profile", action="store_true", help="print where the time of the sync goes")
    asked.add_argument("--stage", choices=STAGES, help="one process of the measurement")
    words = asked.parse_args()
    if words.stage:
        rest_the_collector()
        STAGES[words.stage](words.at, words.issues[0], words.profile)
        return
    for issues in words.issues:
        with tempfile.TemporaryDirectory() as scratch:
            folder = (words.at or Path(scratch)) / str(issues)
            measure(folder, issues, words.memory, "--profile" if words.profile else "")


def measure(folder: Path, issues: int, memory: str, profile: str) -> None:
    """One size."""
    pages = folder / "pages"
    if (folder / "home").exists():
        raise SystemExit(f"{folder / 'home'} is there already: take it away")
    if not pages.is_dir():
        with Spent() as spent:
            size = make(pages, issues, issues // PER_SPRINT)
        print(f"{issues:,} issues: {size / 1e6:,.0f} MB of pages, made in {spent.core_s:.0f} core s", flush=True)
    with _serving(folder, issues) as port:
        (folder / "fairlead.toml").write_text(_SETTINGS.format(port=port, user=USER, memory=memory))
        _run(folder, issues, "floor")
        _run(folder, issues, "sync", "ingest", profile=profile)
        _run(folder, issues, "build")


@contextmanager
def _serving(folder: Path, issues: int) -> Iterator[int]:
    with _started("serve", folder, issues) as running:
        assert running.stdout is not None
        try:
            yield int(running.stdout.readline())
        finally:
            running.terminate()


def _run(folder: Path, issues: int, *stages: str, profile: str = "") -> None:
    """Processes side by side, and what they print."""
    with ExitStack() as stack:
        running = [stack.enter_context(_started(stage, folder, issues, *filter(None, [profile]))) for stage in stages]
        for one in running:
            for line in one.stdout or ():
                print(f"  {line}", end="", flush=True)
    if any(one.returncode for one in running):
        raise SystemExit(f"{stages} failed")


def _started(stage: str, folder: Path, issues: int, *more: str) -> subprocess.Popen[str]:
    words = [sys.executable, __file__, str(issues), "--at", str(folder), "--stage", stage, *more]
    environ = {**os.environ, "BENCHMARK_JIRA_TOKEN": TOKEN}
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environ)


class Spent:
    """Time that a stretch of work took."""

    def __enter__(self) -> Spent:
        self.wall_s, self.core_s = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall_s, self.core_s = time.perf_counter() - self.wall_s, time.process_time() - self.core_s

    def each(self, issues: int) -> str:
        """In words."""
        return f"{self.wall_s:.1f} s, {self.core_s:.1f} core s, {self.core_s / issues * 1000:.3f} core ms an issue"


def serve(folder: Path, issues: int, _profile: bool) -> None:
    """The site on a free port, which it prints."""
    import uvicorn

    config = uvicorn.Config(app(Desk(folder / "pages", issues // PER_SPRINT)), port=0, log_level="error")
    server = uvicorn.Server(config)

    async def run() -> None:
        serving = asyncio.ensure_future(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        print(server.servers[0].sockets[0].getsockname()[1], flush=True)
        await serving

    asyncio.run(run())


def floor(folder: Path, issues: int, _profile: bool) -> None:
    """Fetches and decodes the pages of the first project, and does nothing with them."""
    base = load(folder / "fairlead.toml").settings.sources["jira"].url
    asked = {"jql": f'project = "{PROJECTS[0]}"'}
    with Spent() as spent, httpx.Client() as client:
        token: str | None = "token-0"
        while token:
            found = client.get(f"{base}/rest/api/3/search/jql", params={**asked, "nextPageToken": token})
            token = decode(found.content).get("nextPageToken")
    print(f"fetched and decoded alone: {spent.each(issues // len(PROJECTS))}")


def sync(folder: Path, issues: int, _profile: bool) -> None:
    """What `fairlead sync` does first: pages into the raw log."""
    with _services(folder) as services, Spent() as spent:
        summary = run_sync(services, "jira", since="all")
    (folder / _SYNCED).touch()
    print(f"{summary.words()}")
    if summary.result != "success":
        raise SystemExit("a page could not be read")
    print(f"pages into the raw log: {spent.each(issues)}, peak {_peak():.0f} MB; {_mb(folder, 'raw.db')}")


def ingest(folder: Path, issues: int, profile: bool) -> None:
    """Raw log into records, beside the sync: until it has ended and all of it is read."""
    with cProfile.Profile() if profile else nullcontext() as profiled, _services(folder) as services:
        with Spent() as spent:
            while True:
                ended = (folder / _SYNCED).exists()
                step = services.ingest.step()
                if step.quarantined:
                    raise SystemExit("a page could not be read")
                if not step.raw_events:
                    if ended:
                        break
                    services.log.wait(step.upto, 1)
        with services.read() as tx:
            held = records.counts(tx)
    steps = held["work_item_transitions"] + held["work_item_changes"]
    print(f"raw log into records: {spent.each(issues)}, peak {_peak():.0f} MB; {_mb(folder, 'facts.db')}")
    print(f"both: {spent.wall_s:.1f} s (mark at 500,000: 600 s); "
          f"{held['work_items']:,} items, {steps:,} transitions and changes")  # fmt: skip
    if profiled:
        pstats.Stats(profiled, stream=sys.stdout).sort_stats("tottime").print_stats(45)


def build(folder: Path, issues: int, _profile: bool) -> None:
    """The warehouse from nothing, then what people ask of it."""
    with _services(folder) as services:
        with Spent() as spent:
            services.warehouse.refresh()
        print(f"warehouse made: {spent.each(issues)} (mark at 500,000: 60 s), peak {_peak():.0f} MB", flush=True)
        warehouse = services.warehouse
        window = Window(start=END - timedelta(days=90), end=END)
        for name, entry in warehouse.catalogue.items():
            if entry.group in ("flow", "sprint"):
                _timed(name, 300, lambda name=name: figure(warehouse, name, window))  # type: ignore[misc]
        asked = Asked(warehouse, services.setup, services.clock.now())
        _timed("flow report", 0, lambda: flow(asked, window="90d"))
        _timed("ledgers of all sprints", 1000, lambda: _ledgers(warehouse))
        _timed("the longest, each entry", 1000, lambda: _largest(warehouse))
        # once: the second look of a day finds its warehouse up to date
        _timed("snapshot of a day", 5000, lambda: look_and_write(services), times=1)
        print(f"peak {_peak():.0f} MB")


def _ledgers(warehouse: Warehouse) -> str:
    """What a report shows of a ledger, for every sprint: a line for each kind of entry."""
    rows = warehouse.rows(
        "select sprint, kind, count(*) as entries, count(distinct work_item) as items, sum(points_before) as went, "
        "sum(points_after) as came from sprint_scope group by sprint, kind order by sprint, kind"
    )
    return f"{sum(row['entries'] for row in rows):,} entries of {len({row['sprint'] for row in rows}):,} sprints"


def _largest(warehouse: Warehouse) -> str:
    """Every entry of the longest one."""
    rows = warehouse.rows(
        'select work_item, entry, kind, "at", event, points_before, points_after from sprint_scope where sprint = '
        '(select mode(sprint) from sprint_scope) order by "at", work_item, entry'
    )
    return f"{len(rows):,} entries"


def _timed(what: str, limit_ms: int, ask: Callable[[], Any], times: int = 5) -> None:
    spent, busy, found = [], [], None
    for _ in range(times):
        with Spent() as one:
            found = ask()
        spent.append(one.wall_s * 1000)
        busy.append(one.core_s * 1000)
    mark = f" (mark: {limit_ms:,} ms)" if limit_ms else ""
    told = f": {found}" if isinstance(found, str) else ""
    print(f"{what:<26} {statistics.median(spent):8,.0f} ms, {statistics.median(busy):8,.0f} core ms{mark}{told}",
          flush=True)  # fmt: skip


@contextmanager
def _services(folder: Path) -> Iterator[Services]:
    with Services(load(folder / "fairlead.toml"), folder / "home", FixedClock(END)) as services:
        yield services


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _mb(folder: Path, name: str) -> str:
    return f"{name} {(folder / 'home' / name).stat().st_size / 1e6:,.0f} MB"


STAGES: dict[str, Callable[[Path, int, bool], None]] = {
    "serve": serve,
    "floor": floor,
    "sync": sync,
    "ingest": ingest,
    "build": build,
}

if __name__ == "__main__":
    main()
