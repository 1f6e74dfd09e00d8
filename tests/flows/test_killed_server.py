"""A server that is killed at any moment loses nothing that it acknowledged and applies nothing twice."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from fairlead.config.load import load
from fairlead.model.raw import RawEvent
from fairlead.store import records
from fairlead.wiring.demo.story import DemoHistory
from fairlead.wiring.services import Services

COMPARED = ("changes", "change_events", "commits", "builds", "deployments", "work_items")


def _home(folder: Path, history: DemoHistory) -> Path:
    folder.mkdir()
    (folder / "secret").write_text(history.secret)
    (folder / "fairlead.toml").write_text(
        f'[sources.github]\nevery_minutes = 0\nwebhook_secrets = [{{ file = "{folder}/secret" }}]\n'
        '[schedule]\nbrief_at = ""\nsweep_at = ""\n'
    )
    return folder


@contextmanager
def _server(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "fairlead", "--config", str(home / "fairlead.toml"), "up", "--port", "0", "--json"],
        env={**os.environ, "FAIRLEAD_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = ""
        while not said.rstrip().endswith("}"):
            line = process.stdout.readline()
            assert line, "the server ended before it listened"
            said += line
        yield process, f"http://127.0.0.1:{json.loads(said)['port']}"
    finally:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.wait()


def _send(client: httpx.Client, delivery: RawEvent) -> bool:
    """Whether it was acknowledged; a server that dies in between has acknowledged nothing."""
    try:
        answer = client.post("/hooks/github", content=delivery.body, headers=dict(delivery.headers))
    except httpx.TransportError:
        return False
    assert answer.status_code in (200, 202), answer.text
    return True


def _records(home: Path) -> dict[str, list[tuple[str, str]]]:
    found = {}
    with Services(load(home / "fairlead.toml", {}), home) as services:
        while services.ingest.step().raw_events:
            pass
        with services.database.read() as tx:
            for table in COMPARED:
                rows = records.rows(tx, table)
                for row in rows:
                    for ours in ("rev", "raw_seq"):
                        row.pop(ours, None)
                found[table] = sorted((row["id"], repr(sorted(row.items()))) for row in rows)
    return found


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_nothing_acknowledged_is_lost_and_nothing_is_applied_twice(
    kills: int, tmp_path: Path, story: DemoHistory
) -> None:
    chance = random.Random(kills)
    deliveries = [event for event in story.deliveries if event.source == "github"][: 60 * (kills + 1)]
    home = _home(tmp_path / "killed", story)
    acknowledged: set[str] = set()
    waiting = list(deliveries)
    for kill in range(kills + 1):
        with _server(home) as (process, url), httpx.Client(base_url=url, timeout=30) as client:
            last = len(waiting) if kill == kills else chance.randint(1, 60)
            sent = 0
            while sent < last and waiting:
                delivery = waiting[0]
                if sent == last - 1 and kill < kills:
                    os.kill(process.pid, signal.SIGKILL)
                if _send(client, delivery):
                    acknowledged.add(delivery.delivery)
                    waiting.pop(0)
                sent += 1
    assert acknowledged == {delivery.delivery for delivery in deliveries}

    with Services(load(home / "fairlead.toml", {}), home) as services:
        kept = [raw.event.delivery for raw in services.log.scan()]
    assert sorted(kept) == sorted(acknowledged), "each acknowledged delivery is there once"

    calm = _home(tmp_path / "calm", story)
    with Services(load(calm / "fairlead.toml", {}), calm) as services:
        services.log.append(deliveries)
    assert _records(home) == _records(calm)
