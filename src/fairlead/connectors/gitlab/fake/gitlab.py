"""`FakeGitLab`: one server, with its API.

fake = FakeGitLab(secret="whsec_c2VjcmV0", token="glpat-1")
kim = fake.add_user("Kim Adler", "kim", "kim@acme.example")
project = fake.add_project("acme/pay", t0)
change = fake.open_change(project, kim, t0, "Pay by card", "Closes #3", fake.push(project, kim, t0, "Cards"))
fake.approve(change, noor, t1)
fake.sent                              # what GitLab would have sent
FakeTransport(fake)                    # for httpx; `kit.fake.server.app(fake)` for sockets
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import unquote, urlencode

import msgspec

from fairlead.connectors.gitlab.fake.state import WEB, long
from fairlead.connectors.gitlab.fake.writes import Writes
from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.connectors.kit.fake.tool import Json, said
from fairlead.model.times import parse_time

_API = "/api/v4"
_BY_UPDATE = ("merge_requests", "issues", "pipelines", "deployments")


class FakeGitLab(Writes):
    """One server. Calls come in the order of time; each takes `at`."""

    def add_user(self, name: str, handle: str, email: str) -> Json:
        """Somebody with a login."""
        user = {
            "id": self.number(), "username": handle, "name": name, "state": "active", "email": email,
            "web_url": f"{WEB}/{handle}",
        }  # fmt: skip
        self.users.append(user)
        return user

    def add_project(self, path: str, at: datetime) -> Json:
        """A project, whose group everybody is a member of."""
        project = {
            "id": self.number(), "name": path.rpartition("/")[2], "path_with_namespace": path,
            "web_url": f"{WEB}/{path}", "default_branch": "main", "visibility": "private", "archived": False,
            "created_at": long(at), "last_activity_at": long(at), "issues_access_level": "enabled",
        }  # fmt: skip
        self.projects.append(project)
        return project

    def knows(self, request: Request) -> bool:
        """By a token in GitLab's own header."""
        return request.headers.get("private-token") == self.token

    def refused(self, wait_s: int) -> Response:
        """GitLab answers plain text, and tells the moment at which the limit ends."""
        reset = int(self.now().timestamp()) + wait_s
        return Response(429, b"Retry later\n", {"content-type": "text/plain", "ratelimit-reset": str(reset)})

    def answer(self, request: Request) -> Response:
        """By path."""
        path = unquote(request.path.removeprefix(_API))
        if request.method != "GET" and path != "/api/graphql":
            return self.write(request, path)
        if path == "/api/graphql":
            return self._statuses(msgspec.json.decode(request.body)["variables"])
        if path == "/version":
            return said({"version": "18.5.1", "revision": "abc"})
        if path == "/personal_access_tokens/self":
            return said({"id": 1, "scopes": list(self.scopes), "active": True, "expires_at": "2027-06-30"})
        if path == "/projects":
            return _page(request, self.projects)
        # the path of a group or project is one part of an address, with its slashes encoded
        if path.startswith("/groups/"):
            return self._of_group(request, path)
        for project in self.projects:
            home = f"/projects/{project['path_with_namespace']}"
            if path == home:
                return said(project)
            if path == f"{home}/hooks":
                return _page(request, [{"id": 1, "url": self.hook_url, "alert_status": "executable"}])
            if path.startswith(f"{home}/pipelines/") and path.count("/") == home.count("/") + 2:
                number = path.rpartition("/")[2]
                found = [one for one in self.lists.get(f"{home}/pipelines", []) if str(one["id"]) == number]
                return said(found[0]) if found else said({"message": "404 Not found"}, 404)
            if (one := self.one(path)) is not None:
                return said(one) if one else said({"message": "404 Not found"}, 404)
            if path.startswith(f"{home}/") and "/repository/files/" not in path:
                return _page(request, self._listed(request, path))
        return said({"message": "404 Not found"}, 404)

    def _statuses(self, asked: Json) -> Response:
        """The one GraphQL query that is asked: work items with their statuses."""
        since, place = parse_time(asked["since"] or ""), int(asked["after"] or 0)
        found = [
            one for one in self.lists.get(f"/projects/{asked['path']}/issues", [])
            if since is None or _time(one["updated_at"]) >= since
        ]  # fmt: skip
        found.sort(key=lambda one: str(one["updated_at"]))
        nodes = [
            {"iid": str(one["iid"]), "updatedAt": one["updated_at"], "widgets": [
                {"status": self.statuses[one["id"]]} if one["id"] in self.statuses else {}]}
            for one in found[place : place + 100]
        ]  # fmt: skip
        info = {"hasNextPage": place + 100 < len(found), "endCursor": str(place + len(nodes))}
        return said({"data": {"project": {"workItems": {"pageInfo": info, "nodes": nodes}}}})

    def _of_group(self, request: Request, path: str) -> Response:
        group, _, below = path.removeprefix("/groups/").partition("/")
        own = [one for one in self.projects if one["path_with_namespace"].startswith(f"{group}/")]
        if not own:
            return said({"message": "404 Group Not Found"}, 404)
        known: dict[str, list[Json]] = {
            "projects": own, "members/all": self.users, "milestones": [],
            "hooks": [{"id": 1, "url": self.hook_url, "alert_status": "executable"}],
        }  # fmt: skip
        if not below:
            made = {"created_at": own[0]["created_at"], "web_url": f"{WEB}/groups/{group}"}
            return said({"id": 1, "name": group.title(), "full_path": group, **made})
        # iterations and epics are refused below the plan that has them, which is no missing permission
        return _page(request, known[below]) if below in known else said({"message": "403 Forbidden"}, 403)

    def _listed(self, request: Request, path: str) -> list[Json]:
        found = list(self.lists.get(path, []))
        if path.rpartition("/")[2] not in _BY_UPDATE:
            since = parse_time(request.query.get("since", ""))
            return [one for one in found if since is None or _time(one["committed_date"]) >= since]
        # without an order GitLab gives the newest first, and pages would shift while they are read
        if request.query.get("order_by") != "updated_at":
            return found
        after = parse_time(request.query.get("updated_after", ""))
        found = [one for one in found if after is None or _time(one["updated_at"]) >= after]
        return sorted(found, key=lambda one: str(one["updated_at"]))


def _page(request: Request, found: list[Json]) -> Response:
    number, size = (int(request.query.get(key) or usual) for key, usual in (("page", 1), ("per_page", 20)))
    answer = said(found[(number - 1) * size : number * size])
    if number * size < len(found):
        query = urlencode({**request.query, "page": number + 1})
        answer.headers["link"] = f'<{request.url}{request.path}?{query}>; rel="next"'
    return answer


def _time(text: str) -> datetime:
    found = parse_time(text)
    assert found is not None
    return found
