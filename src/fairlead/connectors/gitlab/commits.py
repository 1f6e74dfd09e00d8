"""Commits: by push, and as the API gives them."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import UNSET

from fairlead.connectors.gitlab.releases import tag_pushed
from fairlead.connectors.gitlab.sheet import Sheet, second
from fairlead.connectors.kit.commits import say_change_commit, say_listed_commit, say_pushed_commit
from fairlead.connectors.kit.happened import say_pushed
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.code import Commit
from fairlead.model.records.kinds import Text
from fairlead.model.times import parse_time

_AT_ONCE = (timedelta(seconds=-1), timedelta(seconds=60))


def push(sheet: Sheet, payload: Doc) -> None:
    """A `push` or `tag_push` webhook. It has no time: its youngest commit tells when at the earliest."""
    ref, after = payload.need_text("ref"), payload.text("after") or ""
    commits = list(payload.children("commits"))
    at = max((moment for commit in commits if (moment := second(commit, "timestamp"))), default=OLDEST)
    for commit in commits:
        _pushed(sheet, commit)
    if ref.startswith("refs/tags/"):
        # when a tag was deleted nothing tells, so that waits for the next list of all tags
        if after.strip("0"):
            tag_pushed(sheet, ref.removeprefix("refs/tags/"), payload.text("checkout_sha") or after, at)
    # a deleted branch has no commits, and system hooks show none of any push: nobody can say when that was
    elif ref.startswith("refs/heads/") and at is not OLDEST:
        subject = f"{sheet.repository}/branch/{ref.removeprefix('refs/heads/')}"
        before = payload.text("before") or ""
        if before.strip("0") == "":
            sheet.emit("dev.cdevents.branch.created.0.3.0", subject, at)
        sheet.emit("dev.fairlead.commits.pushed.0.1.0", subject, at, before=before or None, after=after)


def commit_page(sheet: Sheet, found: Doc) -> Commit:
    """A commit as the API lists it, in a list of commits or of a merge request."""
    return say_listed_commit(
        sheet,
        found.need_text("id"),
        found.text("message"),
        second(found, "committed_date"),
        url=found.text("web_url"),
        # GitLab's lists of a merge request leave the parents out by an empty list
        parents=tuple(found.texts("parent_ids")) or UNSET,
        author=_who(sheet, found, "author"),
        committer=_who(sheet, found, "committer"),
        author_name=found.text("author_name"),
        author_email=found.text("author_email"),
        authored_at=second(found, "authored_date"),
        stats=found.child("stats"),
    )


def change_commit_page(sheet: Sheet, found: Doc) -> None:
    """A commit of the merge request that the page was asked for."""
    change = sheet.headers.get("about", "")
    if not change:
        found.wrong("id", "the page does not tell which merge request it is about")
    say_change_commit(sheet, change, commit_page(sheet, found))


def version_pages(sheet: Sheet, versions: list[Doc]) -> None:
    """Versions of a merge request's diff, newest first: each but the first of all was a push."""
    change = sheet.headers.get("about", "")
    notes = [note.partition("=") for note in sheet.headers.get("pushers", "").split()]
    pushers = [(found, handle) for text, _, handle in notes if (found := _moment(text))]
    for version in versions:
        sha, at = version.text("head_commit_sha"), second(version, "created_at")
        if change and sha and at and sha != sheet.headers.get("first"):
            # the note is written right after the version
            who = next((handle for noted, handle in pushers if _AT_ONCE[0] <= noted - at <= _AT_ONCE[1]), "")
            say_pushed(sheet, change, at, sheet.named(who) if who else UNSET, sha)


def _moment(text: str) -> datetime | None:
    try:
        return parse_time(text)
    except ValueError:
        return None


def _pushed(sheet: Sheet, commit: Doc) -> None:
    written = commit.child("author")
    author = sheet.git_author(written.text("name"), written.text("email")) if written else None
    say_pushed_commit(sheet, commit, second(commit, "timestamp"), author=author or UNSET)


def _who(sheet: Sheet, found: Doc, role: str) -> Text:
    if f"{role}_email" not in found:
        return UNSET
    return sheet.git_author(found.text(f"{role}_name"), found.text(f"{role}_email"))
