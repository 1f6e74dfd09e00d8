"""How fast signed webhooks become durable, against the same server with the same signature check and no store.

    python benchmarks/webhooks.py [--seconds 4] [--pairs 5] [--connections 128]

One server process and one load client (`load.c`, compiled here with `cc`), both on this machine. The deliveries are
those of a fake organisation's history, signed with its secret, in the order in which GitHub would send them, each
with an id of its own at every turn. Prints three things: the median ratio of paired runs, the latency at half of
that rate while ingestion makes records of what comes, and the rate with every sync delayed by 4 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Route

from fairlead.bus.log import Appended
from fairlead.bus.sql import SqlEventLog
from fairlead.connectors.github.connector import CONNECTOR
from fairlead.connectors.github.fake.code import FileChange, Signature
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.connectors.kit.connector import Options
from fairlead.gateway.counters import Counters
from fairlead.gateway.intake import Doorway, Intake
from fairlead.gateway.server import Edge, Listening
from fairlead.gateway.webhooks import Receiver
from fairlead.ingest.apply import Ingest
from fairlead.model.raw import RawEvent
from fairlead.model.times import SystemClock
from fairlead.store.database import Database
from fairlead.workers.followers import IngestFollower

HERE = Path(__file__).parent
SECRET = "benchmark"
MARK = "@" * 16


def deliveries() -> list[tuple[dict[str, str], bytes]]:
    """A few hundred pull requests with reviews, comments, builds and deployments, as GitHub sends them."""
    chance = random.Random(3)
    at = datetime(2026, 3, 2, 8, tzinfo=UTC)
    fake = FakeGitHub("acme", secret=SECRET)
    people = ["kim", "lee", "noor", "sam", "ute"]
    for login in people:
        fake.add_user(login, name=login.title(), at=at, emails=(f"{login}@acme.example",))
    repos = [fake.create_repository(name, by="kim", at=at) for name in ("payments", "ledger", "web")]
    fake.add_bot("github-actions", name="GitHub Actions", at=at)
    for repo in repos:
        fake.push(repo, "main", [_commit(chance, fake.signature("kim", at), "Start")], by="kim", at=at)

    def later() -> datetime:
        nonlocal at
        at += timedelta(seconds=chance.randrange(20, 400))
        return at

    for number in range(150):
        repo, (author, reviewer) = chance.choice(repos), chance.sample(people, 2)
        branch = f"work-{number}"
        signature = fake.signature(author, later())
        commits = [_commit(chance, signature, f"Change {number}, {part}") for part in range(chance.randint(1, 3))]
        sha = fake.push(repo, branch, commits, by=author, at=later(), onto=repo.branches["main"])
        pull = fake.open_pull(repo, f"Change {number}", head=branch, by=author, at=later())
        fake.request_review(repo, pull, reviewer, by=author, at=later())
        run = fake.queue_run(
            repo, "build", sha=sha, branch=branch, jobs=("test", "lint"), event="pull_request", by=author, at=later()
        )
        fake.start_run(repo, run, at=later())
        fake.finish_run(repo, run, {"test": "success"}, at=later())
        fake.comment(repo, pull, "Is this covered by a test?", by=reviewer, at=later())
        fake.review(repo, pull, "approved", by=reviewer, at=later())
        fake.merge(repo, pull, by=author, at=later())
    return [(dict(sent.headers), sent.body) for sent in fake.hook.sent]


def _commit(chance: random.Random, author: Signature, message: str) -> NewCommit:
    return NewCommit(message, (FileChange(f"src/{chance.randrange(40)}.py", 12, 3),), author)


def write_requests(path: Path) -> tuple[int, float]:
    """Writes the client's file; gives how many there are and their mean size in bytes."""
    found = deliveries()
    with path.open("wb") as file:
        for headers, body in found:
            sent = {**headers, "X-GitHub-Delivery": f"{MARK}-0000-4000-8000", "Content-Length": str(len(body))}
            head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
            request = f"POST /hooks/github HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n".encode() + body
            file.write(f"{len(request)}\n".encode() + request)
    return len(found), statistics.mean(len(body) for _, body in found)


def serve(kind: str, home: Path) -> None:
    """The server's process: the product's server, receiver and connector; for `nothing` only the log is left out."""

    class Nowhere(Receiver):
        async def _landed(self, event: RawEvent) -> Appended:
            return Appended(1, duplicate=False)

    log = SqlEventLog.open(f"sqlite:///{home}/raw.db")
    doorway = Doorway("github", CONNECTOR, (SECRET,))
    intake = Intake(log, SystemClock(), lambda source: doorway if source == "github" else None, lambda seq: False)
    receiver = (Receiver if kind == "store" else Nowhere)(intake, Counters())
    app = Starlette(routes=[Route("/hooks/{source}", receiver, methods=["POST"])])
    edge = Edge(app, app, Listening("127.0.0.1", 0, None))
    edge.run(lambda: print(edge.port, flush=True))
    log.close()


def ingest(home: Path) -> None:
    """Ingestion as `fairlead up` runs it: the follower, in a process beside the server's."""
    log = SqlEventLog.open(f"sqlite:///{home}/raw.db")
    database = Database.open(f"sqlite:///{home}/facts.db")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    worker = Ingest(database, log, options=Options, connector=lambda tool: CONNECTOR)
    print("ready", flush=True)
    IngestFollower(worker, stop).run()
    print(log.latest() - worker.behind())


class Server:
    """A server process for one run."""

    def __init__(self, kind: str, *, ingest: bool = False, preload: Path | None = None) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="fairlead-webhooks-")
        environ = dict(os.environ) | ({"LD_PRELOAD": str(preload), "SLOW_SYNC_MS": "4"} if preload else {})
        self._process = self._start(kind, environ)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self._ingestion = self._start("ingest", environ) if ingest else None
        if self._ingestion is not None and self._ingestion.stdout is not None:
            self._ingestion.stdout.readline()
        self.applied = 0

    def _start(self, part: str, environ: dict[str, str]) -> subprocess.Popen[str]:
        command = [sys.executable, __file__, "--part", part, "--home", self._home.name]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)

    def cpu_s(self) -> float:
        """Processor time that the server has used so far."""
        words = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        if self._ingestion is not None:
            self._ingestion.terminate()
            self.applied = int(self._ingestion.communicate(timeout=60)[0])
        self._process.terminate()
        self._process.wait(60)
        self._home.cleanup()


class Load:
    """The compiled client."""

    def __init__(self, folder: Path, connections: int, seconds: float) -> None:
        self._program = folder / "load"
        self.requests = folder / "requests"
        self._connections = connections
        self._seconds = seconds
        self._runs = 0
        subprocess.run(["cc", "-O2", "-o", self._program, HERE / "load.c"], check=True)

    def run(self, server: Server, rate: float = 0, seconds: float | None = None) -> dict[str, float]:
        """One run; a delivery that was not accepted makes it worthless."""
        self._runs += 1
        told = seconds or self._seconds
        before_s = server.cpu_s()
        words = [server.port, self._connections, told, f"{rate:.1f}", self.requests, self._runs]
        done = subprocess.run([self._program, *map(str, words)], check=True, capture_output=True, text=True)
        found: dict[str, float] = json.loads(done.stdout)
        if found["failed"] or found["other"]:
            raise SystemExit(f"not all deliveries were accepted: {found}")
        found["cpu_us"] = (server.cpu_s() - before_s) / found["accepted"] * 1e6
        return found


def main() -> None:
    """Runs all three parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--connections", type=int, default=128)
    parser.add_argument("--part", choices=("store", "nothing", "ingest"), help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.part == "ingest":
        ingest(said.home)
        return
    if said.part:
        serve(said.part, said.home)
        return
    with tempfile.TemporaryDirectory(prefix="fairlead-load-") as name:
        measure(Load(Path(name), said.connections, said.seconds), said.pairs, Path(name))


def measure(load: Load, pairs: int, folder: Path) -> None:
    """Prints ratio and figures."""
    count, mean = write_requests(load.requests)
    print(f"{count} different deliveries of {mean / 1024:.1f} KB on average")
    ratios, rates = [], []
    for pair in range(pairs):
        found = {}
        # Who goes first changes, so that a machine that warms up or slows down favours neither.
        for kind in ("nothing", "store") if pair % 2 else ("store", "nothing"):
            with Server(kind) as server:
                load.run(server, seconds=1)
                found[kind] = load.run(server)
        durable, bare = found["store"], found["nothing"]
        rates.append(durable["per_second"])
        ratios.append(durable["per_second"] / bare["per_second"])
        print(
            f"  durable {durable['per_second']:.0f}/s ({durable['cpu_us']:.0f} us of processor each),"
            f" signature only {bare['per_second']:.0f}/s ({bare['cpu_us']:.0f} us): {ratios[-1]:.0%}",
            flush=True,
        )
    print(
        f"ratio {statistics.median(ratios):.0%} (goal 75 %, at least 55 %), {statistics.median(rates):.0f} durable/s"
    )
    half = statistics.median(rates) / 2
    with Server("store", ingest=True) as server:
        load.run(server, rate=half, seconds=1)
        calm = load.run(server, rate=half, seconds=8)
    print(
        f"half load ({half:.0f}/s) while ingestion runs: p50 {calm['p50_ms']:.1f} ms, p99 {calm['p99_ms']:.1f} ms,"
        f" longest {calm['max_ms']:.0f} ms (p99 below 50 ms); {server.applied} deliveries became records meanwhile",
        flush=True,
    )
    shim = folder / "slow_sync.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", shim, HERE / "slow_sync.c", "-ldl"], check=True)
    with Server("store", preload=shim) as server:
        load.run(server, seconds=1)
        slow = load.run(server)["per_second"]
    print(f"every sync delayed by 4 ms: {slow:.0f} durable/s (above 1500)")


if __name__ == "__main__":
    main()
