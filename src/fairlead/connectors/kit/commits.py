"""Commits and tags of code hosts: by push GitHub, GitLab and those who followed them write the same object."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.kit.moments import SNAPSHOT, USUAL_RANK
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.sheet import Sheet
from fairlead.connectors.kit.trailers import trailers
from fairlead.model.patch import OLDEST
from fairlead.model.records.code import ChangeCommit, Commit, CommitFile
from fairlead.model.records.delivery import Release
from fairlead.model.records.kinds import Text, Texts, Time, Whole


def say_pushed_commit(
    sheet: Sheet, commit: Doc, at: Time, *, author: Text, committer: Text = UNSET, branch: Text = UNSET
) -> None:
    """A commit of a `push` webhook, with the names of the files that it touched."""
    sha, version, written = commit.need_text("id"), at or OLDEST, commit.child("author")
    identity = f"{sheet.repository}@{sha}"
    message, address = commit.text("message"), written.text("email") if written else UNSET
    read = trailers(message or "")
    sheet.say(
        Commit(
            id=identity,
            source=sheet.source,
            url=commit.text("url"),
            repository=sheet.repository,
            sha=sha,
            author=author,
            committer=committer,
            author_name=written.text("name") if written else UNSET,
            # in place of an address that is kept private stands a word
            author_email=address if address and "@" in address else UNSET,
            message=message,
            co_authors=read.co_authors,
            trailers=read.others,
            branch=branch,
        ),
        version,
        USUAL_RANK,
    )
    if isinstance(at, datetime):
        # A push has one time where a commit has two; what names both wins over it.
        sheet.say(Commit(id=identity, authored_at=at, committed_at=at), OLDEST)
    # a file that was renamed and changed stands in two of the lists
    for path in dict.fromkeys((*commit.texts("added"), *commit.texts("modified"), *commit.texts("removed"))):
        file = CommitFile(
            id=f"{identity}:{path}", source=sheet.source, commit=identity, repository=sheet.repository, path=path
        )
        sheet.say(file, version, USUAL_RANK)


def say_listed_commit(
    sheet: Sheet,
    sha: str,
    message: Text,
    committed_at: Time,
    *,
    url: Text,
    parents: Texts,
    author: Text,
    committer: Text,
    author_name: Text,
    author_email: Text,
    authored_at: Time,
    stats: Doc | None,
    files: Whole = UNSET,
) -> Commit:
    """A commit as an API lists or details it. Nothing of a commit ever changes, so its own time is its version."""
    read = trailers(message or "")
    commit = Commit(
        id=f"{sheet.repository}@{sha}",
        source=sheet.source,
        url=url,
        created_at=committed_at,
        repository=sheet.repository,
        sha=sha,
        parents=parents,
        author=author,
        committer=committer,
        author_name=author_name,
        author_email=author_email,
        authored_at=authored_at,
        committed_at=committed_at,
        message=message,
        co_authors=read.co_authors,
        trailers=read.others,
        # lists leave the numbers out, and no number is another thing than none
        additions=stats.whole("additions") if stats else UNSET,
        deletions=stats.whole("deletions") if stats else UNSET,
        files=files,
    )
    sheet.say(commit, committed_at or OLDEST, SNAPSHOT)
    return commit


def say_change_commit(sheet: Sheet, change: str, commit: Commit, position: Whole = UNSET) -> None:
    """That a commit belongs to a change, with what the commit says of itself: the change outlives its branch."""
    sheet.say(
        ChangeCommit(
            id=f"{change}@{commit.sha}",
            source=sheet.source,
            change=change,
            commit=commit.id,
            sha=commit.sha,
            position=position,
            author=commit.author,
            author_email=commit.author_email,
            authored_at=commit.authored_at,
            committed_at=commit.committed_at,
            message=commit.message,
        ),
        commit.committed_at or OLDEST,
        SNAPSHOT,
    )


def say_tag(
    sheet: Sheet,
    name: str,
    sha: Text,
    at: datetime,
    rank: int,
    *,
    published_at: Time = UNSET,
    deleted_at: Time = UNSET,
) -> None:
    """A tag of git, kept among the releases: what it means for a team is decided where releases are counted."""
    sheet.say(
        Release(
            id=f"{sheet.repository}/tag/{name}",
            source=sheet.source,
            repository=sheet.repository,
            tag=name,
            sha=sha,
            published_at=published_at,
            deleted_at=deleted_at,
            kind="tag",
        ),
        at,
        rank,
    )
