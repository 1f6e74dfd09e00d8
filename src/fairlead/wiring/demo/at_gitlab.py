"""A project at GitLab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.connectors.gitlab.fake.code import Files
from fairlead.connectors.gitlab.fake.state import home
from fairlead.connectors.kit.fake.tool import Json
from fairlead.wiring.demo.agenda import Agenda, Script
from fairlead.wiring.demo.cast import DOCK_BOT, Player, Ship, player
from fairlead.wiring.demo.dock import Dock
from fairlead.wiring.demo.hosts import RunOrder

_RESULTS = {"failure": "failed"}
"""GitLab's own words, where they differ."""


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """A merge request under the names that scripts use."""

    own: Json
    listed: Sequence[Json]
    """Its commits as the API lists them, with what is pushed later."""

    @property
    def commits(self) -> Sequence[str]:
        """Hashes, the newest first."""
        return [one["id"] for one in self.listed]

    @property
    def number(self) -> int:
        """Merge requests and issues count apart."""
        return int(self.own["iid"])

    @property
    def title(self) -> str:
        """Without the mark of a draft."""
        return str(self.own["title"]).removeprefix("Draft: ")

    @property
    def state(self) -> str:
        """GitLab says `opened`."""
        return "open" if self.own["state"] == "opened" else str(self.own["state"])

    @property
    def head_sha(self) -> str:
        """Its last commit."""
        return str(self.own["sha"])

    @property
    def head_ref(self) -> str:
        """Its branch."""
        return str(self.own["source_branch"])

    @property
    def merged_at(self) -> object:
        """Nothing unless it was merged."""
        return self.own["merged_at"]

    @property
    def user(self) -> Player:
        """Its author."""
        return player(self.own["author"]["username"])


@dataclass(frozen=True, slots=True)
class Docked:
    """A deployment by a job of a pipeline."""

    id: int
    sha: str


@dataclass(frozen=True, slots=True)
class AtGitLab:
    """Merge requests, pipelines and deployments of one project."""

    dock: Dock
    project: Json
    agenda: Agenda

    def head(self) -> str:
        """See the port."""
        return self.dock.fake.head(self.project)

    def runs(self) -> int:
        """See the port."""
        return len(self.dock.fake.lists.get(f"{home(self.project)}/pipelines", []))

    def open(
        self, branch: str, by: str, commits: Sequence[NewCommit], title: str, body: str, draft: bool = False
    ) -> MergeRequest:
        """See the port."""
        fake, who, now = self.dock.fake, self.dock.users[by], self.dock.now
        new = [(commit.message, _files(commit), commit.author.at) for commit in commits]
        sha = fake.push_all(self.project, who, now, new, branch)
        found = fake.open_change(self.project, who, now, title, body, sha, branch)
        if draft:
            fake.turn_draft(found, who, now)
        return MergeRequest(found, fake.lists[f"{home(self.project)}/merge_requests/{found['iid']}/commits"])

    def push(self, item: MergeRequest, by: str, commit: NewCommit) -> None:
        """See the port."""
        self.dock.fake.push_to(item.own, self.dock.users[by], self.dock.now, commit.message, _files(commit))

    def ready(self, item: MergeRequest, by: str) -> None:
        """See the port."""
        self.dock.fake.turn_draft(item.own, self.dock.users[by], self.dock.now)

    def ask(self, item: MergeRequest, whom: str, by: str, after_s: int = 0) -> None:  # noqa: ARG002
        """Whoever has been asked stays asked: to ask once more changes nothing that a webhook tells."""
        asked = self.dock.users[whom]
        if asked not in item.own["reviewers"]:
            self.dock.fake.ask(item.own, asked, self.dock.users[by], self.dock.now)

    def review(
        self,
        item: MergeRequest,
        state: str,
        by: str,
        body: str | None = None,
        lines: Sequence[tuple[str, int, str]] = (),
    ) -> None:
        """An approval, or comments: that changes are requested no webhook of GitLab tells."""
        texts = [text for text in (body, *(text for _, _, text in lines)) if text]
        for text in texts:
            self.comment(item, text, by)
        if state == "approved":
            self.dock.fake.approve(item.own, self.dock.users[by], self.dock.now)

    def comment(self, item: MergeRequest, text: str, by: str) -> None:
        """See the port."""
        self.dock.fake.comment(item.own, text, self.dock.users[by], self.dock.now)

    def close(self, item: MergeRequest, by: str) -> None:
        """See the port."""
        self.dock.fake.close(item.own, self.dock.users[by], self.dock.now)

    def merge(self, item: MergeRequest, by: str) -> str:
        """By a merge commit, as GitLab does unless it is told otherwise; nobody tells that a branch is gone."""
        return self.dock.fake.merge(item.own, self.dock.users[by], self.dock.now)

    def play(self, order: RunOrder) -> Script:
        """A pipeline with its one job."""
        fake, by = self.dock.fake, self.dock.users[order.by]
        change = self.dock.merge_request(self.project, order.pulls[0]) if order.pulls else None
        run = fake.pipeline(self.project, order.sha, order.branch, by, self.dock.now, change)
        yield self.agenda.now + 30 + order.took_s
        fake.finish(run, "failed" if order.results else "success", self.dock.now)

    def begin_deployment(
        self,
        ship: Ship,  # noqa: ARG002 - a project has one service
        sha: str,
        stage: str,
        task: str = "deploy",  # noqa: ARG002
        description: str = "",  # noqa: ARG002
    ) -> Docked:
        """GitLab knows no task: to roll back is to deploy an older commit again."""
        bot = self.dock.users[DOCK_BOT]
        found = self.dock.fake.begin_deployment(self.project, stage, sha, bot, self.dock.now)
        return Docked(found["id"], sha)

    def end_deployment(self, ship: Ship, stage: str, result: str, description: str = "") -> Docked:  # noqa: ARG002
        """See the port."""
        listed = self.dock.fake.lists[f"{home(self.project)}/deployments"]
        found = [one for one in listed if one["environment"]["name"] == stage][-1]
        self.dock.fake.end_deployment(self.project, found, _RESULTS.get(result, result), self.dock.now)
        return Docked(found["id"], found["sha"])


def _files(commit: NewCommit) -> Files:
    return tuple((file.path, file.additions, file.deletions) for file in commit.files)
