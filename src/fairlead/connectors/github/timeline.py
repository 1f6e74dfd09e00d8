"""Timelines and lists of issue events: the same events as the webhooks tell, by another way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.github import change_events as told
from fairlead.connectors.github import issue_events
from fairlead.connectors.github.comments import say_comment_on
from fairlead.connectors.github.commits import change_commit
from fairlead.connectors.github.reviews import say_comment, say_dismissed, say_review
from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.happened import say_event, say_pushed
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text

_SAME_ACT = timedelta(seconds=2)
"""A merge closes as well, at most a clock tick apart."""

_Say = Callable[[Sheet, str, str, datetime, Text, Doc], None]
_CONCERNING: Mapping[str, _Say] = MappingProxyType(
    dict.fromkeys(told.LABELLED, told.say_labelled)
    | dict.fromkeys(told.ASSIGNED, told.say_assigned)
    | dict.fromkeys(told.MILESTONED, told.say_milestoned)
    | dict.fromkeys(told.REQUESTED, told.say_requested)
)
_ONLY_OF_PULLS = frozenset(
    (
        "reviewed", "committed", "merged", "review_requested", "review_request_removed", "ready_for_review",
        "convert_to_draft", "head_ref_deleted", "head_ref_force_pushed", "review_dismissed", "line-commented",
    )
)  # fmt: skip


def timeline(sheet: Sheet, entries: list[Doc], about: str, is_pull: bool | None) -> None:
    """A page of one timeline; what it belongs to shows in its entries, unless the caller knows."""
    # an empty or short page may hold nothing that only one of the two has, and is then harmless as either
    if is_pull is None:
        is_pull = any(
            entry.text("event") in _ONLY_OF_PULLS or "/pull/" in (entry.text("html_url") or "") for entry in entries
        )
    if is_pull:
        of_pull(sheet, entries, about, [])
        return
    for entry in entries:
        _of_issue(sheet, entry, about)


def events_page(sheet: Sheet, entries: list[Doc]) -> None:
    """A page of the events of a whole repository; each names its issue or pull request."""
    pulls: dict[str, list[Doc]] = {}
    for entry in entries:
        issue = entry.need("issue")
        about = f"{sheet.repository}#{issue.need_whole('number')}"
        if "pull_request" in issue:
            pulls.setdefault(about, []).append(entry)
        else:
            _of_issue(sheet, entry, about)
    for about, own in pulls.items():
        # the page may end between the two events of a merge, and only its time tells what the closing beside it was
        held = own[0].need("issue").child("pull_request")
        merged = held.time("merged_at") if held else None
        of_pull(sheet, own, about, [merged] if merged else [])


def of_pull(sheet: Sheet, entries: Iterable[Doc], change: str, merged: list[datetime]) -> None:
    """Entries of one pull request; `merged` holds the times of merging that are known from elsewhere."""
    entries = list(entries)
    merges = merged + [entry.need_time("created_at") for entry in entries if entry.text("event") == "merged"]
    for entry in entries:
        event = entry.need_text("event")
        if event in _WITHOUT_TIME:
            _WITHOUT_TIME[event](sheet, entry, change)
            continue
        at = entry.time("created_at")
        # a merge is told as `merged` and as `closed`, in either order
        if not at or (event == "closed" and any(abs(at - merge) <= _SAME_ACT for merge in merges)):
            continue
        _pull_event(sheet, entry, change, event, at)


def _pull_event(sheet: Sheet, entry: Doc, change: str, event: str, at: datetime) -> None:
    actor = sheet.person(entry, "actor")
    if say := _CONCERNING.get(event):
        say(sheet, change, event, at, actor, entry)
    elif event == "removed_from_merge_queue" and (entry.text("reason") or "").upper() == "MERGE":
        return  # as by webhook, leaving the queue by the merge is the merge
    elif kind := told.PLAIN.get(event):
        say_event(sheet, change, kind, at, actor=actor, detail=entry.text("reason"))
    elif event == "merged":
        say_event(sheet, change, "merged", at, actor=actor, sha=entry.text("commit_id"))
    elif event == "closed":
        say_event(sheet, change, "closed", at, actor=actor)
    elif event == "renamed":
        rename = entry.child("rename")
        say_event(sheet, change, "renamed", at, actor=actor, detail=rename.text("from") if rename else UNSET)
    elif event == "base_ref_changed":
        say_event(sheet, change, "base_changed", at, actor=actor, detail=entry.text("from"))
    elif event == "head_ref_force_pushed":
        if sha := entry.text("commit_id"):
            say_pushed(sheet, change, at, actor, sha, forced=True)
    elif event == "review_dismissed":
        _dismissed(sheet, entry, change, at, actor)


def _dismissed(sheet: Sheet, entry: Doc, change: str, at: datetime, actor: Text) -> None:
    review = entry.child("dismissed_review")
    number = review.whole("review_id") if review else None
    # a review that was deleted with its author is null, and nobody's approval falls away by it
    if review and number:
        body = review.text("dismissal_message")
        say_dismissed(sheet, change, at, actor, str(number), review.text("state"), body)


def _line_comments(sheet: Sheet, entry: Doc, change: str) -> None:
    for comment in entry.children("comments"):
        say_comment(sheet, comment, change)


def _committed(sheet: Sheet, entry: Doc, change: str) -> None:
    """The timeline writes a commit flat, other pages write it below `commit`."""
    flat = {key: entry.data[key] for key in ("author", "committer", "message") if key in entry.data}
    rest = {key: value for key, value in entry.data.items() if key not in ("author", "committer", "message")}
    change_commit(sheet, Doc({**rest, "commit": flat}, entry.path), change, None)


_WITHOUT_TIME: Mapping[str, Callable[[Sheet, Doc, str], None]] = MappingProxyType(
    {
        "reviewed": say_review,
        "commented": say_comment,
        "committed": _committed,
        "line-commented": _line_comments,
        "commit-commented": lambda _sheet, _entry, _change: None,
    }
)
"""Entries that are objects of their own, with their own times."""


def _of_issue(sheet: Sheet, entry: Doc, item: str) -> None:
    event = entry.need_text("event")
    if event == "commented":
        say_comment_on(sheet, entry, item)
        return
    at = entry.time("created_at")
    if not at:
        return
    actor = sheet.person(entry, "actor")
    if event == "closed":
        issue_events.closed(sheet, item, at, actor, entry.text("state_reason"))
    elif event == "reopened":
        issue_events.reopened(sheet, item, at, actor)
    elif event == "renamed":
        rename = entry.child("rename")
        if rename:
            issue_events.renamed(sheet, item, at, actor, rename.text("from"), rename.text("to"))
    else:
        issue_events.changed(sheet, item, event, at, actor, entry)
