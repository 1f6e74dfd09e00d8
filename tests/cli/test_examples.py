"""What help shows as an example can be typed as it stands, on the demo."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.ingest import lake

from fairlead.cli import home
from fairlead.cli.main import APP, Commands, run
from fairlead.governance.letter import Letter
from fairlead.governance.outbox import Order, Outbox
from fairlead.model.acts import Comment, digest
from fairlead.store import access, actions, notices
from fairlead.store.database import Database

ELSEWHERE = {"up": "serves until it is told to stop", "demo": "made the home", "restore": "wants an empty home"}
"""Commands whose examples other tests run, and why these cannot."""

REPORT = '<testsuite name="fees" tests="1"><testcase classname="fees" name="rounds up" time="0.2"/></testsuite>'


def _examples(command: Any, name: str) -> Iterator[tuple[str, str]]:
    if command.epilog:
        yield name, command.epilog.removeprefix("Example: ")
    for child in (getattr(command, "commands", None) or {}).values():
        yield from _examples(child, name)


def examples() -> list[tuple[str, str]]:
    """Name of the command and what its help says to type, for each of them, as the app itself tells."""
    group = Commands(name="fairlead")
    found = [("", str(APP.info.epilog).removeprefix("Example: "))]
    for name in group.list_commands(None):
        found += _examples(group.get_command(None, name), name)
    return found


def _inputs(folder: Path) -> None:
    """What examples name that comes from outside: a repository, captured events, a report, tables of DevLake."""
    for words in (["init", "-q", "."], ["commit", "-q", "--allow-empty", "-m", "Begin"]):
        called = ["git", "-c", "user.name=Kim Adler", "-c", "user.email=kim.adler@brightwater.example", *words]
        subprocess.run(called, cwd=folder, check=True)
    event = {"source": "github", "headers": {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "e1"}, "body": {}}
    (folder / "captured.jsonl").write_text(json.dumps(event) + "\n")
    (folder / "build").mkdir()
    (folder / "build" / "junit.xml").write_text(REPORT)
    (folder / ".mergify.yml").write_text("pull_request_rules: [{name: old, conditions: [-draft], actions: {}}]\n")
    lake.write(folder / "lake")
    (folder / "sprint.yaml").write_text("tasks:\n  - {id: A, duration: 3}\n  - {id: B, duration: 2, after: [A]}\n")


def _letter(database: Path) -> None:
    """A message whose id begins as the example says."""
    order = Order(
        channel="feed",
        address="",
        made_from="brief",
        asked_by="operator",
        as_of=datetime(2026, 9, 18, tzinfo=UTC),
        once="",
    )
    posted = next(one for n in count() if (one := replace(order, once=str(n))).id.startswith("3f9a"))
    store = Database.open(f"sqlite:///{database}")
    Outbox(store).post([posted], Letter(subject="Nothing needs you", text="Nothing needs you."))
    store.close()


def _notice(database: Path) -> None:
    """Somebody was told something whose id begins as the example says."""
    store, now = Database.open(f"sqlite:///{database}"), datetime.now(UTC)
    told = notices.Notice(
        id="3f9a51", recipient="person:kim-adler", subject="action:17", about="action:17", topic="approval",
        kind="approval.asked", urgency="now", said={}, made_at=now, not_before=now, state="page",
    )  # fmt: skip
    with store.begin() as tx:
        notices.put(tx, told)
    store.close()


BEFORE = (
    *(["decisions", "add", f"Queues {n}", "--rationale", "they outlive a crash"] for n in range(1, 5)),
    ["risks", "propose"],
    ["dependencies", "add", "A test bench", "--from", "payments", "--to", "platform"],
)
"""What was typed earlier: examples name decisions by number, a risk, and a dependency."""


def _actions(database: Path) -> str:
    """Actions in the states that examples act on, and the token of somebody who may."""
    store, now = Database.open(f"sqlite:///{database}"), datetime.now(UTC)
    act = Comment(subject="github:brightwater/payments#1", body="Could you look at this?")
    said = {
        "kind": "comment", "tool": "github", "title": "comment", "team": "team:payments", "proposed_by": "operator",
        "arguments": json.dumps({"kind": "comment", "subject": act.subject, "body": act.body}), "calls": "[]",
        "digest": digest(act, "github"), "undo": json.dumps({"kind": "comment", "subject": act.subject, "body": "-"}),
    }  # fmt: skip
    states = {17: "waiting", 18: "waiting", 19: "done", 20: "unknown", 21: "waiting", 22: "waiting"}
    with store.begin() as tx:
        for number, state in states.items():
            actions.add_numbered(tx, f"action:{number}", now, state=state, **said)
        access.add_user(tx, "person:kim-adler", now)
        access.grant(tx, "person:kim-adler", "owner", now, "operator")
        _, secret = access.new_token(tx, "person:kim-adler", "examples", ["read", "write"], now)
    store.close()
    return secret


@pytest.mark.slow
def test_every_example_can_be_typed_on_the_demo(
    demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the order of the commands: what one exports the next can import."""
    demo, here = tmp_path / "demo", tmp_path / "here"
    shutil.copytree(demo_home, demo)
    here.mkdir()
    _inputs(here)
    _letter(demo / "facts.db")
    _notice(demo / "facts.db")
    secret = _actions(demo / "facts.db")
    monkeypatch.chdir(here)
    monkeypatch.setenv("FAIRLEAD_DEMO_HOME", str(demo))
    monkeypatch.setenv("FAIRLEAD_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("FAIRLEAD_ACTIONS__SOURCES", '["github"]')
    # What a command was told in this process must not hold for the next test.
    monkeypatch.setattr(home, "_choice", home._Choice())
    failed = []
    for words in BEFORE:
        assert not _typed(["--demo", *words]), words
    for name, example in examples():
        words = shlex.split(example.partition(" > ")[0])
        assert words[0] == "fairlead", example
        if name in ELSEWHERE:
            continue
        # those who decide are people: their commands bring a token of their own
        with monkeypatch.context() as theirs:
            if name in ("actions", "approve"):
                theirs.setenv("FAIRLEAD_TOKEN", secret)
            code = _typed(["--demo", *words[1:]])
        said = capsys.readouterr()
        # Findings are an answer too: the demo has no tokens, and its Slack is there only while it is served.
        found = (name == "doctor" and json.loads(said.out)["findings"]) or words[1:] == ["slack", "check"]
        if code and not found and not _of_the_reader(words):
            failed.append(f"{example}: {code}\n{said.out[-300:]}{said.err[-300:]}")
    assert not failed, "\n".join(failed)


def _of_the_reader(words: list[str]) -> bool:
    """Whether an example names a file that only whoever reads it has."""
    return any(Path(word).suffix and ":" not in word and not Path(word).exists() for word in words)


def _typed(words: list[str]) -> Any:
    with pytest.raises(SystemExit) as left:
        run(words)
    return left.value.code
