"""From a rule to an act that its team agreed to, and a file that proves it to a stranger: the demo, walked whole."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fairlead.config.load import FILE_NAME, load
from fairlead.connectors.fairlead import signal_acknowledged
from fairlead.governance.reviewing import RULE, acknowledged, muted, snoozed
from fairlead.model.acts import CreateIssue, Merge
from fairlead.model.errors import Denied
from fairlead.model.times import FixedClock, parse_time
from fairlead.store import access, actions, records
from fairlead.wiring import chatting, githubfake, governing, signalling
from fairlead.wiring.services import Services

CHANGE = "github:brightwater/storefront#246"
MANAGER = "person:maya-torres"


@pytest.fixture
def services(demo_home: Path, tmp_path: Path) -> Iterator[Services]:
    home = tmp_path / "home"
    shutil.copytree(demo_home, home)
    now = parse_time((home / "as-of").read_text())
    assert now is not None
    with Services(load(home / FILE_NAME, {}), home, FixedClock(now), {}) as opened:
        yield opened


def proposed(services: Services) -> actions.Row:
    """What a rule wants done about the change that is stuck with its reviewer."""
    with services.database.read() as tx:
        rows = [row for row in actions.in_states(tx, {"waiting"}) if row["subject"] == CHANGE]
    assert [row["proposed_by"] for row in rows] == ["rule:change-waits-for-review"]
    return rows[0]


def comments(services: Services) -> list[str]:
    """What the fake GitHub shows under the change."""
    client = githubfake.client(services, "github")
    assert client is not None
    with client:
        owner, _, number = CHANGE.removeprefix("github:").partition("#")
        headers = {"authorization": f"Bearer {githubfake.TOKEN}"}
        found = client.get(f"https://api.github.com/repos/{owner}/issues/{number}/comments", headers=headers)
        return [str(one["body"]) for one in found.json()]


def test_a_nudge_is_proposed_approved_in_slack_done_at_github_and_proven_to_a_stranger(
    services: Services, tmp_path: Path
) -> None:
    """The whole way of one comment."""
    row = proposed(services)
    # told as people read it: no instant of a machine
    assert "waited for a review since " in row["title"]
    assert "T2" not in row["title"]
    assert comments(services) == []

    door = chatting.door(services)
    assert door and door.fake
    fake = door.fake
    with fake.held.open() as space:
        maya = next(one for one, user in space.users.items() if user["real_name"] == "Maya Torres")
        room = next(place.id for place in space.conversations.values() if place.name == "booking")
        emily = next(one for one, user in space.users.items() if user["real_name"] == "Emily Novak")
        own = next(place.id for place in space.conversations.values() if place.user == emily)
    fake.command(maya, room, "/approve")
    assert door.settle()
    assert any(row["id"] in str(one) for one in fake.messages(room))
    # who may say yes and is at work was asked by a message of their own, before anybody asked what waits
    asked = next(one for one in fake.messages(own) if row["id"] in str(one))
    fake.click(emily, own, asked.ts, "approve", f"{row['id']}|{row['digest']}")
    assert door.settle()
    assert governing.perform_due(services).ends == {row["id"]: "done"}
    assert len(comments(services)) == 1
    # once more: nothing is due, and nothing is done twice
    assert governing.perform_due(services).ends == {}
    assert len(comments(services)) == 1

    services.apply()
    services.ledger.checkpoint("operator")
    services.ledger.export(tmp_path / "proof")
    ran = subprocess.run(
        [shutil.which("python3", path="/usr/bin:/bin") or sys.executable, "-I", "-S", "verify.py"],
        cwd=tmp_path / "proof",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = (tmp_path / "proof" / "entries.jsonl").read_text()
    assert row["id"] in told
    assert row["digest"] in told


def test_a_freeze_stops_a_merge_with_its_name(services: Services) -> None:
    """Whoever wants to merge in release week is told which freeze and why."""
    own = services.home / "fairlead.d"
    own.mkdir(exist_ok=True)
    day = services.clock.now()
    (own / "freezes.yaml").write_text(
        "freezes:\n  - name: release-week\n    reason: the winter timetable goes live\n"
        f"    from: {day - timedelta(days=900):%Y-%m-%dT%H:%M}\n    to: {day + timedelta(days=900):%Y-%m-%dT%H:%M}\n"
    )
    with services.database.read() as tx:
        head = str(next(iter(records.rows(tx, "changes", [CHANGE])))["head_sha"])
    row = governing.propose(services, Merge(subject=CHANGE, head_sha=head), "github", by=MANAGER)
    assert row["state"] == "denied"
    assert any("release-week" in reason for reason in row["reasons"])


def test_who_breaks_the_glass_is_looked_at_by_somebody_else(services: Services) -> None:
    """The signal stays until another person has acknowledged it."""
    row = governing.propose(
        services, CreateIssue(place="github:brightwater/storefront", title="Fire"), "github", by="agent:x"
    )
    done = governing.decide(
        services, row["id"], person=MANAGER, roles={"team:booking": "manager"}, digest=row["digest"],
        verdict="approved", reason="the till is on fire", how="cli", break_glass=True,
    )  # fmt: skip
    assert done["state"] == "approved"
    signal = f"signal:glass-broken/{row['id']}"

    def state() -> str | None:
        services.catch_up()
        signalling.evaluate(services)
        with services.database.read() as tx:
            return next((str(one["state"]) for one in records.rows(tx, "signals", [signal])), None)

    assert state() == "open"
    at = services.clock.now()
    # no review: of who broke it, of whoever owns the files, of a member, and it blocks nobody
    for nobody in (MANAGER, "operator", "person:noor-haddad"):
        with pytest.raises(Denied):
            acknowledged(services.database, signal, nobody, at)
        # nor can they put it off until nobody asks any more
        with pytest.raises(Denied):
            snoozed(services.database, signal, at + timedelta(days=30), "later", nobody, at)
    with pytest.raises(Denied, match="no team is kept from hearing"):
        muted([RULE], RULE, "team:booking", at + timedelta(days=30), "noise", "person:grace-liu", at)
    services.log.append([signal_acknowledged(signal, MANAGER, at)])
    assert state() == "open"
    with services.database.begin() as tx:
        access.grant(tx, "person:grace-liu", "manager", at, "operator", "team:booking")
    services.log.append([acknowledged(services.database, signal, "person:grace-liu", at + timedelta(minutes=1))])
    assert state() == "resolved"
