"""What the API of the fake Jira changes, and the single things that a writer looks at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import msgspec

from fairlead.connectors.jira.fake_api import History, shown_comment
from fairlead.connectors.jira.prose import plain
from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.connectors.kit.fake.tool import Json, said


class Driven(History, Protocol):
    """What writes do to the fake, each as the driver call of its name does it."""

    effects: list[str]
    sprints: list[Json]

    @property
    def me(self) -> Json:
        """Whose token it is."""
        ...

    def at(self) -> datetime:
        """When it happens."""
        ...

    def create(self, key: str, title: str, by: Json, at: datetime, kind: str = "Story") -> Json:
        """A new issue."""
        ...

    def change(self, issue: Json, by: Json, at: datetime, **values: Any) -> None:
        """Fields set."""
        ...

    def comment(self, issue: Json, text: str, by: Json, at: datetime, role: str = "") -> Json:
        """A comment."""
        ...

    def unsay(self, issue: Json, comment: Json, at: datetime) -> None:
        """A comment taken back."""
        ...


_NEXT: Mapping[str, tuple[tuple[str, str], ...]] = {
    "To Do": (("11", "In Progress"), ("41", "Done")),
    "In Progress": (("21", "In Review"), ("31", "To Do"), ("41", "Done")),
    "In Review": (("11", "In Progress"), ("41", "Done")),
    "Done": (("31", "To Do"),),
}
"""Status -> transitions from it: id, and where it leads."""
_SPRINT = "customfield_10020"
_EDITABLE = ("summary", "description", "duedate")


def alone(fake: Driven, request: Request) -> Response | None:
    """A single thing by its path; `None` where the path names a list."""
    match request.path.strip("/").split("/")[3:]:
        case ["issue", key] if request.path.startswith("/rest/agile/"):
            issue = _issue(fake, key)
            return said(_in_agile(fake, issue)) if issue else _missing(key)
        case ["issue", key]:
            issue = _issue(fake, key)
            return said(fake.shown(issue, comments=True)) if issue else _missing(key)
        case ["issue", key, "transitions"]:
            issue = _issue(fake, key)
            return said({"expand": "transitions", "transitions": _possible(issue)}) if issue else _missing(key)
        case ["issue", key, "properties", name]:
            return _property(_issue(fake, key), name)
        case ["issue", key, "comment", number]:
            found = _comment(fake, number)
            return said(found) if found and _issue(fake, key) else _missing(number)
        case ["comment", number, "properties", name]:
            return _property(_comment(fake, number), name)
    return None


def write(fake: Driven, request: Request) -> Response:
    """The answer to a request that changes something."""
    asked = msgspec.json.decode(request.body or b"{}")
    parts = request.path.strip("/").split("/")[3:]
    if parts == ["issue"] and request.method == "POST":
        return _create(fake, asked)
    match request.method, parts:
        case "POST", ["sprint", number, "issue"]:
            return _plan(fake, asked, number)
        case "POST", ["backlog", "issue"]:
            return _plan(fake, asked)
    issue = _issue(fake, parts[1]) if parts[0] == "issue" and len(parts) > 1 else None
    if issue is None:
        return _missing("")
    match request.method, parts[2:]:
        case "PUT", []:
            return _edit(fake, issue, asked)
        case "PUT", ["assignee"]:
            return _assign(fake, issue, asked)
        case "POST", ["comment"]:
            return _say(fake, issue, asked)
        case "POST", ["transitions"]:
            return _move(fake, issue, asked)
        case "DELETE", ["comment", number]:
            found = _comment(fake, number)
            if found is None:
                return _missing(number)
            fake.unsay(issue, found, fake.at())
            fake.effects.append(f"delete_comment {issue['key']}")
            return Response(204)
    return Response(405)


def _say(fake: Driven, issue: Json, asked: Json) -> Response:
    body = asked.get("body")
    # version 3 takes documents alone, version 2 texts alone
    if not plain(body).strip() or isinstance(body, dict) is not fake.cloud:
        return _faults(comment="Comment body can not be empty!")
    if len(plain(body)) > 32_767:
        return _faults(comment="The entered text is too long. It exceeds the allowed limit of 32,767 characters.")
    found = fake.comment(issue, plain(body), fake.me, fake.at())
    found |= {"body": body, "properties_of": {one["key"]: one for one in asked.get("properties") or ()}}
    fake.effects.append(f"comment {issue['key']}")
    return said(shown_comment(found), 201)


def _create(fake: Driven, asked: Json) -> Response:
    fields = asked.get("fields") or {}
    key = (fields.get("project") or {}).get("key")
    if not isinstance(key, str) or key not in {one["key"] for one in fake.projects}:
        return _faults(project="valid project is required")
    if not fields.get("summary"):
        return _faults(summary="You must specify a summary of the issue.")
    kind = (fields.get("issuetype") or {}).get("name", "")
    if kind not in ("Epic", "Story", "Bug", "Task"):
        return _faults(issuetype="Specify a valid issue type")
    issue = fake.create(key, fields["summary"], fake.me, fake.at(), kind)
    issue["properties_of"] = {one["key"]: one for one in asked.get("properties") or ()}
    values: dict[str, Any] = {}
    if fields.get("labels"):
        values["labels"] = fields["labels"]
    if fields.get("assignee"):
        values["assignee"] = _named(fake, fields["assignee"])
    issue["fields"]["description"] = fields.get("description")
    fake.change(issue, fake.me, fake.at(), **values)
    fake.effects.append(f"create {issue['key']}")
    return said({key: issue[key] for key in ("id", "key", "self")}, 201)


def _edit(fake: Driven, issue: Json, asked: Json) -> Response:
    values: dict[str, Any] = {}
    for name, value in (asked.get("fields") or {}).items():
        if name not in _EDITABLE:
            return _faults(**{name: f"Field '{name}' cannot be set. It is not on the appropriate screen."})
        values[name] = value
    labels = list(issue["fields"]["labels"])
    for step in (asked.get("update") or {}).get("labels") or ():
        labels = [one for one in labels if one not in step.values()] + ([step["add"]] if "add" in step else [])
    if sorted(labels) != sorted(issue["fields"]["labels"]):
        values["labels"] = labels
    fake.change(issue, fake.me, fake.at(), **values)
    fake.effects += [f"edit {name} {issue['key']}" for name in values]
    return Response(204)


def _assign(fake: Driven, issue: Json, asked: Json) -> Response:
    name = asked.get("accountId") or asked.get("name")
    who = _named(fake, asked) if name else None
    if name and who is None:
        return _faults(assignee=f"User '{name}' cannot be assigned issues.")
    fake.change(issue, fake.me, fake.at(), assignee=who)
    fake.effects.append(f"assign {name or 'nobody'} {issue['key']}")
    return Response(204)


def _in_agile(fake: Driven, issue: Json) -> Json:
    """An issue as the Agile API shows it: its one open sprint apart from those that are closed."""
    held = [one for one in fake.sprints if one["id"] in (issue["fields"][_SPRINT] or ())]
    there = next((one for one in held if one["state"] != "closed"), None)
    return {key: issue[key] for key in ("id", "key", "self")} | {"fields": {"sprint": there}}


def _plan(fake: Driven, asked: Json, number: str = "") -> Response:
    sprint = next((one for one in fake.sprints if str(one["id"]) == number), None)
    if number and sprint is None:
        return said({"errorMessages": ["The sprint does not exist or you do not have permission"]}, 404)
    if sprint and sprint["state"] == "closed":
        return said({"errorMessages": ["The sprint is closed: issues can only be moved to open sprints"]}, 400)
    for key in asked.get("issues") or ():
        issue = _issue(fake, key)
        if issue is None:
            return _missing("")
        fake.change(issue, fake.me, fake.at(), sprint=sprint)
        fake.effects.append(f"sprint {number or 'none'} {key}")
    return Response(204)


def _move(fake: Driven, issue: Json, asked: Json) -> Response:
    number = (asked.get("transition") or {}).get("id")
    found = next((one for one in _possible(issue) if one["id"] == number), None)
    if found is None:
        return said({"errorMessages": ["It is not on the appropriate screen, or unknown: transition."]}, 400)
    fake.change(issue, fake.me, fake.at(), status=found["to"]["name"])
    fake.effects.append(f"status {found['to']['name']} {issue['key']}")
    return Response(204)


def _possible(issue: Json) -> list[Json]:
    names = _NEXT[issue["fields"]["status"]["name"]]
    return [{"id": number, "name": f"Move to {to}", "to": {"name": to}} for number, to in names]


def _named(fake: Driven, said: Json) -> Json | None:
    key = "accountId" if fake.cloud else "name"
    return next((one for one in fake.users if one[key] == said.get(key)), None)


def _issue(fake: Driven, key: str) -> Json | None:
    return next((one for one in fake.issues if one["key"] == key and not one["fields"]["security"]), None)


def _comment(fake: Driven, number: str) -> Json | None:
    return next((one for issue in fake.issues for one in issue["fields"]["comment"] if one["id"] == number), None)


def _property(thing: Json | None, name: str) -> Response:
    found = (thing or {}).get("properties_of", {}).get(name)
    return said(found) if found else _missing(name)


def _missing(what: str) -> Response:
    words = f"The property {what} does not exist." if what else "Issue does not exist or you do not have permission"
    return said({"errorMessages": [words], "errors": {}}, 404)


def _faults(**errors: str) -> Response:
    return said({"errorMessages": [], "errors": errors}, 400)
