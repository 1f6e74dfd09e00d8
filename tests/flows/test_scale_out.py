"""Two gateways and two workers on PostgreSQL and three NATS servers, of each of which one is killed under load."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests import nats_servers
from tests.flows.servers import Shell, until
from tests.flows.test_both_stores import applied, signed, stored
from tests.nats_servers import Node

from fairlead.config.load import load
from fairlead.model.raw import RawEvent
from fairlead.store import events, intake, state
from fairlead.wiring.demo.story import DemoHistory
from fairlead.wiring.services import Services

SETTINGS = """\
[sources.github]
every_minutes = 0
webhook_secrets = [{{ file = "{secret}" }}]
[schedule]
brief_at = ""
sweep_at = ""
"""


class Machine:
    """A machine of its own that runs one part of the program."""

    def __init__(self, folder: Path, part: str, environ: dict[str, str]) -> None:
        folder.mkdir()
        self._part = part
        self.shell = Shell(folder, environ)
        self.shell.settings.write_text(SETTINGS.format(secret=folder.parent / "secret"))
        self.url = ""
        self.start()

    def start(self) -> None:
        self.process = self.shell.start("up", "--only", self._part, "--port", "0", "--json")
        if self._part == "workers":
            return
        said = ""
        while not said.rstrip().endswith("}"):
            assert self.process.stdout is not None
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read() if self.process.stderr else ""
            said += line
        self.url = f"http://127.0.0.1:{json.loads(said)['port']}"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


class Sender:
    """A tool that sends in order, each until it is acknowledged, to whichever gateway answers."""

    def __init__(self, deliveries: Sequence[RawEvent], gateways: Sequence[Machine], secret: str) -> None:
        self._deliveries, self._gateways, self._secret = deliveries, gateways, secret
        self.sent = 0
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        at = 0
        with httpx.Client(timeout=60) as client:
            for delivery in self._deliveries:
                while not self._taken(client, self._gateways[at % 2].url, delivery):
                    at += 1
                self.sent += 1

    def _taken(self, client: httpx.Client, url: str, delivery: RawEvent) -> bool:
        try:
            answer = client.post(f"{url}/hooks/github", content=delivery.body, headers=signed(delivery, self._secret))
        except httpx.TransportError:
            return False
        assert answer.status_code in (200, 202, 503), answer.text
        return answer.status_code != 503

    def more(self, count: int) -> Callable[[], bool]:
        """Whether so many more are acknowledged than were when it was asked."""
        wanted = min(self.sent + count, len(self._deliveries))
        return lambda: self.sent >= wanted


def ingesting(services: Services) -> int:
    """Process whose turn it is."""
    with services.database.read() as tx:
        held: dict[str, Any] = state.get(tx, "lease/ingestion") or {}
    return int(held.get("pid", 0))


@pytest.mark.slow
@pytest.mark.parametrize("killed", ["gateway", "worker", "nats"])
def test_nothing_is_lost_or_applied_twice_when_a_part_dies(
    killed: str, tmp_path: Path, postgres_url: str, story: DemoHistory
) -> None:
    deliveries = [event for event in story.deliveries if event.source == "github"][:600]
    (tmp_path / "secret").write_text(story.secret)
    with nats_servers.nodes(tmp_path, 3) as nodes:
        environ = {
            "FAIRLEAD_STORE__URL": postgres_url,
            "FAIRLEAD_BUS__URL": ",".join(node.url for node in nodes),
            "FAIRLEAD_BUS__REPLICAS": "3",
        }
        settings = tmp_path / "watch.toml"
        settings.write_text(SETTINGS.format(secret=tmp_path / "secret"))
        with Services(load(settings, environ), tmp_path / "watch") as services:
            nats_servers.patiently(lambda: services.log.latest() + 1)
            machines = [
                Machine(tmp_path / f"{part}-{at}", part, environ) for part in ("gateway", "workers") for at in (0, 1)
            ]
            try:
                run(killed, deliveries, machines, nodes, services, story.secret)
            finally:
                for machine in machines:
                    machine.kill()
            kept = [raw.event.delivery for raw in services.log.scan()]
            together = told(services)
    check(deliveries, kept, together, tmp_path, settings)


def run(
    killed: str,
    deliveries: Sequence[RawEvent],
    machines: Sequence[Machine],
    nodes: Sequence[Node],
    services: Services,
    secret: str,
) -> None:
    """Sends all, kills the one that matters most meanwhile, and waits until all is applied."""
    gateways, workers = machines[:2], machines[2:]
    senders = [Sender(deliveries[at::2], gateways, secret) for at in (0, 1)]
    for _ in range(2):
        until(senders[0].more(40), 120)
        if killed == "gateway":
            gateways[0].kill()
            until(senders[0].more(10), 60)
            gateways[0].start()
        elif killed == "worker":
            busy = until(lambda: ingesting(services))
            victim = next(one for one in workers if one.process.pid == busy)
            victim.kill()
            until(lambda busy=busy: ingesting(services) not in (0, busy))
            victim.start()
        else:
            name = nats_servers.patiently(lambda: services.log.state().leader or None)  # type: ignore[attr-defined]
            node = next(one for one in nodes if one.name == name)
            node.kill()
            until(senders[0].more(10), 60)
            node.start()
    for sender in senders:
        sender.thread.join(120)
    last = nats_servers.patiently(services.log.latest)
    until(lambda: applied(services) >= last, 120)


def told(services: Services) -> Any:
    """Records, events and counts: each raw event is counted where it is applied, so that a second time shows."""
    with services.database.read() as tx:
        counts = sorted((tally.source, tally.kind, tally.outcome, tally.count) for tally in intake.rows(tx))
        emitted = sorted(one.event.id for one in events.follow(tx, 0, 100_000))
    rows = stored(services)
    # when something came is not the same on two days
    rows.pop("sources")
    return rows, counts, emitted


def check(deliveries: Sequence[RawEvent], kept: Sequence[str], together: Any, folder: Path, settings: Path) -> None:
    assert len(kept) == len(deliveries), "each is there once"
    for at in (0, 1):
        sent = [event.delivery for event in deliveries[at::2]]
        ours = set(sent)
        assert [delivery for delivery in kept if delivery in ours] == sent, "in the order in which it was sent"
    with Services(load(settings, {}), folder / "calm") as calm:
        calm.log.append(deliveries)
        calm.apply()
        assert told(calm) == together
