"""A fake GitHub that holds what records say: open changes and issues with their people, as they are now.

So a home whose records came from somewhere else, like the demo's, has a GitHub to write to. Numbers, heads, labels
and sums are those of the records: the webhook of an act then changes what the act changed and nothing besides.

`python -m fairlead.connectors.github.fake.from_records FILE` serves one over HTTP, from rows by table as JSON.
"""

from __future__ import annotations

import json
import re
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from fairlead.connectors.github.fake.api.desk import Desk
from fairlead.connectors.github.fake.code import Commit, FileChange, Repository, Signature
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.names import sha_of
from fairlead.connectors.github.fake.state import Account, Issue, Milestone, Pull, Team
from fairlead.connectors.kit.fake.server import forwards, serve
from fairlead.model.times import EPOCH, parse_time

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
_TEAM = re.compile(r"[^:]+:@(?P<owner>[^/]+)/(?P<slug>.+)")
_NUMBER = re.compile(r"#(\d{1,18})$")


def world(rows: Rows, *, secret: str, source: str = "github") -> FakeGitHub:
    """The fake of these rows: `repositories`, `changes`, `work_items`, and `accounts`, `teams`, `milestones`.

    Other sources' rows are passed over, closed changes and issues only keep their numbers from being given again. The
    same rows make the same fake.
    """
    return _Builder(rows, secret, source).built()


class _Builder:
    def __init__(self, rows: Rows, secret: str, source: str) -> None:
        self.prefix = f"{source}:"
        self.rows = {
            table: sorted((one for one in found if str(one["id"]).startswith(self.prefix)), key=lambda one: one["id"])
            for table, found in rows.items()
        }
        places = self.rows.get("repositories", [])
        owner = str(places[0]["id"]).removeprefix(self.prefix).partition("/")[0] if places else "acme"
        # what is built is no news: nothing is sent until the first act
        self.fake = FakeGitHub(owner, secret=secret, wants=lambda _event, _action: False)

    def built(self) -> FakeGitHub:
        for row in self.rows.get("accounts", ()):
            self._account(row["id"], row)
        for row in self.rows.get("teams", ()):
            self._team(row["id"])
        for row in self.rows.get("repositories", ()):
            owner, _, name = str(row["id"]).removeprefix(self.prefix).partition("/")
            if owner == self.fake.org.login:
                self._repository(name, row)
        self.fake.hook.wants = lambda _event, _action: True
        return self.fake

    def _repository(self, name: str, row: Row) -> None:
        at = _time(row, "created_at") or EPOCH
        number = _whole(row, "external_id") or self.fake.counter.next("repository")
        repo = Repository(number, name, self.fake.org, at, at, at)
        repo.default_branch = str(row.get("default_branch") or "main")
        repo.private, repo.archived = bool(row.get("private")), bool(row.get("archived"))
        self.fake.repositories[name] = repo
        root = self._commit(repo, sha_of("root", row["id"]), (), at, self.fake.org.login, ())
        repo.branches[repo.default_branch] = root.sha
        for one in self._of(row["id"], "milestones"):
            self._milestone(repo, one)
        for one in self._of(row["id"], "work_items"):
            self._keep(repo, one, one.get("closed_at") is None, self._issue)
        for one in self._of(row["id"], "changes"):
            self._keep(repo, one, one.get("state") == "open", self._pull)

    def _keep(self, repo: Repository, row: Row, is_open: bool, make: Any) -> None:
        found = _NUMBER.search(str(row["id"]))
        if found is None:
            return
        number = int(found[1])
        repo.last_number = max(repo.last_number, number)
        if is_open:
            repo.issues[number] = make(repo, row, number)
            self.fake.now = max(self.fake.now, repo.issues[number].updated_at)

    def _common(self, repo: Repository, row: Row, number: int) -> dict[str, Any]:
        created = _time(row, "created_at") or EPOCH
        milestone = _NUMBER_OF_MILESTONE.search(str(row.get("milestone") or ""))
        return {
            "number": number,
            "title": str(row.get("title") or ""),
            "body": row.get("body"),
            "user": self._account(row.get("author")),
            "created_at": created,
            "updated_at": _time(row, "updated_at") or created,
            "labels": [self.fake.label(repo, name) for name in _texts(row, "labels")],
            "assignees": [self._account(one) for one in _texts(row, "assignees")],
            "milestone": repo.milestones.get(int(milestone[1])) if milestone else None,
        }

    def _issue(self, repo: Repository, row: Row, number: int) -> Issue:
        identity = _whole(row, "external_id") or self.fake.counter.next("issue")
        return Issue(id=identity, type=row.get("type"), **self._common(repo, row, number))

    def _pull(self, repo: Repository, row: Row, number: int) -> Pull:
        base, head = str(row.get("base_branch") or repo.default_branch), str(row.get("head_branch") or f"pr-{number}")
        made = Pull(
            id=self.fake.counter.next("issue"),
            pull_id=_whole(row, "external_id") or self.fake.counter.next("pull"),
            base_ref=base,
            base_sha=str(row.get("base_sha") or repo.branches[repo.default_branch]),
            head_ref=head,
            head_sha=str(row.get("head_sha") or sha_of("head", row["id"])),
            draft=bool(row.get("draft")),
            conflicting=row.get("mergeable") == "conflicting",
            requested=[self._account(one) for one in _texts(row, "requested_reviewers")],
            requested_teams=[self._team(one) for one in _texts(row, "requested_teams")],
            **self._common(repo, row, number),
        )
        made.auto_merge = made.user if row.get("auto_merge") else None
        made.merge_sha = row.get("merge_sha")
        self._commits(repo, made, row)
        return made

    def _commits(self, repo: Repository, item: Pull, row: Row) -> None:
        """As many commits as the change has, which together touch as much as it does; the head is the real one."""
        if item.base_sha not in repo.commits:
            before = repo.branches.get(item.base_ref, repo.order[0].sha)
            self._commit(repo, item.base_sha, (before,), item.created_at, self.fake.org.login, ())
            repo.branches[item.base_ref] = item.base_sha
        count, files = max(1, _whole(row, "commit_count")), max(1, _whole(row, "changed_files"))
        sums = (_whole(row, "additions"), _whole(row, "deletions"))
        touched = tuple(
            FileChange(f"file-{place}", *(sums if place == 1 else (0, 0))) for place in range(1, files + 1)
        )
        parent = item.base_sha
        for place in range(1, count + 1):
            last = place == count
            sha = item.head_sha if last else sha_of(str(row["id"]), str(place))
            if sha not in repo.commits:
                own = touched if last else ()
                self._commit(repo, sha, (parent,), item.updated_at, item.user.login, own, item.title)
            item.commits.append(sha)
            parent = sha
        repo.branches[item.head_ref] = item.head_sha

    def _commit(
        self, repo: Repository, sha: str, parents: tuple[str, ...], at: datetime, by: str,
        files: tuple[FileChange, ...], message: str = "As it was",
    ) -> Commit:  # fmt: skip
        index, ancestors = len(repo.order), 1 << len(repo.order)
        for parent in parents:
            ancestors |= repo.commits[parent].ancestors
        who = Signature(by, f"{by}@users.noreply.github.com", at)
        made = Commit(sha, sha_of("tree", sha), parents, who, who, message, files, index, ancestors)
        repo.commits[sha] = made
        repo.order.append(made)
        return made

    def _milestone(self, repo: Repository, row: Row) -> None:
        if found := _NUMBER_OF_MILESTONE.search(str(row["id"])):
            at = _time(row, "created_at") or EPOCH
            number = int(found[1])
            repo.milestones[number] = Milestone(
                _whole(row, "external_id") or self.fake.counter.next("milestone"), number,
                str(row.get("title") or row.get("name") or number), self.fake.org, at, _time(row, "updated_at") or at,
                due_on=_time(row, "due_at"),
            )  # fmt: skip

    def _account(self, account_id: Any, row: Row | None = None) -> Account:
        login = str((row or {}).get("handle") or str(account_id or "").partition(":@")[2] or "ghost")
        known = self.fake.accounts.get(login)
        if known is None:
            at = EPOCH
            name = str((row or {}).get("name") or login)
            known = self.fake.add_user(login, name=name, at=at)
            known.id = _whole(row or {}, "external_id") or known.id
            if (row or {}).get("tool_kind") == "Bot" or login.endswith("[bot]"):
                known.kind = "Bot"
        return known

    def _team(self, team_id: Any) -> Team:
        found = _TEAM.fullmatch(str(team_id))
        slug = found["slug"] if found else str(team_id).rpartition(":")[2]
        if slug not in self.fake.teams:
            self.fake.teams[slug] = Team(self.fake.counter.next("team"), slug, slug.title(), "")
        return self.fake.teams[slug]

    def _of(self, repository: Any, table: str) -> Iterator[Row]:
        """Rows of a table whose id lies in a repository."""
        marks = (f"{repository}#", f"{repository}/")
        return (one for one in self.rows.get(table, ()) if str(one["id"]).startswith(marks))


_NUMBER_OF_MILESTONE = re.compile(r"/milestone/(\d{1,18})$")


def _time(row: Row, name: str) -> datetime | None:
    value = row.get(name)
    return value if isinstance(value, datetime) else parse_time(value if isinstance(value, str) else None)


def _whole(row: Row, name: str) -> int:
    value = str(row.get(name) or "")
    return int(value) if value.isascii() and value.isdigit() else 0


def _texts(row: Row, name: str) -> list[str]:
    value = row.get(name)
    # rows from the store have lists, those of an export may have them as JSON
    found = json.loads(value) if isinstance(value, str) and value.startswith("[") else value
    return [str(one) for one in found or ()] if isinstance(found, list | tuple) else []


def main() -> None:
    """Serves a fake of the rows in a file."""
    parser = ArgumentParser(prog="from_records", description="A fake GitHub that holds what records say.")
    parser.add_argument("file", type=Path, help="rows by table, as JSON")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--token", default="t0ken", help="that may write")
    parser.add_argument("--login", default="fairlead", help="whose token it is")
    parser.add_argument("--webhooks", default="", help="address that webhooks are posted to")
    parser.add_argument("--secret", default="s3cret", help="that signs them")
    asked = parser.parse_args()
    fake = world(json.loads(asked.file.read_text(encoding="utf-8")), secret=asked.secret)
    if asked.webhooks:
        fake.hook.listeners.append(forwards(asked.webhooks))
    desk = Desk(fake)
    desk.sign_in.tokens[asked.token] = asked.login
    serve(desk, asked.port)


if __name__ == "__main__":
    main()
