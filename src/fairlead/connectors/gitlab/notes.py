"""Notes: what people wrote, and what GitLab itself wrote about what they did."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.gitlab import change_events as told
from fairlead.connectors.gitlab.changes import embedded
from fairlead.connectors.gitlab.issues import say_issue
from fairlead.connectors.gitlab.sheet import Sheet, second
from fairlead.connectors.kit.happened import say_event, say_field, say_message, say_value
from fairlead.connectors.kit.moments import EMBEDDED, USUAL_RANK
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text

_HANDLE = r"@[\w](?:[\w.-]*[\w])?"
_ASKED = re.compile(rf"\brequested review from (?P<who>{_HANDLE}(?:(?:, | and |, and ){_HANDLE})*)")
_UNASKED = re.compile(rf"\bremoved review request for (?P<who>{_HANDLE}(?:(?:, | and |, and ){_HANDLE})*)")
_ASSIGNED = re.compile(rf"\bassigned to (?P<who>{_HANDLE}(?:(?:, | and |, and ){_HANDLE})*)")
_RELIEVED = re.compile(rf"\bunassigned (?P<who>{_HANDLE}(?:(?:, | and |, and ){_HANDLE})*)")
_RESET = re.compile(rf"\breset approvals from (?P<who>{_HANDLE}(?:(?:, | and |, and ){_HANDLE})*)")
_WHO = re.compile(_HANDLE)
_DRAFT = re.compile(
    r"^marked (?:this merge request as \*\*(?P<word>draft|ready)\*\*|as a \*\*work in progress\*\*)", re.I
)
_UNDRAFT = re.compile(r"^unmarked (?:this merge request )?as a (?:\*\*)?(?:draft|work in progress)", re.I)
_RENAMED = re.compile(r"^changed title from \*\*(?P<old>.*?)\*\* to \*\*(?P<new>.*)\*\*$", re.S)
_BASE = re.compile(r"^changed target branch from `(?P<old>[^`]+)` to `")
_MARKUP = re.compile(r"\{\+.*?\+\}|\{-|-\}")
_MARKUP_NEW = re.compile(r"\{-.*?-\}|\{\+|\+\}")


def note_event(sheet: Sheet, payload: Doc) -> None:
    """A `note` webhook: on a merge request an event of the change, elsewhere a message."""
    note = payload.need("object_attributes")
    author = sheet.person(payload, "user")
    # an edit comes in the name of the editor, and says the author by number alone
    if note.whole("author_id") not in (None, UNSET):
        author = sheet.numbered(note, "author_id")
    body = note.text("note")
    if change := payload.child("merge_request"):
        _comment(sheet, note, embedded(sheet, change), author, body)
    elif issue := payload.child("issue"):
        _message(sheet, note, say_issue(sheet, issue, UNSET, EMBEDDED), author, body)
    elif commit := payload.child("commit"):
        _message(sheet, note, f"{sheet.repository}@{commit.need_text('id')}", author, body)


def note_page(sheet: Sheet, note: Doc) -> None:
    """A note as the API lists it; whose it is stands in the path of the page."""
    about = sheet.headers.get("about", "")
    if not about:
        note.wrong("noteable_iid", "the page does not tell what it is about")
    author, body = sheet.person(note, "author"), note.text("body")
    if "!" in about:
        if note.flag("system"):
            system_note(sheet, body or "", about, second(note, "created_at"), author)
        else:
            _comment(sheet, note, about, author, body)
    elif note.flag("system"):
        issue_note(sheet, body or "", about, second(note, "created_at"), author)
    else:
        _message(sheet, note, about, author, body)


def system_note(sheet: Sheet, body: str, change: str, at: object, actor: Text) -> None:
    """What GitLab wrote about a merge request. Its words are the only place where the API keeps these acts."""
    if not isinstance(at, datetime):
        return
    text = body.strip()
    if text == "approved this merge request":
        told.approved(sheet, change, at, actor)
    elif text == "unapproved this merge request":
        told.unapproved(sheet, change, at, actor, actor)
    # neither a webhook nor a list tells of it: this sentence is all there is
    elif text == "requested changes":
        say_event(sheet, change, "changes_requested", at, actor=actor)
    elif reset := _RESET.search(text):
        for whom in _named(sheet, reset["who"]):
            told.unapproved(sheet, change, at, actor, whom)
    elif draft := _DRAFT.match(text):
        told.drafted(sheet, change, at, actor, (draft["word"] or "draft").lower() == "draft")
    elif _UNDRAFT.match(text):
        told.drafted(sheet, change, at, actor, False)
    elif renamed := _RENAMED.match(text):
        say_event(sheet, change, "renamed", at, actor=actor, detail=_MARKUP.sub("", renamed["old"]))
    elif base := _BASE.match(text):
        say_event(sheet, change, "base_changed", at, actor=actor, detail=base["old"])
    else:
        _people(sheet, text, change, at, actor)


def issue_note(sheet: Sheet, body: str, item: str, at: object, actor: Text) -> None:
    """What GitLab wrote about an issue."""
    if not isinstance(at, datetime):
        return
    text = body.strip()
    if renamed := _RENAMED.match(text):
        old, new = _MARKUP.sub("", renamed["old"]), _MARKUP_NEW.sub("", renamed["new"])
        say_field(sheet, item, "title", at, actor, old, new)
    for pattern, came in ((_ASSIGNED, True), (_RELIEVED, False)):
        if found := pattern.search(text):
            for whom in _named(sheet, found["who"]):
                say_value(sheet, item, "assignee", at, actor, whom, came)


def _people(sheet: Sheet, text: str, change: str, at: datetime, actor: Text) -> None:
    # one note may ask three people and relieve two
    for pattern, say, came in (
        (_ASKED, told.requested, True),
        (_UNASKED, told.requested, False),
        (_ASSIGNED, told.assigned, True),
        (_RELIEVED, told.assigned, False),
    ):
        if found := pattern.search(text):
            for whom in _named(sheet, found["who"]):
                say(sheet, change, at, actor, whom, came)


def _named(sheet: Sheet, text: str) -> list[str]:
    return [sheet.named(handle[1:]) for handle in _WHO.findall(text)]


def _comment(sheet: Sheet, note: Doc, change: str, author: Text, body: Text) -> None:
    if note.flag("system"):
        system_note(sheet, body or "", change, second(note, "created_at"), author)
        return
    position = note.child("position")
    say_event(
        sheet,
        change,
        "commented",
        note.need_time("created_at").replace(microsecond=0),
        key=f"comment/{note.need_whole('id')}",
        actor=author,
        body=body,
        detail=(position.text("new_path") or position.text("old_path")) if position else UNSET,
        sha=(position.text("head_sha") if position else None) or UNSET,
        updated_at=second(note, "updated_at"),
        rank=USUAL_RANK,
    )


def _message(sheet: Sheet, note: Doc, about: str, author: Text, body: Text) -> None:
    at = note.need_time("created_at").replace(microsecond=0)
    inner, written = note.flag("internal"), second(note, "updated_at")
    say_message(sheet, about, note.need_whole("id"), at, author, body, updated_at=written, restricted=inner)
