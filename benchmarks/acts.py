"""What the durable engine costs an act, how soon after a click it is done on the demo, and how many a second.

    python benchmarks/acts.py [--acts 30] [--postgres postgresql://...] [--home FOLDER]

Workflows of three empty steps are timed on a file and, where an address is given or `pgserver` is installed, on
PostgreSQL. Acts are comments at the demo's fake GitHub: judged by all policies, looked for, written, recorded.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from running import demo_home, server

from fairlead.config.load import FILE_NAME, load
from fairlead.model.acts import Comment
from fairlead.model.times import FixedClock, parse_time
from fairlead.store import actions, requests
from fairlead.wiring import governing
from fairlead.wiring.services import Services
from fairlead.workers.engine import Engine, folder_url
from fairlead.workers.requests import RequestFollower

CHANGE = "github:brightwater/storefront#246"
MEMBER = "person:maya-torres"
_STEPS = 3
_LIMIT_S = 1.0
_ENDED = ("done", "failed", "unknown", "denied")


def postgres(stack: ExitStack, given: str) -> str:
    """Address of a server: the one given, else one that `pgserver` starts; empty without either."""
    if given:
        return given
    try:
        import pgserver
    except ImportError:
        return ""
    started = pgserver.get_server(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
    stack.callback(started.cleanup)
    return str(started.get_uri())


def overhead(name: str, url: str, count: int) -> None:
    """Workflows of empty steps: one after the other, and as many at once as the engine has hands."""
    over: set[str] = set()
    rung = threading.Condition()

    def perform(request: str, step: Callable[[str, Callable[[], Any]], Any]) -> str:
        for number in range(_STEPS):
            step(f"step {number}", lambda: None)
        with rung:
            over.add(request)
            rung.notify_all()
        return "done"

    def ended(wanted: int) -> bool:
        with rung:
            return rung.wait_for(lambda: len(over) >= wanted, 120)

    engine = Engine(url, "benchmark-1", perform)
    began = time.perf_counter()
    engine.start()
    started_s = time.perf_counter() - began
    stamp = time.time_ns()
    try:
        took, core = [], time.process_time()
        for number in range(count):
            began = time.perf_counter()
            engine.begin(f"one-{stamp}-{number}")
            ended(number + 1)
            took.append((time.perf_counter() - began) * 1000)
        core_ms = (time.process_time() - core) / count * 1000
        began = time.perf_counter()
        for number in range(count):
            engine.begin(f"many-{stamp}-{number}")
        ended(2 * count)
        rate = count / (time.perf_counter() - began)
    finally:
        engine.stop()
    median = statistics.median(took)
    print(
        f"engine on {name:10} {median:6.1f} ms a workflow of {_STEPS} steps ({core_ms:.1f} core ms), "
        f"{rate:.0f}/s at once; started in {started_s:.1f} s"
    )


@contextmanager
def opened(home: Path) -> Iterator[Services]:
    """A demo home, at the moment at which its story stands."""
    now = parse_time((home / "as-of").read_text())
    assert now is not None
    with Services(load(home / FILE_NAME, {}), home, FixedClock(now), {}) as services:
        yield services


def wish(services: Services, number: int) -> str:
    """A comment that its proposer may make alone: approved at once, with its request."""
    act = Comment(subject=CHANGE, body=f"Look at number {time.time_ns()} {number}, please")
    row = governing.propose(services, act, "github", by=MEMBER)
    if row["state"] != "approved":
        raise SystemExit(f"{row['id']} is {row['state']}: {row['reasons']}")
    return str(row["id"])


def until_ended(services: Services, wished: list[str], patience_s: float = 120) -> None:
    """Looks until all are over."""
    end = time.monotonic() + patience_s
    left = list(wished)
    while left:
        with services.database.read() as tx:
            left = [one for one in left if (actions.one(tx, one) or {})["state"] not in _ENDED]
        if time.monotonic() > end:
            raise SystemExit(f"not over after {patience_s:g} s: {left}")
        time.sleep(0.005)


def acts(services: Services, count: int) -> None:
    """The same acts without the engine and with it."""
    governing.perform(services, _request(services, wish(services, 0)))
    plain = [wish(services, number) for number in range(count)]
    core, began = time.process_time(), time.perf_counter()
    for one in plain:
        governing.perform(services, _request(services, one))
    each_ms = (time.perf_counter() - began) / count * 1000
    print(f"act without engine  {each_ms:6.1f} ms ({(time.process_time() - core) / count * 1000:.1f} core ms)")
    stop = threading.Event()
    thread = threading.Thread(target=RequestFollower(services, stop, warm_after_s=0).run)
    thread.start()
    try:
        until_ended(services, [wish(services, count)])
        took = []
        for number in range(count):
            one = wish(services, number)
            began = time.perf_counter()
            until_ended(services, [one])
            took.append((time.perf_counter() - began) * 1000)
        stop.set()
        thread.join(60)
        many = [wish(services, number) for number in range(count)]
        stop.clear()
        thread = threading.Thread(target=RequestFollower(services, stop, warm_after_s=0).run)
        core, began = time.process_time(), time.perf_counter()
        thread.start()
        until_ended(services, many)
        rate_s = time.perf_counter() - began
    finally:
        stop.set()
        thread.join(60)
    print(f"act with engine     {statistics.median(took):6.1f} ms median from the click on")
    print(f"{count} at once, worker started for them: {rate_s:.1f} s, {count / rate_s:.1f}/s with the engine's start")


def _request(services: Services, action: str) -> str:
    with services.database.read() as tx:
        [one] = requests.of(tx, action)
    return one.id


def clicks(home: Path, environ: dict[str, str], count: int) -> None:
    """A server on the demo: from the click, made in another process, until the act is done and recorded."""
    # the server holds the warehouse: this process proposes without its facts, and would say so each time
    logging.getLogger("fairlead").setLevel(logging.ERROR)
    with server(environ) as running, opened(home) as services:
        running.ask("/")
        began = time.perf_counter()
        until_ended(services, [wish(services, 0)])
        print(f"click to act, server just started: {time.perf_counter() - began:.2f} s (the engine starts for it)")
        took = []
        for number in range(count):
            one = wish(services, number)
            began = time.perf_counter()
            until_ended(services, [one])
            took.append(time.perf_counter() - began)
    p95, median = statistics.quantiles(took, n=20)[-1], statistics.median(took)
    note = "" if median < _LIMIT_S else f"   over {_LIMIT_S:g} s"
    print(f"click to act on the demo: {median * 1000:.0f} ms median, {p95 * 1000:.0f} ms p95{note}")


def main() -> None:
    """Prints a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=30)
    parser.add_argument("--workflows", type=int, default=100)
    parser.add_argument("--postgres", default="", help="address of an empty database")
    parser.add_argument("--home", type=Path)
    asked = parser.parse_args()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        overhead("a file", folder_url(scratch), asked.workflows)
        if url := postgres(stack, asked.postgres):
            overhead("PostgreSQL", url, asked.workflows)
        environ = stack.enter_context(demo_home(asked.home))
        homes = [scratch / name for name in ("plain", "served")]
        for home in homes:
            shutil.copytree(environ["FAIRLEAD_DEMO_HOME"], home)
            # as many as are wished for, and no limit of an hour
            with (home / FILE_NAME).open("a") as settings:
                settings.write("\n[policy]\nacts_per_hour = 0\n")
        with opened(homes[0]) as services:
            acts(services, asked.acts)
        clicks(homes[1], {**environ, "FAIRLEAD_DEMO_HOME": str(homes[1])}, asked.acts)


if __name__ == "__main__":
    main()
