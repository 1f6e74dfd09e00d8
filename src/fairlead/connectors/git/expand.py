"""A range of refs -> the commits, files and inferred changes behind it, read from the repository in batches.

The object ids of the range fix what is read, so reading it again, even years later, gives the same records as long
as the repository still has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from fairlead.connectors.git.command import Git, locate
from fairlead.connectors.git.graph import Brought, Graph, in_order
from fairlead.connectors.git.guess import Guess, branch_of, is_integration, merged_change, squashed_change
from fairlead.connectors.git.log import LoggedCommit, commits
from fairlead.connectors.git.range import Range
from fairlead.connectors.git.rows import Accounts, Tables, address, joined
from fairlead.connectors.git.survey import present
from fairlead.connectors.kit.connector import Reading
from fairlead.model.rows import Rows

_BATCH_COMMITS = 4000
_BATCH_FILES = 24_000
_ONE_BY_ONE = 200
"""Merges up to which git is asked about each; above, one pass over all history is cheaper."""

_REBASED_S = 60
"""A commit whose author date lies this far before its commit date kept the author's own date."""


class _Walk:
    """What is noted while the commits of one range stream by."""

    def __init__(self, step: Range) -> None:
        self.lines = _integration_tips(step)
        self.on_line: dict[str, str] = dict(reversed(self.lines))
        self.merges: dict[str, tuple[Guess, LoggedCommit, str]] = {}
        self.accounts = Accounts()

    def follow(self, commit: LoggedCommit) -> str | None:
        """Integration branch on whose first-parent line the commit lies; children stream by before parents."""
        branch = self.on_line.pop(commit.sha, None)
        if branch is not None and commit.parents:
            self.on_line.setdefault(commit.parents[0], branch)
        return branch


def expand(step: Range, source: str) -> Iterator[Reading]:
    """Commits newest first, a reading for every batch; changes last, since merges need the whole graph."""
    git = locate(Path(step.path))
    revisions = _revisions(git, step)
    if not revisions:
        return
    tables, walk, graph = Tables(source, step.repository), _Walk(step), Graph()
    lines = not step.partial
    whole = not step.known
    batch: list[LoggedCommit] = []
    inferred: list[Rows] = []
    held = 0
    for commit in commits(git, revisions, numstat=lines, mailmap=step.mailmap):
        _meet(walk.accounts, commit)
        if step.infer_changes:
            if whole:
                graph.add(commit)
            inferred += _squashed(walk, tables, commit)
        batch.append(commit)
        held += len(commit.stats)
        if len(batch) >= _BATCH_COMMITS or held >= _BATCH_FILES:
            yield Reading(rows=[*tables.commits(batch, step.shallow, lines), *joined(inferred)])
            batch, held, inferred = [], 0, []
    rest = [*tables.commits(batch, step.shallow, lines), *joined(inferred), walk.accounts.rows(source)]
    yield Reading(rows=rest)
    if walk.merges:
        yield from _merged(git, step, walk, tables, graph if whole else None)


def _revisions(git: Git, step: Range) -> str:
    """What to walk. Commits that a force-push left behind may have been collected since: the rest still counts."""
    tips = step.tips()
    if not tips:
        return ""
    there = present(git, [*tips, *step.known])
    wanted = [tip for tip in tips if tip in there]
    known = [f"^{commit}" for commit in step.known if commit in there]
    return "\n".join([*wanted, *known]) + "\n" if wanted else ""


def _integration_tips(step: Range) -> list[tuple[str, str]]:
    """Tips of the branches that collect changes, the default branch first."""
    found: list[tuple[bool, str, str]] = []
    for ref, moved in step.refs.items():
        branch = branch_of(ref)
        if moved.new and branch and (branch == step.default_branch or is_integration(branch)):
            found.append((branch != step.default_branch, branch, moved.new))
    return [(tip, branch) for _, branch, tip in sorted(found)]


def _meet(accounts: Accounts, commit: LoggedCommit) -> None:
    accounts.meet(address(commit.author_email), commit.author_name, commit.authored)
    accounts.meet(address(commit.committer_email), commit.committer_name, commit.committed)


def _squashed(walk: _Walk, tables: Tables, commit: LoggedCommit) -> Sequence[Rows]:
    """Notes merges for later; gives the change of a squashed or rebased commit at once."""
    branch = walk.follow(commit)
    if len(commit.parents) > 1:
        guess = merged_change(commit, on_chain=branch is not None)
        if guess:
            walk.merges[commit.sha] = (guess, commit, branch or "")
    elif branch is not None and (guess := squashed_change(commit)):
        return tables.change(guess, commit, _own_date(commit), branch)
    return ()


def _own_date(commit: LoggedCommit) -> list[Brought]:
    """The commit itself where it was rebased; a squash made by a host says nothing about when its work began."""
    kept = commit.authored and commit.committed and commit.committed - commit.authored > _REBASED_S
    return [_as_brought(commit)] if kept else []


def _as_brought(commit: LoggedCommit) -> Brought:
    return Brought(commit.sha, commit.author_email, commit.authored, commit.committed)


def _merged(git: Git, step: Range, walk: _Walk, tables: Tables, graph: Graph | None) -> Iterator[Reading]:
    """Changes of all merges with the commits that each brought."""
    if graph is None and len(walk.merges) > _ONE_BY_ONE:
        graph = _whole_graph(git, step)
    left = dict(walk.merges)
    parts: list[Rows] = []
    for tip, _ in walk.lines if graph else ():
        assert graph is not None
        for sha, brought in graph.brought(tip):
            if sha in left:
                guess, commit, branch = left.pop(sha)
                parts += tables.change(guess, commit, brought, branch)
                if len(parts) >= _BATCH_COMMITS:
                    yield Reading(rows=joined(parts))
                    parts = []
    for guess, commit, branch in left.values():
        parts += tables.change(guess, commit, _ask(git, step, commit), branch)
    yield Reading(rows=joined(parts))


def _whole_graph(git: Git, step: Range) -> Graph:
    graph = Graph()
    for commit in commits(git, "\n".join(step.tips()) + "\n", numstat=False, mailmap=step.mailmap):
        graph.add(commit)
    return graph


def _ask(git: Git, step: Range, merge: LoggedCommit) -> Sequence[Brought]:
    """What one merge brought, by git itself."""
    first, *others = merge.parents
    revisions = "\n".join([*others, f"^{first}"]) + "\n"
    found = commits(git, revisions, numstat=False, mailmap=step.mailmap)
    return sorted((_as_brought(commit) for commit in found), key=in_order)
