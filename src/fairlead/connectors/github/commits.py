"""Commits: by push, and as the API gives them."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.github.refs import tag_pushed
from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.commits import say_change_commit, say_listed_commit, say_pushed_commit
from fairlead.connectors.kit.moments import SNAPSHOT
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.code import Commit, CommitFile
from fairlead.model.records.kinds import Text


def push(sheet: Sheet, payload: Doc) -> None:
    """A `push` webhook: new commits of a branch, or a tag."""
    ref = payload.need_text("ref")
    after = payload.need_text("after")
    branch = ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else None
    for commit in payload.children("commits"):
        _pushed_commit(sheet, commit, branch)
    head = payload.child("head_commit")
    # `pushed_at` is a number here and a text everywhere else
    at = _pushed_at(payload, head)
    if ref.startswith("refs/tags/"):
        sha = head.text("id") if head else after
        tag_pushed(sheet, ref.removeprefix("refs/tags/"), sha or after, at, deleted=after.strip("0") == "")
    elif branch is not None:
        _branch_events(sheet, payload, branch, at)


def commit_page(sheet: Sheet, found: Doc) -> Commit:
    """A commit as the API lists or details it, with numstat where there is one."""
    sha = found.need_text("sha")
    inner = found.need("commit")
    author, committer = inner.child("author"), inner.child("committer")
    files = list(found.children("files"))
    committed = committer.time("date") if committer else None
    commit = say_listed_commit(
        sheet,
        sha,
        inner.text("message"),
        committed,
        url=found.text("html_url"),
        parents=tuple(parent.need_text("sha") for parent in found.children("parents")),
        author=_who(sheet, author, found.child("author")),
        committer=_who(sheet, committer, found.child("committer")),
        author_name=author.text("name") if author else UNSET,
        author_email=author.text("email") if author else UNSET,
        authored_at=author.time("date") if author else UNSET,
        stats=found.child("stats"),
        files=len(files) if "files" in found else UNSET,
    )
    for file in files:
        _numstat(sheet, commit.id, file, committed or OLDEST)
    return commit


def change_commit(sheet: Sheet, found: Doc, change: str, position: int | None) -> None:
    """A commit of a pull request; the position is unknown on a page that may not be the first."""
    say_change_commit(sheet, change, commit_page(sheet, found), UNSET if position is None else position)


def _pushed_commit(sheet: Sheet, commit: Doc, branch: str | None) -> None:
    author, committer = _username(sheet, commit.child("author")), _username(sheet, commit.child("committer"))
    # A commit that is not distinct was on another branch before.
    new = branch if branch and commit.flag("distinct") is not False else UNSET
    say_pushed_commit(sheet, commit, commit.time("timestamp"), author=author, committer=committer, branch=new)


def _branch_events(sheet: Sheet, payload: Doc, branch: str, at: datetime) -> None:
    subject = f"{sheet.repository}/branch/{branch}"
    if payload.flag("deleted"):
        sheet.emit("dev.cdevents.branch.deleted.0.3.0", subject, at)
        return
    if payload.flag("created"):
        sheet.emit("dev.cdevents.branch.created.0.3.0", subject, at)
    sheet.emit(
        "dev.fairlead.commits.pushed.0.1.0",
        subject,
        at,
        before=payload.text("before") or None,
        after=payload.text("after") or None,
        forced=payload.flag("forced") is True,
    )


def _pushed_at(payload: Doc, head: Doc | None) -> datetime:
    repository = payload.child("repository")
    pushed = repository.time("pushed_at") if repository else None
    return pushed or (head.time("timestamp") if head else None) or OLDEST


def _username(sheet: Sheet, who: Doc | None) -> Text:
    if who is None:
        return UNSET
    return sheet.commit_author(who.text("name"), who.text("email"), who.text("username"))


def _who(sheet: Sheet, written: Doc | None, user: Doc | None) -> Text:
    """The account of an address; whom the host takes it to be comes as a user beside it."""
    if written is None:
        return UNSET
    # beside the commit stands an account, or null where GitHub knows no such address
    login = user.text("login") if user else None
    sheet.account(user)
    return sheet.commit_author(written.text("name"), written.text("email"), login)


def _numstat(sheet: Sheet, commit: str, file: Doc, at: datetime) -> None:
    path = file.need_text("filename")
    sheet.say(
        CommitFile(
            id=f"{commit}:{path}",
            source=sheet.source,
            commit=commit,
            repository=sheet.repository,
            path=path,
            previous_path=file.text("previous_filename"),
            additions=file.whole("additions"),
            deletions=file.whole("deletions"),
        ),
        at,
        SNAPSHOT,
    )
