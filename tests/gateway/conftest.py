"""A server on a free port, and a connector of the tests' own as a stranger would write one."""

from __future__ import annotations

import hashlib
import hmac
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from fairlead.bus.sql import SqlEventLog
from fairlead.config.load import load
from fairlead.connectors.github.fake.code import FileChange
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.connectors.kit.signatures import hmac_sha256_hex
from fairlead.gateway.app import create_apps
from fairlead.gateway.counters import Counters
from fairlead.gateway.intake import Doorway, Intake
from fairlead.gateway.server import Edge, Listening
from fairlead.gateway.webhooks import Receiver
from fairlead.model.errors import Refused, Unreadable
from fairlead.model.raw import Trust, content_id
from fairlead.wiring.services import Services


class Kiln:
    """Connector of a made-up build tool: signs like many, names its events in a header."""

    tool = "kiln"
    title = "Kiln"
    records = frozenset({"builds"})

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:
        if not hmac_sha256_hex(secrets, body, headers.get("x-kiln-signature", "")):
            raise Refused("no live secret fits `x-kiln-signature`")
        return "verified"

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        if "x-kiln-event" not in headers:
            raise Unreadable("x-kiln-event", "is missing")
        return headers["x-kiln-event"], headers.get("x-kiln-delivery") or content_id(body)

    def read(self, delivery: Delivery, options: Options) -> Reading:
        return Reading(nothing="kiln carries nothing")


def signed(body: bytes, secret: str = "s3cret", **headers: str) -> dict[str, str]:
    """Headers of a delivery from Kiln."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-kiln-signature": signature, "x-kiln-event": "fired", **headers}


class FixedNoon:
    def now(self) -> datetime:
        return datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def served() -> Iterator[Callable[[ASGIApp], httpx.Client]]:
    """Serves an app as in production, on a free port."""
    edges: list[tuple[Edge, threading.Thread, httpx.Client]] = []

    def serve(app: ASGIApp, operator_app: ASGIApp | None = None, socket: Path | None = None) -> httpx.Client:
        edge = Edge(app, operator_app or app, Listening("127.0.0.1", 0, socket))
        ready = threading.Event()
        thread = threading.Thread(target=edge.run, args=(ready.set,))
        thread.start()
        assert ready.wait(10)
        edges.append((edge, thread, httpx.Client(base_url=f"http://127.0.0.1:{edge.port}", timeout=30)))
        return edges[-1][2]

    yield serve
    for edge, thread, client in edges:
        client.close()
        edge.stop()
        thread.join(15)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqlEventLog]:
    opened = SqlEventLog.open(f"sqlite:///{tmp_path}/raw.db")
    yield opened
    opened.close()


@dataclass
class House:
    """One receiver with a log behind it."""

    client: httpx.Client
    log: SqlEventLog
    counters: Counters
    secrets: dict[str, list[str] | Exception]
    quarantined: set[int] = field(default_factory=set)

    def send(self, body: bytes, source: str = "kiln", secret: str = "s3cret", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/hooks/{source}", content=body, headers=signed(body, secret) | named)

    def count(self, outcome: str, source: str = "kiln") -> float:
        return self.counters.value("fairlead_webhooks_total", source=source, outcome=outcome)


@pytest.fixture
def build(served: Callable[[ASGIApp], httpx.Client]) -> Callable[[SqlEventLog], House]:
    """A house around a log; sources `kiln` (two live secrets) and `mute` (none)."""

    def make(log: SqlEventLog) -> House:
        secrets: dict[str, list[str] | Exception] = {"kiln": ["old", "s3cret"], "mute": []}
        quarantined: set[int] = set()

        def resolve(source: str) -> Doorway | None:
            live = secrets.get(source)
            if isinstance(live, Exception):
                raise live
            return None if live is None else Doorway(source, Kiln(), live)

        def again(seq: int) -> bool:
            found = seq in quarantined
            quarantined.discard(seq)
            return found

        counters = Counters()
        receiver = Receiver(Intake(log, FixedNoon(), resolve, again), counters)
        client = served(Starlette(routes=[Route("/hooks/{source}", receiver, methods=["POST"])]))
        return House(client, log, counters, secrets, quarantined)

    return make


@pytest.fixture
def house(build: Callable[[SqlEventLog], House], log: SqlEventLog) -> House:
    return build(log)


TOML = """
[organisation]
name = "Acme"

[teams.payments]
name = "Payments"
members = ["kim", "noor"]

[people.kim]
name = "Kim Lindqvist"
email = "kim@acme.example"
accounts = ["github:@kim"]

[people.noor]
name = "Noor Haddad"
email = "noor@acme.example"
accounts = ["github:@noor"]

[sources.github]
tool = "github"
webhook_secrets = [{ env = "OLD_SECRET" }, { env = "NEW_SECRET" }]
every_minutes = 0

[sources.quiet]
tool = "github"

[sources.lost]
tool = "github"
webhook_secrets = [{ env = "NOT_SET" }]
"""


def open_home(folder: Path, more: str = "") -> Services:
    """Services on a home in this folder with the settings above, and more if given."""
    file = folder / "fairlead.toml"
    file.write_text(TOML + more, encoding="utf-8")
    environ = {"OLD_SECRET": "old", "NEW_SECRET": "new"}
    return Services(load(file), folder / "home", environ=environ)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Callable[..., Services]]:
    """Opens an empty home."""
    kept: list[Services] = []

    def make(more: str = "") -> Services:
        kept.append(open_home(tmp_path, more))
        return kept[-1]

    yield make
    for services in kept:
        services.close()


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory, acme: FakeGitHub) -> Path:
    """A home into which the history has come by webhook; made once and copied."""
    folder = tmp_path_factory.mktemp("told")
    with open_home(folder) as services:
        tool = TestClient(create_apps(services).network, base_url="http://localhost")
        for sent in acme.hook.sent:
            assert tool.post("/hooks/github", content=sent.body, headers=dict(sent.headers)).status_code == 202
        services.catch_up()
    return folder


@pytest.fixture
def services(told: Path, tmp_path: Path) -> Iterator[Services]:
    """The home with the history."""
    shutil.copytree(told, tmp_path / "copy")
    with open_home(tmp_path / "copy") as opened:
        yield opened


@pytest.fixture(scope="session")
def acme() -> FakeGitHub:
    """A little history: one change, reviewed and merged, and one that waits."""
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    fake = FakeGitHub("acme", secret="new")
    for login in ("kim", "noor"):
        fake.add_user(login, name=login.title(), at=at, emails=(f"{login}@acme.example",))
    repo = fake.create_repository("payments", by="kim", at=at)

    def commit(message: str) -> NewCommit:
        return NewCommit(message, (FileChange("src/invoice.py", 12, 3),), fake.signature("kim", at))

    fake.push(repo, "main", [commit("Start")], by="kim", at=at)
    for number, minutes in ((1, 10), (2, 60)):
        begun = at + timedelta(minutes=minutes)
        fake.push(
            repo, f"work-{number}", [commit(f"Change {number}")], by="kim", at=begun, onto=repo.branches["main"]
        )
        pull = fake.open_pull(repo, f"Change {number} 🚀 <script>", head=f"work-{number}", by="kim", at=begun)
        fake.request_review(repo, pull, "noor", by="kim", at=begun)
        if number == 1:
            fake.review(repo, pull, "approved", by="noor", at=begun + timedelta(minutes=5))
            fake.merge(repo, pull, by="kim", at=begun + timedelta(minutes=9))
    return fake
