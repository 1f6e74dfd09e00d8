"""The process apart: it works, comes back when it dies, and never outlives its parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from fairlead.config.load import load
from fairlead.connectors.fairlead import identity_decided
from fairlead.store import offsets
from fairlead.wiring.services import Services
from fairlead.workers.apart import Apart
from fairlead.workers.run import Parts, work

WORK = partial(work, parts=Parts(marts=False, schedules=False))


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with Services(load(None), tmp_path / "home") as opened:
        yield opened


def until(true: Callable[[], bool], within_s: float = 60.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def enter(services: Services, other: str) -> None:
    services.log.append([identity_decided("confirmed", "github:@kim", other, "person:kim", services.clock.now())])


def applied(services: Services) -> int:
    with services.database.read() as tx:
        return offsets.get(tx, "ingest")


def child() -> int:
    [found] = [process for process in multiprocessing.active_children() if process.name == "workers"]
    assert found.pid is not None
    return found.pid


def test_it_works_and_comes_back(services: Services) -> None:
    enter(services, "email:kim@acme.example")
    apart = Apart(services, WORK)
    apart.start()
    try:
        until(lambda: applied(services) == services.log.latest())
        first = child()
        os.kill(first, signal.SIGKILL)
        enter(services, "email:kim@home.example")
        until(lambda: applied(services) == services.log.latest())
        assert child() != first
    finally:
        apart.stop()
    assert not [process for process in multiprocessing.active_children() if process.name == "workers"]


PARENT = """
import sys, threading
from pathlib import Path
from fairlead.config.load import load
from fairlead.wiring.services import Services
from fairlead.workers.run import Workers, Parts
import multiprocessing

if __name__ == "__main__":
    services = Services(load(None), Path(sys.argv[1]))
    from functools import partial
    from fairlead.workers.apart import Apart
    from fairlead.workers.run import work
    apart = Apart(services, partial(work, parts=Parts(marts=False, schedules=False)))
    apart.start()
    while not multiprocessing.active_children():
        pass
    print(multiprocessing.active_children()[0].pid, flush=True)
    threading.Event().wait()
"""


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(PARENT)
    parent = subprocess.Popen([sys.executable, program, tmp_path / "home"], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    until(lambda: not alive(worker))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
