"""Two gateways and two workers on PostgreSQL and NATS against one of each, all on this machine.

    python benchmarks/scale.py [--seconds 6] [--connections 64] [--pairs 2]

Each gateway and worker is `fairlead up --only ...` in a home of its own; PostgreSQL and one NATS server, which syncs
each message before it is acknowledged, are of the development dependencies. Two load clients (`load.c`) send signed
deliveries as fast as they are acknowledged; then it is waited until all are records. Prints both rates, their ratios,
and what processor time each part took of a delivery: where the cores are full, that is the limit.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pgserver
from webhooks import HERE, SECRET, write_requests

from fairlead.config.load import load
from fairlead.store import offsets
from fairlead.wiring.services import Services

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
SETTINGS = """\
[sources.github]
every_minutes = 0
webhook_secrets = [{{ file = "{secret}" }}]
[schedule]
brief_at = ""
sweep_at = ""
"""


def cpu_s(roots: list[int]) -> float:
    """Processor time of these processes and of all that they started and that still live or were waited for."""
    parents, used = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(path.parent.name)
        parents[pid] = int(words[1])
        used[pid] = sum(map(int, words[11:15])) * TICK_S

    def below(pid: int) -> bool:
        while pid and pid not in roots:
            pid = parents.get(pid, 0)
        return pid in roots

    return sum(time_s for pid, time_s in used.items() if below(pid))


@dataclass
class Installation:
    """Databases and the processes on them, which are killed at the end."""

    folder: Path
    environ: Mapping[str, str]
    roots: dict[str, list[int]]
    ports: list[int] = field(default_factory=list)

    def start(self, part: str, at: int) -> subprocess.Popen[str]:
        """One `fairlead up --only ...`."""
        home = self.folder / f"{part}-{at}"
        home.mkdir()
        words = ["--config", self.folder / "fairlead.toml", "up", "--only", part, "--port", "0", "--json"]
        process = subprocess.Popen(
            [sys.executable, "-m", "fairlead", *words],
            env={**os.environ, **self.environ, "FAIRLEAD_HOME": str(home)},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.roots.setdefault(part, []).append(process.pid)
        if part == "gateway":
            assert process.stdout is not None
            said = ""
            while not said.rstrip().endswith("}"):
                line = process.stdout.readline()
                if not line:
                    raise SystemExit("the gateway did not start")
                said += line
            self.ports.append(json.loads(said)["port"])
        return process


@contextmanager
def installed(folder: Path, count: int) -> Iterator[Installation]:
    """So many gateways and workers on empty databases."""
    folder.mkdir()
    (folder / "secret").write_text(SECRET)
    (folder / "fairlead.toml").write_text(SETTINGS.format(secret=folder / "secret"))
    store = pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    port = 14000 + os.getpid() % 1000
    (folder / "nats.conf").write_text(
        f'listen: "127.0.0.1:{port}"\njetstream {{ store_dir: "{folder}/nats", sync_interval: always }}\n'
    )
    with ExitStack() as stack:
        stack.callback(store.cleanup)
        beside = Path(sys.executable).with_name("nats-server")
        program = beside if beside.exists() else shutil.which("nats-server")
        bus = subprocess.Popen([program, "-c", folder / "nats.conf"], stderr=(folder / "nats.log").open("w"))
        stack.callback(_end, bus)
        while "Server is ready" not in (folder / "nats.log").read_text():
            time.sleep(0.05)
        environ = {"FAIRLEAD_STORE__URL": store.get_uri(), "FAIRLEAD_BUS__URL": f"nats://127.0.0.1:{port}"}
        made = Installation(folder, environ, {"nats": [bus.pid], "postgresql": [store.get_pid()]})
        for part in ("gateway", "workers"):
            for at in range(count):
                stack.callback(_end, made.start(part, at))
        yield made


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(60)


@dataclass
class Measured:
    """One installation under load."""

    acknowledged_per_s: float
    recorded_per_s: float
    cpu_us: dict[str, float]
    busy: float
    """Share of the machine's cores that was at work while the clients sent."""


def measure(folder: Path, client: Path, requests: Path, count: int, seconds: float, connections: int) -> Measured:
    """Sends as fast as it is acknowledged, by two clients in any case, and waits until all are records."""
    with (
        installed(folder, count) as made,
        Services(load(folder / "fairlead.toml", dict(made.environ)), folder / "watch") as services,
    ):
        _send(made, client, requests, 1.0, connections, first=1)
        _drained(services)
        before = {part: cpu_s(pids) for part, pids in made.roots.items()} | {"clients": _waited_for_s()}
        begun, idle = time.monotonic(), _idle_s()
        first = services.log.latest()
        per_second = _send(made, client, requests, seconds, connections, first=3)
        busy = 1 - (_idle_s() - idle) / ((time.monotonic() - begun) * (os.cpu_count() or 1))
        _drained(services)
        took_s = time.monotonic() - begun
        sent = services.log.latest() - first
        after = {part: cpu_s(pids) for part, pids in made.roots.items()} | {"clients": _waited_for_s()}
        cpu_us = {part: (after[part] - before[part]) / sent * 1e6 for part in after}
        return Measured(per_second, sent / took_s, cpu_us, busy)


def _send(made: Installation, client: Path, requests: Path, seconds: float, connections: int, first: int) -> float:
    told = [
        subprocess.Popen(
            [client, *map(str, (made.ports[at % len(made.ports)], connections // 2, seconds, 0)), requests, str(run)],
            stdout=subprocess.PIPE,
        )
        for at, run in enumerate((first, first + 1))
    ]
    answers = [json.loads(one.communicate()[0]) for one in told]
    if any(one["failed"] or one["other"] for one in answers):
        raise SystemExit(f"not all deliveries were accepted: {answers}")
    return float(sum(one["per_second"] for one in answers))


def _drained(services: Services) -> None:
    last = services.log.latest()
    while True:
        with services.database.read() as tx:
            if offsets.get(tx, "ingest") >= last:
                return
        time.sleep(0.1)


def _waited_for_s() -> float:
    """Processor time of the clients, which alone are waited for while an installation runs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _idle_s() -> float:
    words = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    # idle and waiting for the disk
    return (int(words[4]) + int(words[5])) * TICK_S


def _print(count: int, one: Measured) -> None:
    parts = ", ".join(f"{part} {us:.0f}" for part, us in one.cpu_us.items())
    print(
        f"  {count} of each: {one.acknowledged_per_s:.0f} acknowledged/s, {one.recorded_per_s:.0f} to records/s;"
        f" us of processor a delivery: {parts}, together {sum(one.cpu_us.values()):.0f}; cores busy {one.busy:.0%}",
        flush=True,
    )


def main() -> None:
    """Runs one of each and two of each in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--pairs", type=int, default=2)
    said = parser.parse_args()
    found: dict[int, list[Measured]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory(prefix="fairlead-scale-") as name:
        folder = Path(name)
        subprocess.run(["cc", "-O2", "-o", folder / "load", HERE / "load.c"], check=True)
        write_requests(folder / "requests")
        for pair in range(said.pairs):
            for count in (1, 2) if pair % 2 == 0 else (2, 1):
                place = folder / f"{pair}-{count}"
                one = measure(place, folder / "load", folder / "requests", count, said.seconds, said.connections)
                found[count].append(one)
                _print(count, one)
    for what in ("acknowledged_per_s", "recorded_per_s"):
        single, double = (statistics.median(getattr(one, what) for one in found[count]) for count in (1, 2))
        print(f"{what}: {single:.0f} -> {double:.0f}, ratio {double / single:.2f}")
    cores = os.cpu_count() or 1
    used_us = statistics.median(sum(one.cpu_us.values()) for one in found[1])
    recorded = statistics.median(one.recorded_per_s for one in found[1])
    most = cores * 1e6 / used_us
    print(f"{cores} cores at {used_us:.0f} us a delivery do at most {most:.0f}/s, however many processes there are:")
    print(f"{most / recorded:.2f} times what one of each does")


if __name__ == "__main__":
    main()
