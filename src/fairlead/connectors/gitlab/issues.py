"""Issues, tasks, incidents and epics: the object by webhook and by API, and the events beside it."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.gitlab import change_events
from fairlead.connectors.gitlab import issue_events as told
from fairlead.connectors.gitlab.change_diff import labels as label_moves
from fairlead.connectors.gitlab.change_diff import moved, people
from fairlead.connectors.gitlab.changes import titles
from fairlead.connectors.gitlab.places import epic_of, group_of, iteration_of, milestone_of
from fairlead.connectors.gitlab.sheet import Sheet, second, seconds
from fairlead.connectors.kit.happened import say_event, say_field, say_link, say_value
from fairlead.connectors.kit.moments import EMBEDDED, SNAPSHOT, USUAL_RANK
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.worktypes import work_type
from fairlead.model.patch import OLDEST
from fairlead.model.records.kinds import Text, Texts
from fairlead.model.records.work import WorkItem

_RANKS = {"open": 10, "update": 20, "close": 30, "reopen": 31}
_STATES = {"opened": "todo", "closed": "done"}
_LINKS = {"blocks": "blocks", "is_blocked_by": "blocks", "relates_to": "relates"}


def issue_event(sheet: Sheet, payload: Doc) -> None:
    """An `issue`, `work_item` or `epic` webhook."""
    found = payload.need("object_attributes")
    action = found.text("action") or "update"
    actor = sheet.person(payload, "user")
    assignees = sheet.people_of(payload, "assignees", found, "assignee_ids")
    item = say_issue(sheet, found, assignees, _RANKS.get(action, USUAL_RANK))
    at = seconds(found, "updated_at", "created_at")
    if action == "open":
        told.opened(sheet, item, second(found, "created_at") or at, actor)
    elif action == "close":
        told.closed(sheet, item, second(found, "closed_at") or at, actor)
    elif action == "reopen":
        told.reopened(sheet, item, at, actor)
    else:
        sheet.emit("dev.cdevents.ticket.updated.0.2.0", item, at, action=action)
    if action != "open" and (changes := payload.child("changes")):
        _differences(sheet, changes, item, at, actor)


def issue_page(sheet: Sheet, found: Doc) -> None:
    """An issue or epic as the API lists it, with the transitions that the object itself dates."""
    item = say_issue(sheet, found, sheet.people_of(found, "assignees", found, "assignee_ids"), SNAPSHOT)
    if created := second(found, "created_at"):
        told.opened(sheet, item, created, sheet.person(found, "author"))
    ended = second(found, "closed_at")
    # The events of an issue tell each of its closings; those of an epic are not listed, so its last one is here.
    if ended and not sheet.repository and found.text("state") == "closed":
        told.closed(sheet, item, ended, sheet.person(found, "closed_by") or UNSET)


def link_page(sheet: Sheet, found: Doc) -> None:
    """A link of the issue that the page was asked for: the other issue, and what it is to this one."""
    here = sheet.headers.get("about", "")
    references = found.child("references")
    full = references.text("full") if references else None
    # what newer plans may invent has no meaning that anybody agreed on
    kind = _LINKS.get(found.text("link_type") or "")
    if not here or not full or not kind:
        return
    other = f"{sheet.source}:{full}"
    # each end lists the link, from its own side: one direction is kept
    first, second_ = (other, here) if found.text("link_type") == "is_blocked_by" else (here, other)
    at = seconds(found, "link_updated_at", "link_created_at")
    drawn = second(found, "link_created_at")
    say_link(sheet, first, kind, second_, max(at, sheet.date or at), SNAPSHOT, created_at=drawn, deleted_at=None)


def say_issue(sheet: Sheet, found: Doc, assignees: Texts, rank: int) -> str:
    """Says all that an issue object carries and gives the item's id."""
    number = found.need_whole("iid")
    url = found.text("web_url") or found.text("url") or ""
    group = group_of(url)
    if not sheet.repository and not group:
        found.wrong("url", "names neither a project nor a group")
    home = sheet.repository or f"{sheet.source}:{group}"
    item = f"{home}{'#' if sheet.repository else '&'}{number}"
    names, external = titles(found), found.whole("id")
    state, kind = found.text("state"), _type(found, sheet.repository == "")
    closed, category = state == "closed", _STATES.get(state or "", UNSET)
    status: Text = state if category else UNSET
    # What came with a comment or an edit repeats the state and does not move it. Said as of the edit it would hide a
    # status of the team's own, which only the sync knows: so it counts as the word of the beginning.
    still = rank in (USUAL_RANK, EMBEDDED)
    author = sheet.person(found, "author") if "author" in found else sheet.numbered(found, "author_id")
    sheet.say(
        WorkItem(
            id=item,
            source=sheet.source,
            url=url or UNSET,
            created_at=second(found, "created_at"),
            updated_at=second(found, "updated_at"),
            key=item.partition(":")[2],
            external_id=str(external) if external else UNSET,
            repository=sheet.repository or UNSET,
            title=found.text("title"),
            body=found.text("description") or (None if "description" in found else UNSET),
            type=kind,
            work_type=work_type(names, kind, sheet.options),
            status=UNSET if still else status,
            status_category=UNSET if still else category,
            priority=_severity(found),
            author=author,
            assignees=assignees,
            assignee=(assignees[0] if assignees else None) if isinstance(assignees, tuple) else UNSET,
            labels=names,
            points=found.number("weight"),
            epic=epic_of(sheet, found),
            sprint=iteration_of(sheet, found),
            milestone=milestone_of(sheet, found),
            due_at=found.time("due_date"),
            closed_at=second(found, "closed_at") if closed else None if state == "opened" else UNSET,
            # a token of less than a planner lists no confidential issue but those of its own user
            restricted=found.flag("confidential"),
        ),
        seconds(found, "updated_at", "created_at"),
        rank,
    )
    if still and category:
        record = WorkItem(id=item, source=sheet.source, status=status, status_category=category)
        sheet.say(record, second(found, "created_at") or OLDEST, rank)
    return item


def label_event_page(sheet: Sheet, found: Doc) -> None:
    """A label that came or went, of a change or an issue."""
    about, at, actor = _about(sheet, found)
    label = found.child("label")
    # a label that was deleted is null: that something came or went is all that is left
    if label is None:
        return
    name, came = label.need_text("name"), found.text("action") == "add"
    if "!" in about:
        change_events.labelled(sheet, about, at, actor, name, came)
    else:
        say_value(sheet, about, "labels", at, actor, name, came)


def milestone_event_page(sheet: Sheet, found: Doc) -> None:
    """A milestone that an issue or change entered or left."""
    about, at, actor = _about(sheet, found)
    milestone = found.child("milestone")
    came = found.text("action") == "add"
    if "!" in about:
        title = milestone.text("title") if milestone else UNSET
        change_events.milestoned(sheet, about, at, actor, title, came)
    elif milestone:
        say_value(
            sheet, about, "milestone", at, actor, f"{sheet.source}:milestone/{milestone.need_whole('id')}", came
        )


def iteration_events(sheet: Sheet, events: list[Doc]) -> None:
    """Iterations that an issue entered and left: a move is two events of one moment, and one change of the field."""
    moves: dict[tuple[str, datetime], tuple[Text, list[str], list[str]]] = {}
    for event in events:
        about, at, actor = _about(sheet, event)
        if iteration := event.child("iteration"):
            _, gone, come = moves.setdefault((about, at), (actor, [], []))
            side = come if event.text("action") == "add" else gone
            side.append(f"{sheet.source}:sprint/{iteration.need_whole('id')}")
    for (about, at), (actor, gone, come) in moves.items():
        say_field(sheet, about, "sprint", at, actor, ",".join(gone) or None, ",".join(come) or None)


def weight_events(sheet: Sheet, events: list[Doc]) -> None:
    """Weights in order; what was before the first of a page is not told."""
    before: Text = UNSET
    for event in sorted(events, key=lambda event: event.whole("id") or 0):
        about, at, actor = _about(sheet, event)
        now = _plain(event, "weight")
        say_field(sheet, about, "points", at, actor, before, now)
        before = now


def state_event_page(sheet: Sheet, found: Doc) -> None:
    """A change of state, of an issue or a change."""
    about, at, actor = _about(sheet, found)
    state = found.text("state")
    if "!" in about:
        if state == "closed":
            change_events.closed(sheet, about, at, actor)
        elif state == "reopened":
            say_event(sheet, about, "reopened", at, actor=actor)
        elif state == "merged":
            change_events.merged(sheet, about, at, actor)
    elif state == "closed":
        told.closed(sheet, about, at, actor)
    elif state == "reopened":
        told.reopened(sheet, about, at, actor)


def _about(sheet: Sheet, found: Doc) -> tuple[str, datetime, Text]:
    about = sheet.headers.get("about", "")
    if not about:
        found.wrong("resource_id", "the page does not tell what it is about")
    return about, found.need_time("created_at").replace(microsecond=0), sheet.person(found, "user")


def _differences(sheet: Sheet, changes: Doc, item: str, at: datetime, actor: Text) -> None:
    for label, came in label_moves(changes):
        say_value(sheet, item, "labels", at, actor, label, came)
    for whom, came in people(sheet, changes, "assignees"):
        say_value(sheet, item, "assignee", at, actor, whom, came)
    if title := moved(changes, "title"):
        say_field(sheet, item, "title", at, actor, *title)
    if milestone := changes.child("milestone_id"):
        # by number alone: titles of milestones are not in here
        for key, came in (("current", True), ("previous", False)):
            number = milestone.whole(key)
            if number and milestone.whole("current") != milestone.whole("previous"):
                say_value(sheet, item, "milestone", at, actor, f"{sheet.source}:milestone/{number}", came)
    if weight := changes.child("weight"):
        old, new = (_plain(weight, key) for key in ("previous", "current"))
        if old != new:
            say_field(sheet, item, "points", at, actor, old, new)


def _plain(doc: Doc, key: str) -> str | None:
    value = doc.number(key)
    return f"{value:g}" if isinstance(value, float) else None


def _type(found: Doc, of_group: bool) -> Text:
    """`issue_type` of the API is lower case, `type` of a webhook is a title; they mean the same."""
    word = found.text("issue_type") or found.text("type")
    if not word:
        return "Epic" if of_group else UNSET
    return word.replace("_", " ").capitalize()


def _severity(found: Doc) -> Text:
    """Incidents have a severity; that of all others is `unknown`."""
    word = found.text("severity")
    return word.lower() if word and word.lower() != "unknown" else UNSET
