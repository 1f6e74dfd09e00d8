"""What a click asked for is done by the durable engine, once, also where the worker is killed in the middle."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.flows.acting import PULL, TEAM, Harbour, harbour
from tests.flows.servers import until

from fairlead.model.acts import Comment
from fairlead.store import actions, ledger
from fairlead.wiring import governing
from fairlead.wiring.services import Services
from fairlead.workers import engine as engine_module
from fairlead.workers.engine import Engine, folder_url
from fairlead.workers.requests import RequestFollower, Slot

# The real follower, engine, governance and connector; only the moment of death is ours.
DIES = """
import os, signal, sys, threading
from pathlib import Path
from fairlead.config.load import load
from fairlead.governance.executing import Try
from fairlead.wiring import governing, hands
from fairlead.wiring.services import Services
from fairlead.workers.requests import RequestFollower

settings, home, where, how = sys.argv[1:]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def before(owner, name):
    setattr(owner, name, die)

def after(owner, name):
    real = getattr(owner, name)
    def dying(*words, **more):
        real(*words, **more)
        die()
    setattr(owner, name, dying)

moments = {
    "before judging": lambda: before(Try, "judge"),
    "judged": lambda: after(Try, "judge"),
    "marked": lambda: before(hands.ToolHands, "act"),
    "done at the tool": lambda: after(hands.ToolHands, "act"),
    "outcome known": lambda: before(Try, "record"),
    "recorded": lambda: after(Try, "record"),
}
moments[where]()
with Services(load(Path(settings)), Path(home), environ={"TOKEN": "t0ken"}) as services:
    if how == "command":
        governing.perform_due(services)
    else:
        RequestFollower(services, threading.Event(), warm_after_s=0).run()
"""
MOMENTS = ("before judging", "judged", "marked", "done at the tool", "outcome known", "recorded")


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Harbour]:
    with harbour(tmp_path) as made:
        yield made


def proposed(services: Services, body: str = "It waits since Monday") -> str:
    """An act that a member may do alone: it is approved at once."""
    row = governing.propose(services, Comment(subject=PULL, body=body), "github", by="person:jonas")
    assert row["state"] == "approved", row["reasons"]
    return str(row["id"])


@contextmanager
def following(services: Services) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=RequestFollower(services, stop, warm_after_s=0).run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def ended(services: Services, action: str) -> dict[str, Any]:
    """The action once nothing more is to come."""

    def look() -> dict[str, Any] | None:
        with services.database.read() as tx:
            row = actions.one(tx, action) or {}
        return row if row.get("state") not in ("approved", "executing") else None

    found: dict[str, Any] = until(look)
    return found


def kill(team: Harbour, where: str, how: str) -> None:
    words = [sys.executable, "-c", DIES, str(team.shell.settings), str(team.shell.home), where, how]
    assert subprocess.run(words, check=False, timeout=120).returncode == -9


def test_a_click_is_followed_to_its_end(team: Harbour) -> None:
    with team.services() as services, following(services):
        merge = governing.propose(services, Comment(subject=PULL, body="A rule asks"), "github", by="operator")
        assert merge["state"] == "waiting"
        roles = {TEAM: "manager"}
        governing.decide(
            services, merge["id"], person="person:mira", roles=roles, digest=merge["digest"], verdict="approved",
            how="web",
        )  # fmt: skip
        row = ended(services, merge["id"])
        assert (row["state"], row["attempts"]) == ("done", 1)
        assert team.effects() == 1
        with services.database.read() as tx:
            kinds = [one.kind for one in ledger.newest(tx, subject=merge["id"], kind="action.")]
        assert kinds[:2] == ["action.done", "action.executing"]


def _killed(team: Harbour, where: str, how: str) -> None:
    with team.services() as services:
        action = proposed(services)
        kill(team, where, how)
        assert team.effects() <= 1
        if how == "command":
            # the next command, or a server that starts, finds the row of a process that is gone
            governing.perform_due(services)
        else:
            with following(services):
                ended(services, action)
        assert ended(services, action)["state"] == "done"
    assert team.effects() == 1


@pytest.mark.parametrize("where", ["judged", "marked", "done at the tool"])
def test_a_command_that_is_killed_leaves_one_effect(team: Harbour, where: str) -> None:
    _killed(team, where, "command")


def test_a_worker_that_is_killed_goes_on_where_it_was(team: Harbour) -> None:
    """What the tool had done is known to the engine: nothing is looked for, and nothing is done again."""
    _killed(team, "outcome known", "worker")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["command", "worker"])
@pytest.mark.parametrize("where", MOMENTS)
def test_killed_at_every_step(team: Harbour, where: str, how: str) -> None:
    for _ in range(2):
        before = team.effects()
        with team.services() as services:
            action = proposed(services, f"round {before}")
            kill(team, where, how)
            if how == "command":
                governing.perform_due(services)
            else:
                with following(services):
                    ended(services, action)
            assert ended(services, action)["state"] == "done"
        assert team.effects() == before + 1


def test_two_workers_on_one_file_have_names_of_their_own(team: Harbour) -> None:
    with team.services() as one, team.services() as two:
        first, second = Slot(one), Slot(two)
        assert (first.take(), second.take()) == ("worker-1", "worker-2")
        first.give_back()
        third = Slot(two)
        assert third.take() == "worker-1"
        second.give_back()
        third.give_back()


def test_what_an_engine_has_done_is_known_and_forgotten(tmp_path: Path) -> None:
    done: list[str] = []

    def perform(request: str, step: Any) -> str:
        step("note", lambda: done.append(request))
        return "noted"

    engine = Engine(folder_url(tmp_path), "worker-1", perform)
    engine.start()
    try:
        assert engine.standing("request-1") == "unknown"
        engine.begin("request-1")
        engine.begin("request-1")
        until(lambda: engine.standing("request-1") == "over")
        assert done == ["request-1"]
        # a week must pass before it is forgotten
        assert engine.forget() == 0
    finally:
        engine.stop()


def test_what_another_version_has_begun_is_left_to_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an upgrade nobody goes on with it: who took it for its own would wait for ever."""

    def perform(_: str, step: Any) -> str:
        return str(step("note", lambda: "noted"))

    with monkeypatch.context() as older:
        older.setattr(engine_module, "VERSION", "0")
        before = Engine(folder_url(tmp_path), "worker-1", perform)
        before.start()
        before.begin("request-1")
        until(lambda: before.standing("request-1") == "over")
        before.stop()
    with closing(sqlite3.connect(tmp_path / "workflows.db")) as held, held:
        # as a kill in the middle leaves it
        held.execute("UPDATE workflow_status SET status = 'PENDING', output = NULL")
    engine = Engine(folder_url(tmp_path), "worker-1", perform)
    engine.start()
    try:
        assert engine.standing("request-1") == "over"
    finally:
        engine.stop()
