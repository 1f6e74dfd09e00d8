"""`FakeJira`: drive it, and it sends signed webhooks and answers the APIs about one and the same history.

fake = FakeJira(secret="s3cret", user="bot@acme.example", token="t0ken")
kim = fake.add_user("Kim Adler", "kim@acme.example")
fake.add_project("ACME")
issue = fake.create("ACME", "Pay by card", kim, at=t0)
fake.change(issue, kim, at=t1, status="In Progress", points=3)
fake.sent                              # what Jira would have sent
FakeTransport(fake)                    # for httpx; `kit.fake.server.app(fake)` for sockets
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import msgspec

from fairlead.connectors.jira.fake_api import answer, shown_comment
from fairlead.connectors.jira.fake_writes import alone, write
from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.connectors.kit.fake.tool import FakeTool, Json

_STATUSES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "To Do": ("10000", "new"),
        "In Progress": ("10001", "indeterminate"),
        "In Review": ("10003", "indeterminate"),
        "Done": ("10002", "done"),
    }
)
_TYPES: Mapping[str, str] = MappingProxyType({"Epic": "10100", "Story": "10101", "Bug": "10102", "Task": "10103"})
CUSTOM: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "sprint": ("customfield_10020", "Sprint"),
        "points": ("customfield_10016", "Story Points"),
        "flagged": ("customfield_10021", "Flagged"),
    }
)
"""Our word -> id and name of a custom field."""
BLOCKS: Json = {"id": "10200", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}


@dataclass
class FakeJira(FakeTool):
    """One site. Calls come in the order of time; each takes `at`."""

    secret: str
    user: str
    token: str
    cloud: bool = True
    zone: str = "Europe/Berlin"
    """Of the account that asks: JQL goes by it."""
    embedded: int = 40
    """So many entries of a changelog come along with an issue of a search."""
    most: int = 100
    """So many entries a page of a list holds at the most, whatever is asked for."""
    hide_comments: bool = False
    """Whether the field of comments is hidden, as a field configuration may do."""
    base: str = "https://acme.atlassian.net"
    users: list[Json] = field(default_factory=list)
    projects: list[Json] = field(default_factory=list)
    boards: list[Json] = field(default_factory=list)
    sprints: list[Json] = field(default_factory=list)
    versions: list[Json] = field(default_factory=list)
    issues: list[Json] = field(default_factory=list)
    _numbers: int = field(default=20000, kw_only=True)

    def add_user(self, name: str, email: str) -> Json:
        """Somebody; Cloud hides addresses, Data Center shows them."""
        number = self.number()
        # Data Center knows nothing of account ids, and Cloud nothing of logins
        if self.cloud:
            user = {"accountId": f"712020:{number}", "displayName": name, "accountType": "atlassian", "active": True}
        else:
            login = email.partition("@")[0]
            user = {"name": login, "key": f"JIRAUSER{number}", "displayName": name, "emailAddress": email}
        self.users.append(user)
        return user

    def add_project(self, key: str) -> Json:
        """A project with a board of its own."""
        project = {"id": str(self.number()), "key": key, "name": key.title(), "self": f"{self.base}/rest/api/2/x"}
        self.projects.append(project)
        place = {"projectKey": key, "projectId": int(project["id"])}
        self.boards.append({"id": self.number(), "name": f"{key} board", "type": "scrum", "location": place})
        return project

    def add_sprint(self, key: str, name: str, start: datetime, end: datetime, at: datetime) -> Json:
        """A sprint to come."""
        board = next(one for one in self.boards if one["location"]["projectKey"] == key)
        times = {"startDate": _zulu(start), "endDate": _zulu(end)}
        sprint = {"id": self.number(), "state": "future", "name": name, "originBoardId": board["id"], "goal": ""}
        self.sprints.append(sprint := {**sprint, **times})
        self._send("sprint_created", at, sprint=sprint)
        return sprint

    def sprint_state(self, sprint: Json, state: str, at: datetime) -> None:
        """It begins (`active`), ends (`closed`) or is opened again (`active`)."""
        # that a sprint was reopened has no event of its own: it was updated
        kind = "sprint_closed" if state == "closed" else "sprint_started"
        if state == "active" and sprint.pop("completeDate", None):
            kind = "sprint_updated"
        sprint["state"] = state
        if state == "closed":
            sprint["completeDate"] = _zulu(at)
        self._send(kind, at, sprint=sprint)

    def add_version(self, key: str, name: str, at: datetime) -> Json:
        """A version of a project."""
        project = next(one for one in self.projects if one["key"] == key)
        version = {"id": str(self.number()), "name": name, "released": False, "archived": False}
        self.versions.append(version := {**version, "projectId": int(project["id"])})
        self._send("jira:version_created", at, version=version)
        return version

    def create(self, key: str, title: str, by: Json, at: datetime, kind: str = "Story") -> Json:
        """An issue comes into being."""
        project = next(one for one in self.projects if one["key"] == key)
        number = 1 + sum(one["key"].rpartition("-")[0] == key for one in self.issues)
        level = 1 if kind == "Epic" else 0
        fields: Json = {
            "summary": title, "description": None, "project": project, "created": _stamp(at), "updated": _stamp(at),
            "issuetype": {"id": _TYPES[kind], "name": kind, "hierarchyLevel": level, "subtask": False},
            "status": status("To Do"), "reporter": by, "creator": by, "assignee": None, "labels": [],
            "components": [], "fixVersions": [], "priority": {"id": "3", "name": "Medium"}, "resolution": None,
            "resolutiondate": None, "duedate": None, "issuelinks": [], "comment": [],
            "security": None,
            **{identity: None for identity, _ in CUSTOM.values()},
        }  # fmt: skip
        issue = {"id": str(self.number()), "key": f"{key}-{number}", "fields": fields, "histories": []}
        self.issues.append(issue | {"self": f"{self.base}/rest/api/2/issue/{issue['id']}"})
        self._tell("jira:issue_created", self.issues[-1], by, at)
        return self.issues[-1]

    def change(self, issue: Json, by: Json, at: datetime, **values: Any) -> None:
        """Sets fields: `status`, `points`, `sprint`, `flagged`, `assignee`, `labels`, `version`, `parent`, `summary`.

        A sprint that is `None` is the backlog.
        """
        items: list[Json] = []
        for name, value in values.items():
            items += self._set(issue["fields"], name, value, at)
        if items:
            self._log(issue, by, at, items)

    def link(self, blocker: Json, blocked: Json, by: Json, at: datetime) -> None:
        """One issue blocks another."""
        identity = self.number()
        self._send("issuelink_created", at, issueLink=_linked(identity, blocker, blocked))
        for one, other, end in ((blocker, blocked, "outwardIssue"), (blocked, blocker, "inwardIssue")):
            near = {"id": other["id"], "key": other["key"]}
            one["fields"]["issuelinks"].append({"id": str(identity), "type": BLOCKS, end: near})
            words = BLOCKS["outward" if end == "outwardIssue" else "inward"]
            sentence = f"This issue {words} {other['key']}"
            self._log(one, by, at, [_item("Link", None, None, other["key"], sentence, "issuelinks")])

    def unlink(self, blocker: Json, blocked: Json, by: Json, at: datetime) -> None:
        """It blocks the other no more."""
        self._send("issuelink_deleted", at, issueLink=_linked(self.number(), blocker, blocked))
        for one, other, words in ((blocker, blocked, "blocks"), (blocked, blocker, "is blocked by")):
            kept = [each for each in one["fields"]["issuelinks"] if other["key"] not in str(each)]
            one["fields"]["issuelinks"] = kept
            sentence = f"This issue {words} {other['key']}"
            self._log(one, by, at, [_item("Link", other["key"], sentence, None, None, "issuelinks")])

    def restrict(self, issue: Json, level: str, by: Json, at: datetime) -> None:
        """Only some may see it from now on, and the account that asks is none of them."""
        new = issue["fields"]["security"] = {"id": str(self.number()), "name": level}
        self._log(issue, by, at, [_item("security", None, None, *_pair(new), "security")])

    def comment(self, issue: Json, text: str, by: Json, at: datetime, role: str = "") -> Json:
        """Somebody says something; where a role is named, the account that asks has it not."""
        comment = {
            "id": str(self.number()),
            "author": by,
            "body": text,
            "created": _stamp(at),
            "updated": _stamp(at),
        }
        if role:
            comment["visibility"] = {"type": "role", "value": role, "identifier": role}
        issue["fields"]["comment"].append(comment)
        issue["fields"]["updated"] = _stamp(at)
        near = {"id": issue["id"], "key": issue["key"], "fields": {"summary": issue["fields"]["summary"]}}
        self._send("comment_created", at, comment=comment, issue=near)
        return comment

    def unsay(self, issue: Json, comment: Json, at: datetime) -> None:
        """A comment is taken back."""
        issue["fields"]["comment"].remove(comment)
        issue["fields"]["updated"] = _stamp(at)
        near = {"id": issue["id"], "key": issue["key"], "fields": {"summary": issue["fields"]["summary"]}}
        self._send("comment_deleted", at, comment=shown_comment(comment), issue=near)

    def move(self, issue: Json, key: str, by: Json, at: datetime) -> None:
        """To another project, where it gets another key."""
        project, old = next(one for one in self.projects if one["key"] == key), issue["fields"]["project"]
        number = 1 + max((int(one["key"].rpartition("-")[2]) for one in self.issues), default=0)
        was, issue["key"] = issue["key"], f"{key}-{number}"
        issue["fields"]["project"] = project
        items = [
            _item("project", old["id"], old["name"], project["id"], project["name"], "project"),
            _item("Key", None, was, None, issue["key"], "Key"),
        ]
        self._log(issue, by, at, items)

    def delete(self, issue: Json, by: Json, at: datetime, *, silent: bool = False) -> None:
        """It is gone; `silent` where no webhook tells it."""
        self.issues.remove(issue)
        if not silent:
            self._tell("jira:issue_deleted", issue, by, at)

    def knows(self, request: Request) -> bool:
        """At Cloud by address and token, at Data Center by token alone."""
        pair = base64.b64encode(f"{self.user}:{self.token}".encode()).decode()
        return request.headers.get("authorization") == (f"Basic {pair}" if self.cloud else f"Bearer {self.token}")

    def answer(self, request: Request) -> Response:
        """What `fake_writes` does and shows, and `fake_api` lists."""
        if request.method != "GET":
            return write(self, request)
        return alone(self, request) or answer(self, request)

    @property
    def me(self) -> Json:
        """Whose token it is."""
        return self.users[0]

    def field_list(self) -> list[Json]:
        """`/field`."""
        custom = {
            "sprint": ("com.pyxis.greenhopper.jira:gh-sprint", "array"), "points": ("x:float", "number"),
            "flagged": ("x:multicheckboxes", "array"),
        }  # fmt: skip
        return [{"id": "summary", "name": "Summary", "schema": {"type": "string", "system": "summary"}}] + [
            {
                "id": identity,
                "name": name,
                "custom": True,
                "schema": {"custom": custom[key][0], "type": custom[key][1]},
            }
            for key, (identity, name) in CUSTOM.items()
        ]

    def status_list(self) -> list[Json]:
        """`/status`."""
        return [status(name) for name in _STATUSES]

    def shown(self, issue: Json, *, comments: bool) -> Json:
        """An issue as Jira writes it at this moment: sprints in their present state."""
        fields = dict(issue["fields"])
        found = [shown_comment(one) for one in fields.pop("comment") if "visibility" not in one]
        if comments and not self.hide_comments:
            fields["comment"] = {"comments": found[:20], "total": len(found), "maxResults": 20, "startAt": 0}
        name = CUSTOM["sprint"][0]
        if fields[name]:
            fields[name] = [
                {**one, "boardId": one["originBoardId"]} for one in self.sprints if one["id"] in fields[name]
            ]
        return {key: issue[key] for key in ("id", "key", "self")} | {"fields": fields}

    def _set(self, fields: Json, name: str, value: Any, at: datetime) -> list[Json]:
        key, shown = CUSTOM.get(name, (name, name))
        old = fields.get(key)
        match name:
            case "status":
                if fields["status"]["name"] == value:
                    return []
                old, fields["status"] = fields["status"], status(value)
                ended = value == "Done"
                was = fields["resolution"]
                fields["resolution"] = {"id": "10300", "name": "Done"} if ended else None
                fields["resolutiondate"] = _stamp(at) if ended else None
                resolved = [_item("resolution", *_pair(was), *_pair(fields["resolution"]), "resolution")]
                step = [_item("status", *_pair(old), *_pair(fields["status"]), "status")]
                return (resolved if was != fields["resolution"] else []) + step
            case "sprint":
                # closed sprints stay with the issue, and at most one other
                new = [value["id"]] if value else []
                kept = [one for one in old or [] if self._sprint(one)["state"] == "closed" and one not in new]
                fields[key] = [*kept, *new]
                return [_item(shown, *self._named(old), *self._named(fields[key]), key)]
            case "points":
                fields[key] = value
                return [_item(shown, None, _word(old), None, _word(value), key)]
            case "flagged":
                fields[key] = [{"value": "Impediment", "id": "10019"}] if value else None
                ends = ("[10019]", "Impediment"), ("", "")
                return [_item(shown, *(ends[not old]), *(ends[not value]), key)] if bool(old) is not value else []
            case "assignee":
                fields[key] = value
                return [_item("assignee", *_person(old), *_person(value), "assignee")]
            case "labels":
                fields[key] = list(value)
                return [_item("labels", None, " ".join(old or []), None, " ".join(value), "labels")]
            case "version":
                fields["fixVersions"].append(value)
                return [_item("Fix Version", None, None, value["id"], value["name"], "fixVersions")]
            case "parent":
                near = {"summary": value["fields"]["summary"]}
                fields[key] = {"id": value["id"], "key": value["key"], "fields": near}
                return [_item("IssueParentAssociation", *_keyed(old), *_keyed(value), key)]
        fields[key] = value
        return [_item(name, None, old, None, value, name)]

    def _sprint(self, identity: int) -> Json:
        return next(one for one in self.sprints if one["id"] == identity)

    def _named(self, ids: list[int] | None) -> tuple[str, str]:
        found = ids or []
        return ", ".join(map(str, found)), ", ".join(self._sprint(one)["name"] for one in found)

    def _log(self, issue: Json, by: Json, at: datetime, items: list[Json]) -> None:
        entry = {"id": str(self.number()), "author": by, "created": _stamp(at), "items": items}
        issue["fields"]["updated"] = _stamp(at)
        issue["histories"].append(entry)
        self._tell("jira:issue_updated", issue, by, at, changelog={"id": entry["id"], "items": items})

    def _tell(self, kind: str, issue: Json, by: Json, at: datetime, **more: Any) -> None:
        self._send(kind, at, user=by, issue=self.shown(issue, comments=False), **more)

    def _send(self, kind: str, at: datetime, **more: Any) -> None:
        body = msgspec.json.encode({"timestamp": int(at.timestamp() * 1000), "webhookEvent": kind, **more})
        made = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature": f"sha256={made}"}
        # Data Center gives no id to a delivery, so its retries are known by their content
        if self.cloud:
            headers["X-Atlassian-Webhook-Identifier"] = f"fake-{self.number()}"
        self.hand_out(headers, body, at)


def status(name: str) -> Json:
    """A status with its category."""
    identity, key = _STATUSES[name]
    return {"id": identity, "name": name, "statusCategory": {"key": key, "name": name}}


def _linked(identity: int, source: Json, target: Json) -> Json:
    """A link as its own webhook has it: issues by number, and words by other names than in an issue."""
    words = {"name": BLOCKS["name"], "outwardName": BLOCKS["outward"], "inwardName": BLOCKS["inward"]}
    return {
        "id": identity,
        "sourceIssueId": int(source["id"]),
        "destinationIssueId": int(target["id"]),
        "issueLinkType": {"id": int(BLOCKS["id"]), **words, "isSubTaskLinkType": False, "isSystemLinkType": False},
        "systemLink": False,
    }


def _item(name: str, old: Any, old_shown: Any, new: Any, new_shown: Any, identity: str) -> Json:
    said = {"field": name, "fieldtype": "jira", "fieldId": identity, "from": old, "fromString": old_shown}
    return {**said, "to": new, "toString": new_shown}


def _pair(thing: Json | None) -> tuple[Any, Any]:
    return (thing["id"], thing["name"]) if thing else (None, None)


def _keyed(issue: Json | None) -> tuple[Any, Any]:
    return (issue["id"], issue["key"]) if issue else (None, None)


def _person(user: Json | None) -> tuple[Any, Any]:
    return (user.get("accountId") or user.get("key"), user["displayName"]) if user else (None, None)


def _word(value: Any) -> str | None:
    return None if value is None else str(value)


def _stamp(at: datetime) -> str:
    """As Jira writes times: milliseconds, and a zone without a colon."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def _zulu(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
