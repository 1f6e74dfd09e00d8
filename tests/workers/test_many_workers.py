"""Several processes on one store: acts are heard of at once, shared by the workers, and each is done once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from tests.flows.acting import PULL, TEAM, Harbour, harbour
from tests.flows.servers import until

from fairlead.governance.approving import Verdict
from fairlead.governance.judging import arguments
from fairlead.model.acts import Comment, digest
from fairlead.model.errors import Fault
from fairlead.store import actions, ledger, requests
from fairlead.store.bells import bell
from fairlead.wiring import governing
from fairlead.wiring.services import Services

# The real follower, engine, governance and connector.
WORKS = """
import sys, threading
from pathlib import Path
from fairlead.config.load import load
from fairlead.wiring.services import Services
from fairlead.workers.requests import RequestFollower

settings, home = sys.argv[1:]
with Services(load(Path(settings)), Path(home), environ={"TOKEN": "t0ken"}) as services:
    RequestFollower(services, threading.Event(), warm_after_s=0).run()
"""
NO_LIMIT = "\n[policy]\nacts_per_hour = 0\n"


@pytest.fixture
def team(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Harbour]:
    store = database_url if database_url.startswith("postgresql") else ""
    with harbour(tmp_path_factory.mktemp("team"), store) as made:
        made.shell.settings.write_text(made.shell.settings.read_text() + NO_LIMIT)
        yield made


def test_a_click_elsewhere_is_heard_within_a_second_and_of_two_who_decide_at_once_one_wins(team: Harbour) -> None:
    """By NOTIFY on PostgreSQL: a follower would else look after a minute."""
    with team.services() as here, team.services() as there:
        rings, stop = bell(there.database), threading.Event()
        # what was written before it listens is not told: it looks once more
        rings.wait(0.1, stop)
        for body in ("first", "second", "third"):
            row = governing.propose(here, Comment(subject=PULL, body=body), "github", by="operator")
            assert row["state"] == "waiting"
            yes = partial(_say, here, "person:mira", "approved", row)
            no = partial(_say, there, "person:sahar", "refused", row)
            ends = _at_once([yes, no])
            with here.database.read() as tx:
                state = (actions.one(tx, row["id"]) or {})["state"]
                asked = [one.state for one in requests.of(tx, row["id"])]
            # whoever is first, which is nearly always the no: of a yes policy is asked
            assert sorted(ends) == [state, "too late"]
            assert state == "approved" or (state == "denied" and set(asked) <= {"dropped"})
        heard: list[float] = []

        def listen() -> None:
            rings.wait(60, stop)
            heard.append(time.monotonic())

        rings.wait(0.5, stop)
        thread = threading.Thread(target=listen)
        thread.start()
        row = governing.propose(here, Comment(subject=PULL, body="It waits"), "github", by="person:jonas")
        put = time.monotonic()
        thread.join(60)
        rings.close()
        assert heard[0] - put < 1
        # two look at once, as two workers do that hear the same call
        with here.database.read() as tx:
            [asked_for] = requests.of(tx, row["id"])
        both = [partial(governing.perform, one, asked_for.id) for one in (here, there)]
        assert sorted(_at_once(both)) == ["done", "not done"]
        assert team.effects() == 1


def approved(services: Services, count: int) -> list[str]:
    """What so many clicks leave behind: approved actions and their requests."""
    now, made = governing.now(services), []
    with services.database.begin() as tx:
        for number in range(count):
            act = Comment(subject=PULL, body=f"number {number}")
            said = {"kind": "comment", "tool": "github", "digest": digest(act, "github"), "team": TEAM}
            row = actions.add(
                tx,
                now,
                state="approved",
                arguments=arguments(act),
                proposed_by="person:jonas",
                expires_at=now + timedelta(days=1),
                **said,
            )
            requests.put(tx, "act", row["id"], now)
            made.append(row["id"])
    return made


def _say(services: Services, person: str, verdict: Verdict, row: dict[str, Any]) -> str:
    try:
        said = governing.decide(
            services,
            row["id"],
            person=person,
            roles={TEAM: "manager"},
            digest=row["digest"],
            verdict=verdict,
            reason="asked",
            how="web",
        )
    except Fault:
        return "too late"
    return str(said["state"])


def _at_once(works: Sequence[Callable[[], str]]) -> list[str]:
    start = threading.Barrier(len(works))

    def begin(work: Callable[[], str]) -> str:
        start.wait(30)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begin, works))


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_three_workers_share_two_hundred_acts_and_one_is_killed(team: Harbour) -> None:
    with team.services() as services:
        wished = approved(services, 200)
        words = [sys.executable, "-c", WORKS, str(team.shell.settings)]
        workers = [subprocess.Popen([*words, str(team.shell.folder / f"home-{number}")]) for number in range(3)]
        try:
            until(lambda: team.effects() >= 40, 300)
            os.kill(workers[0].pid, signal.SIGKILL)
            workers[0].wait(30)

            def over() -> bool:
                with services.database.read() as tx:
                    return all((actions.one(tx, one) or {})["state"] == "done" for one in wished)

            until(over, 600)
        finally:
            for worker in workers:
                worker.kill()
                worker.wait(30)
        assert team.effects() == 200
        with services.database.read() as tx:
            done = [row.subject for row in ledger.newest(tx, kind="action.done", limit=1000)]
            held = requests.due(tx, governing.now(services), ["act"])
        assert sorted(done) == sorted(wished) and held == []
        assert services.ledger.verify().ok
