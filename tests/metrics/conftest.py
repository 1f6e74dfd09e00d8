"""A small company whose figures can be worked out by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.setup import Privacy, ServiceSetup, Setup, TeamSetup, Thresholds
from fairlead.model.times import FixedClock, parse_time

MONDAY = datetime(2026, 9, 7)  # noqa: DTZ001 - the warehouse holds clock readings of UTC
PAY = "github:acme/pay"


class Company:
    """One repository `pay`, two people, one review agent; main grows by a merge `m<n>` a day at 18:00."""

    setup = Setup(
        services={"pay": ServiceSetup(repository=PAY, team="pay")},
        teams={"pay": TeamSetup(repositories=("github:acme/*",), members=("kim", "lee"))},
        thresholds=Thresholds(minimum_n=1),
        privacy=Privacy(minimum_group=2),
    )
    clock = FixedClock(parse_time("2026-10-12T08:00:00Z") or MONDAY)
    pay = PAY

    def __init__(self) -> None:
        self.source = MemorySource()
        self.source.put("repositories", {"id": PAY, "name": "acme/pay", "default_branch": "main", "source": "github"})
        self.source.put(
            "accounts",
            {"id": "github:@kim", "handle": "kim", "kind": "human", "person": "person:kim"},
            {"id": "github:@lee", "handle": "lee", "kind": "human", "person": "person:lee"},
            {"id": "github:@kim-home", "handle": "kim-home", "kind": "human", "person": "person:kim"},
            {"id": "github:@lens", "handle": "lens", "kind": "review_agent"},
            {"id": "github:@coder", "handle": "coder", "kind": "coding_agent"},
            {"id": "github:@ci[bot]", "handle": "ci[bot]", "kind": "bot"},
        )
        for number in range(1, 11):
            self.commit(self.merge(number), [self.merge(number - 1)] if number > 1 else [], self.at(number, 18))

    @staticmethod
    def at(day: int, hour: float = 0) -> datetime:
        """So many days after a Monday."""
        return MONDAY + timedelta(days=day, hours=hour)

    @staticmethod
    def merge(number: int) -> str:
        """Hash of a merge on main."""
        return f"{number:x}".rjust(40, "a")

    def warehouse(self, setup: Setup | None = None) -> Warehouse:
        """All of it, refreshed."""
        made = Warehouse(None, self.source, setup or self.setup, self.clock)
        made.refresh()
        return made

    def commit(self, sha: str, parents: list[str], at: datetime, **said: Any) -> None:
        """A commit of the repository."""
        self.source.put("commits", {
            "id": f"{PAY}@{sha}", "repository": PAY, "sha": sha, "parents": parents, "committed_at": at,
            "authored_at": at, "author": "email:kim@acme.example", "source": "github", **said,
        })  # fmt: skip

    def change(self, number: int, **said: Any) -> str:
        """Opened on its day at 10:00, first commit at 9:00, reviewed at 13:00, merged at 18:00."""
        change, opened = f"{PAY}#{number}", said.pop("opened_at", self.at(number, 10))
        first_commit = said.pop("first_commit_at", self.at(number, 9))
        review_at = said.pop("review_at", self.at(number, 13))
        merged = said.pop("merged_at", self.at(number, 18))
        head = said.pop("head_sha", f"{number:x}".rjust(40, "b"))
        self.source.put("changes", {
            "id": change, "repository": PAY, "number": number, "title": f"feat: part {number}",
            "author": "github:@kim", "state": "merged" if merged else "open", "created_at": opened,
            "merged_at": merged, "closed_at": merged, "merge_sha": self.merge(number), "head_sha": head,
            "base_branch": "main", "head_branch": f"topic-{number}", "additions": 10 * number, "deletions": 1,
            "source": "github", **said,
        })  # fmt: skip
        if first_commit:
            self.source.put("change_commits", {
                "id": f"{change}@{head}", "change": change, "commit": f"{PAY}@{head}", "sha": head,
                "authored_at": first_commit,
            })  # fmt: skip
        if review_at:
            self.event(number, "approved", review_at, "github:@lee")
        return change

    def event(self, number: int, kind: str, at: datetime, actor: str, **said: Any) -> None:
        """An event of a change."""
        change = f"{PAY}#{number}"
        self.source.put("change_events", {
            "id": f"{change}/{kind}/{at}/{actor}", "change": change, "repository": PAY, "kind": kind, "at": at,
            "actor": actor, **said,
        })  # fmt: skip

    def deployment(self, number: int, sha: str | None, at: datetime, **said: Any) -> str:
        """A successful deployment to production."""
        deployment = f"{PAY}/deployment/{number}"
        self.source.put("deployments", {
            "id": deployment, "repository": PAY, "environment": "production", "sha": sha, "result": "success",
            "state": "finished", "started_at": at - timedelta(minutes=5), "finished_at": at, "source": "github",
            "made_from": "deployment", **said,
        })  # fmt: skip
        return deployment


@pytest.fixture
def company() -> Company:
    """A company without changes and deployments: a test adds what it is about."""
    return Company()


@pytest.fixture(scope="module")
def shared_company() -> Company:
    """One for all tests of a file that only read."""
    return Company()
