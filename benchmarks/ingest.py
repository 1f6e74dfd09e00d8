"""How fast payloads become records, end to end: raw log -> reader -> SQLite, in one process.

    python benchmarks/ingest.py [--payloads 10000] [--batch 1000] [--profile]

The payloads are those of a fake organisation's history, in the order in which GitHub would send them; each of its
repositories carries the addresses that GitHub lists in a real payload, so that bodies have their size. Prints the
rate per second of processor time (one core) and of the clock; then the same for a replay, where all records exist.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fairlead.bus.sql import SqlEventLog
from fairlead.cli.main import rest_the_collector
from fairlead.connectors.github.fake.code import FileChange, Signature
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.connectors.kit.connector import Options
from fairlead.ingest.apply import Ingest
from fairlead.ingest.replay import replay
from fairlead.model.raw import RawEvent
from fairlead.model.rows import Rows
from fairlead.store import bulk, records
from fairlead.store.database import Database

PEOPLE = [f"dev{number:02d}" for number in range(40)]
LINKS = (
    "archive assignees blobs branches collaborators comments commits compare contents contributors deployments "
    "downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels "
    "languages merges milestones notifications pulls releases stargazers statuses subscribers subscription tags "
    "teams trees"
)
"""What GitHub lists as `<name>_url` in each repository object."""


def history(count: int) -> list[RawEvent]:
    """So many payloads: pushes, pull requests with reviews and comments, runs with jobs, deployments, issues."""
    chance = random.Random(7)
    at = datetime(2026, 1, 5, 8, tzinfo=UTC)
    fake = FakeGitHub("acme", secret="benchmark")
    for login in PEOPLE:
        fake.add_user(login, name=login.title(), at=at, emails=(f"{login}@acme.example",))
    fake.add_bot("github-actions", name="GitHub Actions", at=at)
    repos = [fake.create_repository(f"service-{number}", by=PEOPLE[0], at=at) for number in range(12)]
    for repo in repos:
        fake.push(repo, "main", [_commit(chance, fake.signature(PEOPLE[0], at), "Start")], by=PEOPLE[0], at=at)

    def later() -> datetime:
        nonlocal at
        at += timedelta(seconds=chance.randrange(20, 200))
        return at

    number = 0
    while len(fake.hook.sent) < count:
        number += 1
        _one_change(fake, chance, chance.choice(repos), number, later)
    return [_raw(sent.headers, sent.body, place) for place, sent in enumerate(fake.hook.sent[:count])]


def _one_change(fake: FakeGitHub, chance: random.Random, repo: Any, number: int, later: Any) -> None:
    author, reviewer = chance.sample(PEOPLE, 2)
    branch = f"work-{number}"
    commits = [
        _commit(chance, fake.signature(author, later()), f"Change {number}, {part}")
        for part in range(chance.randint(1, 3))
    ]
    sha = fake.push(repo, branch, commits, by=author, at=later(), onto=repo.branches["main"])
    pull = fake.open_pull(repo, f"Change {number}", head=branch, by=author, at=later())
    fake.request_review(repo, pull, reviewer, by=author, at=later())
    run = fake.queue_run(
        repo, "build", sha=sha, branch=branch, jobs=("test", "lint"), event="pull_request", by=author, at=later()
    )
    fake.start_run(repo, run, at=later())
    fake.finish_run(repo, run, {"test": "success"}, at=later())
    fake.comment(repo, pull, "Is this covered by a test? " * chance.randint(1, 20), by=reviewer, at=later())
    fake.review(repo, pull, "approved", by=reviewer, at=later())
    fake.merge(repo, pull, by=author, at=later())


def _commit(chance: random.Random, author: Signature, message: str) -> NewCommit:
    return NewCommit(message, (FileChange(f"src/{chance.randrange(40)}.py", 12, 3),), author)


def _raw(headers: Any, body: bytes, place: int) -> RawEvent:
    lower = {name.lower(): value for name, value in headers.items()}
    full = json.loads(body)
    _add_links(full)
    return RawEvent(
        source="github",
        tool="github",
        kind=lower["x-github-event"],
        delivery=f"{lower['x-github-delivery']}-{place}",
        body=json.dumps(full).encode(),
        received_at=datetime(2026, 6, 1, tzinfo=UTC),
        headers=lower,
        trust="verified",
    )


def _add_links(value: Any) -> None:
    if isinstance(value, dict):
        if "default_branch" in value:
            address = f"https://api.github.com/repos/{value['full_name']}"
            for name in LINKS.split():
                value.setdefault(f"{name}_url", f"{address}/{name}{{/sha}}")
        for part in value.values():
            _add_links(part)
    elif isinstance(value, list):
        for part in value:
            _add_links(part)


@dataclass
class Spent:
    """Time that a stretch of work took."""

    what: str
    count: int = 0
    wall_s: float = 0.0
    core_s: float = 0.0

    def __enter__(self) -> Spent:
        self.wall_s, self.core_s = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall_s, self.core_s = time.perf_counter() - self.wall_s, time.process_time() - self.core_s

    def line(self, goal: str) -> str:
        """Rates in words."""
        return (
            f"{self.what:<20} {self.count / self.core_s:8,.0f}/s and core, {self.count / self.wall_s:,.0f}/s ({goal})"
        )


def fill(folder: Path, events: list[RawEvent]) -> Ingest:
    """An ingest before a log that holds the payloads."""
    log = SqlEventLog.open(f"sqlite:///{folder / 'raw.db'}")
    for start in range(0, len(events), 1000):
        log.append(events[start : start + 1000])
    return Ingest(Database.open(f"sqlite:///{folder / 'facts.db'}"), log, Options)


def run(ingest: Ingest, count: int, batch: int) -> Iterator[str]:
    """Ingests, replays, loads; one line for each."""
    with Spent("payloads to records", count) as spent:
        while (step := ingest.step(batch)).raw_events:
            if step.quarantined:
                raise SystemExit("a payload could not be read")
    yield spent.line(f"batches of {batch}; at least 2,000 a core, goal 5,000")
    with Spent("replay", count) as spent:
        replay(ingest)
    yield spent.line("nothing changes")
    with ingest.database.begin() as tx:
        bulk.insert(tx, [commits(100_000)])
        list(records.deltas(tx, "changes"))
    with ingest.database.read() as tx, Spent("records to Arrow") as spent:
        spent.count = sum(part.num_rows for part in records.deltas(tx, "commits"))
    yield spent.line(f"{spent.count} commits; goal 150,000")


def commits(count: int) -> Rows:
    """So many commits of one repository."""
    at = datetime(2026, 1, 5, tzinfo=UTC)
    fields = ("id", "repository", "sha", "parents", "author", "authored_at", "committed_at", "message", "additions")
    rows = [
        (
            f"git:bulk@{n:040x}",
            "git:bulk",
            f"{n:040x}",
            (f"{n + 1:040x}",),
            "email:kim@acme.example",
            at,
            at,
            "Fix",
            3,
        )
        for n in range(count)
    ]
    return Rows("commits", fields, rows, [at] * count)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--payloads", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    asked = parser.parse_args()
    rest_the_collector()
    events = history(asked.payloads)
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(event.kind for event in events).most_common())
    mean = sum(len(event.body) for event in events) / len(events)
    print(f"{len(events)} payloads, mean {mean / 1000:.1f} kB: {kinds}")
    with tempfile.TemporaryDirectory() as folder:
        ingest = fill(Path(folder), events)
        with cProfile.Profile() if asked.profile else nullcontext() as profile:
            for line in run(ingest, len(events), asked.batch):
                print(line)
        ingest.log.close()
        ingest.database.close()
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
    else:
        print("--profile shows where the time goes")


if __name__ == "__main__":
    main()
