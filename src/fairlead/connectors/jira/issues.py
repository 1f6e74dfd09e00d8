"""Issues: what one is now, from webhooks and from pages of the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import UNSET

from fairlead.connectors.jira import comments, history, links, sprints, statuses, versions
from fairlead.connectors.jira import fields as meanings
from fairlead.connectors.jira.prose import prose
from fairlead.connectors.jira.sheet import Sheet, id_of
from fairlead.connectors.kit.moments import EMBEDDED, GONE, SNAPSHOT, USUAL_RANK
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.worktypes import work_type
from fairlead.model.patch import OLDEST
from fairlead.model.records.kinds import Flag, Number, Text, Texts, Time
from fairlead.model.records.work import WorkItem

_ENDED = ("done", "canceled")
_LARGEST = 1e12
"""Larger points are a slip, and no sum of them says anything."""


def event(sheet: Sheet, payload: Doc, kind: str) -> None:
    """A `jira:issue_*` webhook."""
    issue = payload.need("issue")
    item = sheet.item(issue.need_text("key"))
    if kind == "jira:issue_deleted":
        at = sheet.date or OLDEST
        sheet.say(WorkItem(id=item, source=sheet.source, deleted_at=at), at, GONE)
        return
    fields = issue.need("fields")
    at = fields.time("updated") or sheet.date or OLDEST
    log = payload.child("changelog")
    actor = sheet.account(payload.child("user"))
    told = history.entry(sheet, log, at, actor) if log is not None and "items" in log and "id" in log else None
    _learn(sheet, fields, told)
    created = kind == "jira:issue_created"
    say(sheet, issue, EMBEDDED if created else USUAL_RANK)
    if created:
        _began(sheet, item, fields, _status(fields))
    elif told:
        history.tell(sheet, item, told, fields.child("status"))
        _by_name(sheet, item, fields, told)
        sheet.emit("dev.cdevents.ticket.updated.0.2.0", item, at)
    # Data Center sends a comment along with the issue that it is about
    if comment := payload.child("comment"):
        comments.say(sheet, comment, item)


def snapshot(sheet: Sheet, issue: Doc) -> None:
    """An issue as the search lists it, with its comments and the changelog as far as it fits."""
    fields = issue.need("fields")
    item = say(sheet, issue, SNAPSHOT)
    log = issue.child("changelog")
    told = [history.entry(sheet, one) for one in log.children("histories")] if log else []
    for each in told:
        history.tell(sheet, item, each)
    # a changelog that was cut off does not reach back to the beginning: its own pages do
    if log is not None and is_whole(log.data):
        _began(sheet, item, fields, history.first_status(told) or _status(fields))
    else:
        _began(sheet, item, fields, None)
    if inner := fields.child("comment"):
        for comment in inner.children("comments"):
            comments.say(sheet, comment, item)


def is_whole(changelog: Mapping[str, Any]) -> bool:
    """Whether a changelog that came along with an issue has all of its entries: the search cuts long ones off."""
    found, total = changelog.get("histories"), changelog.get("total")
    return type(found) is list and (type(total) is not int or total <= len(found))


def say(sheet: Sheet, issue: Doc, rank: int) -> str:
    """Says all that an issue object carries and gives the item's id."""
    key, fields = issue.need_text("key"), issue.need("fields")
    item, at = sheet.item(key), fields.time("updated") or OLDEST
    kind, names = fields.child("issuetype"), _labels(fields)
    resolution = _named(fields, "resolution")
    word = statuses.of(fields.child("status"), resolution, sheet.options, sheet.statuses)
    type_name = kind.text("name") if kind else UNSET
    parent, epic = _above(sheet, fields)
    project = fields.child("project")
    project_key = (project.text("key") if project else None) or key.rpartition("-")[0]
    sheet.say(
        WorkItem(
            id=item,
            source=sheet.source,
            url=_page(issue, key),
            created_at=fields.time("created"),
            updated_at=fields.time("updated"),
            key=key,
            external_id=id_of(issue) if "id" in issue else UNSET,
            project=project_key,
            team=_team(sheet, project_key),
            title=fields.text("summary"),
            body=prose(fields, "description"),
            type=type_name,
            work_type=_work_type(sheet, names, type_name, kind),
            status=_named(fields, "status") or UNSET,
            status_category=word,
            priority=_named(fields, "priority"),
            author=sheet.person(fields, "reporter") or sheet.person(fields, "creator"),
            assignee=sheet.person(fields, "assignee"),
            assignees=_assignees(sheet, fields),
            labels=names,
            points=_points(sheet, fields),
            parent=parent,
            epic=epic,
            sprint=_sprint(sheet, fields),
            milestone=versions.first(sheet, fields),
            due_at=fields.time("duedate"),
            closed_at=_closed(fields, word),
            resolution=resolution,
            flagged=_flagged(sheet, fields),
            restricted=bool(fields.child("security")) if "security" in fields else UNSET,
        ),
        at,
        rank,
    )
    links.snapshot(sheet, item, fields, at, rank)
    return item


def _learn(sheet: Sheet, fields: Doc, told: history.Entry | None) -> None:
    """What the custom fields of a webhook can only mean, where neither options nor sync say it."""
    known = meanings.recognised(fields)
    for each in told.items if told else ():
        meaning, identity = history.meaning(sheet, each), each.text("fieldId")
        if meaning in meanings.MEANINGS and identity and identity.startswith("customfield_"):
            known.setdefault(meaning, (identity,))
    sheet.learn({**known, **sheet.fields})


def _by_name(sheet: Sheet, item: str, fields: Doc, told: history.Entry) -> None:
    """Values that only the changelog names: Data Center does not say which field an entry is about."""
    said: dict[str, Any] = {}
    for each in told.items:
        meaning, shown = history.meaning(sheet, each), each.text("toString")
        if meaning in sheet.fields:
            continue
        if meaning == "points":
            said["points"] = _number(shown)
        elif meaning == "flagged":
            said["flagged"] = bool(shown)
        elif meaning == "sprint":
            said["sprint"] = sprints.last_of(sheet.source, each.text("to") or "")
        elif meaning == "epic":
            said["epic"] = sheet.item_named(shown)
    if said and "updated" in fields:
        sheet.say(WorkItem(id=item, source=sheet.source, **said), told.at, USUAL_RANK)


def _began(sheet: Sheet, item: str, fields: Doc, first: tuple[str, str] | None) -> None:
    """The beginning, and the status that it was made in where that is known."""
    created, status = fields.time("created"), fields.child("status")
    # a webhook about a comment carries an issue without its dates
    if not created:
        return
    # the category of a status that the issue still has stands beside it
    still = first is not None and status is not None and status.text("id") == first[0]
    word = statuses.of(status, None, sheet.options, sheet.statuses) if still else UNSET
    history.began(sheet, item, created, _creator(sheet, fields), first, word)
    sheet.emit("dev.cdevents.ticket.created.0.2.0", item, created)


def _status(fields: Doc) -> tuple[str, str] | None:
    status = fields.child("status")
    return (status.text("id") or "", status.text("name") or "") if status else None


def _creator(sheet: Sheet, fields: Doc) -> Text:
    return sheet.person(fields, "creator") or sheet.person(fields, "reporter")


def _page(issue: Doc, key: str) -> Text:
    """Address for people; through Atlassian's gateway an issue tells only the address of the API."""
    base, mark, _ = (issue.text("self") or "").partition("/rest/")
    return f"{base}/browse/{key}" if mark and "api.atlassian.com" not in base else UNSET


def _named(fields: Doc, key: str) -> Text:
    """Name of an object; a field that is null was emptied."""
    if key not in fields:
        return UNSET
    found = fields.child(key)
    return found.text("name") if found else None


def _labels(fields: Doc) -> Texts:
    """Labels and the names of components: both say what an issue is about."""
    if "labels" not in fields and "components" not in fields:
        return UNSET
    names = [one.text("name") for one in fields.children("components")]
    return tuple(sorted({*fields.texts("labels"), *(name for name in names if name)}))


def _work_type(sheet: Sheet, names: Texts, type_name: Text, kind: Doc | None) -> Text:
    found = work_type(names, type_name, sheet.options)
    level = kind.whole("hierarchyLevel") if kind else None
    # teams rename their epics; their level stays
    return "epic" if found == "other" and isinstance(level, int) and level >= 1 else found


def _above(sheet: Sheet, fields: Doc) -> tuple[Text, Text]:
    """Parent and epic. Cloud names an epic as parent; older projects have a field of their own for it."""
    # Jira leaves `parent` out where there is none; a whole issue is told from a part of one by its `updated`
    parent: Text = None if "updated" in fields else UNSET
    epic = parent
    if found := fields.child("parent"):
        parent = sheet.item_named(found.text("key")) or UNSET
        kind = inner.child("issuetype") if (inner := found.child("fields")) else None
        if kind and (kind.whole("hierarchyLevel") == 1 or (kind.text("name") or "").lower() == "epic"):
            epic = parent
    for name in sheet.fields.get("epic", ()):
        if linked := sheet.item_named(fields.plain(name)):
            epic = epic or linked
            parent = parent or linked
    known = epic is not None or sheet.fields.get("epic") or fields.child("parent")
    return parent, epic if known else UNSET


def _points(sheet: Sheet, fields: Doc) -> Number:
    """The first of the fields that holds something: a project that its team manages uses another than the rest."""
    found: Number = UNSET
    for name in sheet.fields.get("points", ()):
        if name in fields:
            value = fields.plain(name)
            found = _number(value)
            if found is not None and found is not UNSET:
                return found
    return found


def _number(value: object) -> Number:
    # Data Center writes numbers of a changelog as text, and an emptied one as an empty text
    if value is None or value == "":
        return None
    if type(value) not in (int, float, str):
        return UNSET
    try:
        number = float(value)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return UNSET
    return number if abs(number) < _LARGEST else UNSET


def _sprint(sheet: Sheet, fields: Doc) -> Text:
    """The first of the fields that names one: a Jira that was merged out of two has each field twice."""
    said = [sprints.of_issue(sheet, fields, name) for name in sheet.fields.get("sprint", ()) if name in fields]
    return next((one for one in said if one), None if None in said else UNSET)


def _flagged(sheet: Sheet, fields: Doc) -> Flag:
    names = [name for name in sheet.fields.get("flagged", ()) if name in fields]
    return any(fields.plain(name) for name in names) if names else UNSET


def _assignees(sheet: Sheet, fields: Doc) -> Texts:
    found = sheet.person(fields, "assignee")
    return UNSET if found is UNSET else (found,) if found else ()


def _closed(fields: Doc, word: Text) -> Time:
    """When it ended. A resolution may outlive a reopening, and some workflows set none."""
    if word not in _ENDED:
        return UNSET if word is UNSET else None
    ended: datetime | None = fields.time("resolutiondate") or None
    return ended or fields.time("statuscategorychangedate") or UNSET


def _team(sheet: Sheet, project: str) -> Text:
    own = sheet.options.get("teams")
    team = own.get(project) if isinstance(own, Mapping) else None
    return f"team:{team}" if isinstance(team, str) and team else UNSET
