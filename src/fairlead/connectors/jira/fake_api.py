"""How the fake Jira answers: the lists of both editions, each with the paging that it has there."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.connectors.kit.fake.tool import Json, said
from fairlead.model.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Sequence

_PROJECT = re.compile(r'project = "([^"]+)"')
_SINCE = re.compile(r'updated >= "([^"]+)"')


class History(Protocol):
    """What is asked of the fake."""

    cloud: bool
    zone: str
    embedded: int
    most: int
    users: list[Json]
    projects: list[Json]
    boards: list[Json]
    sprints: list[Json]
    versions: list[Json]
    issues: list[Json]

    def shown(self, issue: Json, *, comments: bool) -> Json:
        """An issue as Jira writes it."""
        ...

    def field_list(self) -> list[Json]:
        """`/field`."""
        ...

    def status_list(self) -> list[Json]:
        """`/status`."""
        ...


def answer(fake: History, request: Request) -> Response:
    """The answer to a request that is signed in."""
    parts = request.path.strip("/").split("/")
    match parts[1:3], parts[3:]:
        case ["api", _], ["myself"]:
            mine = fake.users[0] if fake.users else {"displayName": "Nobody"}
            return said({**mine, "timeZone": fake.zone})
        case ["api", _], ["mypermissions"]:
            names = request.query.get("permissions", "").split(",")
            return said({"permissions": {name: {"key": name, "havePermission": True} for name in names}})
        case ["api", _], ["field"]:
            return said(fake.field_list())
        case ["api", _], ["status"]:
            return said(fake.status_list())
        case ["api", "3"], ["project", "search"]:
            return _page(request, fake.most, "values", fake.projects)
        case ["api", "2"], ["project"]:
            return said(fake.projects)
        case ["api", _], ["project", key, "versions"]:
            return _versions(fake, key)
        case ["api", "3"], ["search", "jql"] if fake.cloud:
            return _search(fake, request)
        case ["api", "2"], ["search"] if not fake.cloud:
            return _search(fake, request)
        case ["api", _], ["issue", key, ("changelog" | "comment") as below]:
            return _below(fake, request, key, below)
        case ["agile", "1.0"], ["board"]:
            return _page(request, fake.most, "values", fake.boards)
        case ["agile", "1.0"], ["board", board, "sprint"]:
            states = set((request.query.get("state") or "future,active,closed").split(","))
            found = [one for one in fake.sprints if str(one["originBoardId"]) == board and one["state"] in states]
            return _page(request, fake.most, "values", found)
        case ["agile", "1.0"], ["sprint", sprint]:
            found = [one for one in fake.sprints if str(one["id"]) == sprint]
            return said(found[0]) if found else _missing()
    return _missing()


def _search(fake: History, request: Request) -> Response:
    jql, limit = request.query.get("jql", ""), min(int(request.query.get("maxResults") or 50), fake.most)
    project = _PROJECT.search(jql)
    key = project.group(1) if project else ""
    if key not in {one["key"] for one in fake.projects}:
        return said({"errorMessages": [f"The value '{key}' does not exist for the field 'project'."]}, 400)
    since = _SINCE.search(jql)
    start = datetime.fromisoformat(since.group(1)).replace(tzinfo=ZoneInfo(fake.zone)) if since else None
    found = [
        one
        for one in fake.issues
        # what we may not see is left out without a word, from lists and from their totals
        if one["fields"]["project"]["key"] == key
        and not one["fields"]["security"]
        and (not start or _updated(one) >= start)
    ]
    found.sort(key=lambda one: (_updated(one), one["key"]))
    if request.query.get("fields") == "key":
        shown = [{"id": one["id"], "key": one["key"]} for one in found]
    else:
        shown = [_whole(fake, one) for one in found]
    if not fake.cloud:
        return _page(request, fake.most, "issues", shown, last=False)
    token = request.query.get("nextPageToken", "")
    place = int(token.removeprefix("token-")) if token else 0
    after = place + limit
    more = {"nextPageToken": f"token-{after}", "isLast": False} if after < len(shown) else {"isLast": True}
    return said({"issues": shown[place:after], **more})


def _whole(fake: History, issue: Json) -> Json:
    """With its changelog: Cloud shows the newest entries, Data Center all of them."""
    entries = issue["histories"]
    shown = entries[::-1][: fake.embedded] if fake.cloud else entries
    log = {"startAt": 0, "maxResults": len(shown), "total": len(entries), "histories": shown}
    return {**fake.shown(issue, comments=True), "changelog": log}


def _versions(fake: History, key: str) -> Response:
    project = next((one for one in fake.projects if one["key"] == key), None)
    if project is None:
        return _missing()
    return said([one for one in fake.versions if str(one["projectId"]) == project["id"]])


def _below(fake: History, request: Request, key: str, below: str) -> Response:
    issue = next((one for one in fake.issues if one["key"] == key), None)
    if issue is None or issue["fields"]["security"]:
        return _missing()
    if below == "changelog":
        return _page(request, fake.most, "values", issue["histories"])
    seen = [shown_comment(one) for one in issue["fields"]["comment"] if "visibility" not in one]
    return _page(request, fake.most, "comments", seen, last=False)


def shown_comment(comment: Json) -> Json:
    """A comment without what only its own address tells."""
    return {key: value for key, value in comment.items() if key != "properties_of"}


def _page(request: Request, most: int, key: str, found: Sequence[Json], *, last: bool = True) -> Response:
    start, limit = (int(request.query.get(word) or usual) for word, usual in (("startAt", 0), ("maxResults", 50)))
    limit = min(limit, most)
    told: Json = {"startAt": start, "maxResults": limit, "total": len(found), key: found[start : start + limit]}
    return said({**told, "isLast": start + limit >= len(found)} if last else told)


def _updated(issue: Json) -> datetime:
    found = parse_time(issue["fields"]["updated"])
    assert found is not None
    return found


def _missing() -> Response:
    return said({"errorMessages": ["Not found"]}, 404)
