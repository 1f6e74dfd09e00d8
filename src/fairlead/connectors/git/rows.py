"""Commits as git prints them -> rows of the record schema. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from fairlead.connectors.git.graph import Brought
from fairlead.connectors.git.guess import Guess
from fairlead.connectors.git.log import LoggedCommit
from fairlead.connectors.kit.trailers import trailers
from fairlead.model.rows import Rows
from fairlead.model.times import EPOCH

_RANK = 60
"""What git itself says of a commit wins over what a host's push tells of the same commit and second."""

_LATEST_VERSION_S = 4102444800
"""2100: a clock that ran far ahead must not outvote everything forever."""

_COMMIT = (
    "id", "source", "repository", "sha", "parents", "author", "committer", "author_name", "author_email",
    "authored_at", "committed_at", "message", "co_authors", "trailers",
)  # fmt: skip
_COUNTED = (*_COMMIT, "additions", "deletions", "files")
_FILE = ("id", "source", "commit", "repository", "path", "previous_path", "additions", "deletions")
_CHANGE = (
    "id", "source", "repository", "number", "title", "author", "state", "base_branch", "base_sha", "head_branch",
    "head_sha", "merge_sha", "merged_at", "merged_by", "closed_at", "updated_at", "commit_count",
)  # fmt: skip
_CHANGE_COMMIT = (
    "id", "source", "change", "commit", "sha", "position", "author", "author_email", "authored_at", "committed_at",
)  # fmt: skip
_ACCOUNT = ("id", "source", "name", "email")

_HOSTS_OWN = frozenset({"noreply@github.com"})
"""Committers that stand for the host's merge button and for nobody."""


class Accounts:
    """The authors met so far, each with the newest name."""

    def __init__(self) -> None:
        self._newest: dict[str, tuple[int, str]] = {}

    def meet(self, email: str, name: str, seconds: int | None) -> None:
        """Notes one appearance."""
        known = self._newest.get(email)
        if email and (known is None or (seconds or 0, name) > known):
            self._newest[email] = (seconds or 0, name)

    def rows(self, source: str) -> Rows:
        """One account for each address."""
        met = sorted(self._newest.items())
        return Rows(
            "accounts",
            _ACCOUNT,
            [(f"email:{email}", source, name, email) for email, (_, name) in met],
            [_version(seconds) for _, (seconds, _) in met],
            _RANK,
        )


class Tables:
    """Makes the rows of one repository."""

    def __init__(self, source: str, repository: str) -> None:
        self._source = source
        self._repository = repository

    def commits(
        self, batch: Sequence[LoggedCommit], uncounted: Mapping[str, tuple[str, ...]], lines: bool
    ) -> Iterator[Rows]:
        """Rows of commits and, where lines are known, of their files.

        `uncounted` are the commits at the end of a shallow clone with their true parents: git shows them as if they
        had added every file.
        """
        whole = [commit for commit in batch if lines and commit.sha not in uncounted]
        bare = [commit for commit in batch if not lines or commit.sha in uncounted]
        if whole:
            rows = [(*self._commit(commit, commit.parents), *_counts(commit)) for commit in whole]
            yield Rows("commits", _COUNTED, rows, [_version(commit.committed) for commit in whole], _RANK)
            yield from self._files(whole)
        if bare:
            rows = [self._commit(commit, uncounted.get(commit.sha, commit.parents)) for commit in bare]
            yield Rows("commits", _COMMIT, rows, [_version(commit.committed) for commit in bare], _RANK)

    def _commit(self, commit: LoggedCommit, parents: tuple[str, ...]) -> tuple[Any, ...]:
        said = trailers(commit.message)
        email = address(commit.author_email)
        return (
            f"{self._repository}@{commit.sha}",
            self._source,
            self._repository,
            commit.sha,
            parents,
            account(email),
            account(address(commit.committer_email)),
            commit.author_name,
            email,
            moment(commit.authored),
            moment(commit.committed),
            commit.message.rstrip("\n"),
            said.co_authors,
            said.others,
        )

    def _files(self, commits: Sequence[LoggedCommit]) -> Iterator[Rows]:
        rows: list[tuple[Any, ...]] = []
        versions: list[datetime] = []
        source, repository = self._source, self._repository
        for commit in commits:
            parent = f"{repository}@{commit.sha}"
            version = _version(commit.committed)
            for path, before, added, deleted in commit.stats:
                rows.append((f"{parent}:{path}", source, parent, repository, path, before, added, deleted))
                versions.append(version)
        if rows:
            yield Rows("commit_files", _FILE, rows, versions, _RANK)

    def change(
        self, guess: Guess, commit: LoggedCommit, brought: Sequence[Brought], default_branch: str
    ) -> list[Rows]:
        """A change that a commit tells of, with the commits that came with it."""
        merge = len(commit.parents) > 1
        name = guess.number if guess.number is not None else f"merge-{commit.sha[:12]}"
        change = f"{self._repository}{guess.mark}{name}"
        author = brought[0].author_email if merge and brought else commit.author_email
        merged = moment(commit.committed)
        row = (
            change, self._source, self._repository, guess.number, guess.title[:1000], account(address(author)),
            "merged", guess.base_branch or default_branch or None, commit.parents[0] if commit.parents else None,
            guess.head_branch or None, commit.parents[1] if merge else None, commit.sha, merged,
            _merger(commit, merge), merged, merged, len(brought) or None,
        )  # fmt: skip
        version = earliest_wins(commit.committed, merge)
        own = Rows("changes", _CHANGE, [row], [version])
        if not brought:
            return [own]
        rows = [self._change_commit(change, position, one) for position, one in enumerate(brought)]
        return [own, Rows("change_commits", _CHANGE_COMMIT, rows, [version] * len(rows))]

    def _change_commit(self, change: str, position: int, one: Brought) -> tuple[Any, ...]:
        email = address(one.author_email)
        return (
            f"{change}@{one.sha}", self._source, change, f"{self._repository}@{one.sha}", one.sha, position,
            account(email), email, moment(one.authored), moment(one.committed),
        )  # fmt: skip


def joined(parts: Iterable[Rows]) -> list[Rows]:
    """Rows of the same shape put together."""
    found: dict[tuple[str, tuple[str, ...], int], tuple[list[tuple[Any, ...]], list[datetime]]] = {}
    for part in parts:
        rows, versions = found.setdefault((part.table, part.fields, part.rank), ([], []))
        rows.extend(part.rows)
        versions.extend(part.at)
    return [Rows(table, fields, *held, rank) for (table, fields, rank), held in found.items()]


def address(email: str) -> str:
    """An address in the one form in which accounts hold it."""
    return email.strip().strip("<>").lower()


def account(email: str) -> str | None:
    """Account of an address; nobody for an empty one."""
    return f"email:{email}" if email else None


def moment(seconds: int | None) -> datetime | None:
    """As a time of the records; nothing for one beyond the year 9999, as broken converters of old histories leave."""
    try:
        return None if seconds is None else EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None


def earliest_wins(seconds: int | None, merge: bool) -> datetime:
    """Version time by which, of several commits that name one change, the first merge wins, else the first commit.

    Cherry-picks and back-ports repeat the number later. All of it lies before 1970, so that anything that a code
    host dates wins over what was inferred.
    """
    reach = timedelta(seconds=min(max(seconds or _LATEST_VERSION_S, 0), _LATEST_VERSION_S))
    return EPOCH - reach if merge else EPOCH - timedelta(seconds=_LATEST_VERSION_S) - reach / 1000


def _version(seconds: int | None) -> datetime:
    return EPOCH + timedelta(seconds=min(max(seconds or 0, 0), _LATEST_VERSION_S))


def _counts(commit: LoggedCommit) -> tuple[int | None, int | None, int | None]:
    if len(commit.parents) > 1:
        # git compares a merge with nothing: its lines are those of the commits that it brought
        return None, None, None
    added = sum(added or 0 for _, _, added, _ in commit.stats)
    return added, sum(deleted or 0 for _, _, _, deleted in commit.stats), len(commit.stats)


def _merger(commit: LoggedCommit, merge: bool) -> str | None:
    email = address(commit.author_email if merge else commit.committer_email)
    return account(email) if email not in _HOSTS_OWN else None
