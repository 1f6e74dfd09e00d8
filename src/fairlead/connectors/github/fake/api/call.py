"""What a route gets and gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.kit.fake.call import Request
from fairlead.model.times import parse_time


class Refusal(Exception):  # noqa: N818 - like `model.errors`, named for what it is
    """An answer with an error status, in GitHub's form."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body: Json = {"message": message, "documentation_url": "https://docs.github.com/rest", **more}
        if status != 422:
            self.body["status"] = str(status)


@dataclass(frozen=True, slots=True)
class Listing:
    """All entries of a list in order; the desk cuts the page and builds only its objects."""

    items: Sequence[Any]
    show: Callable[[Any], Any]
    key: str = ""
    """Name of the list where GitHub wraps it with `total_count`."""
    cursor: bool = False
    """Paged by `after` instead of by number."""
    most: int = 0
    """GitHub stops after so many results; 0 means never."""
    per_page: int = 30


@dataclass(frozen=True, slots=True)
class Status:
    """An object with a status other than 200."""

    status: int
    body: Json | list[Any]


Answer = Json | Listing | Status | list[Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a `user` token, an `app` by its JWT, an `installation`."""

    kind: str
    login: str = ""
    app_id: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A request on its way through a route."""

    fake: FakeGitHub
    wire: Wire
    request: Request
    caller: Caller
    parts: Mapping[str, str]
    """What the route's pattern found in the path."""
    now: datetime

    @property
    def repo(self) -> Repository:
        """The repository of the path; a former name redirects, a stranger's does not exist."""
        owner, name = self.parts["owner"], self.parts["repo"]
        if owner.lower() == self.fake.org.login.lower():
            for found in self.fake.repositories.values():
                if found.name.lower() == name.lower():
                    return found
        moved = self.fake.moved.get(f"{owner}/{name}".lower())
        if moved is not None and any(found.id == moved for found in self.fake.repositories.values()):
            start = self.request.path.index(f"/repos/{owner}/{name}")
            rest = self.request.path[start + len(f"/repos/{owner}/{name}") :]
            target = f"{self.request.url}{self.request.path[:start]}/repositories/{moved}{rest}"
            raise Refusal(301, "Moved Permanently", {"location": target}, url=target)
        raise Refusal(404, "Not Found")

    def number(self, part: str) -> int:
        """A whole number of the path."""
        return int(self.parts[part])

    def word(self, name: str, default: str = "") -> str:
        """A parameter of the query."""
        return self.request.query.get(name, default)

    def said(self) -> Json:
        """The body of a write."""
        try:
            found = msgspec.json.decode(self.request.body or b"{}")
        except msgspec.DecodeError:
            raise Refusal(400, "Problems parsing JSON") from None
        if not isinstance(found, dict):
            raise Refusal(422, "Invalid request.\n\nFor 'links/0/schema', it is not an object.")
        return found

    def time(self, name: str) -> datetime | None:
        """A moment of the query."""
        try:
            return parse_time(self.request.query.get(name))
        except ValueError:
            raise Refusal(422, "Validation Failed", errors=[{"field": name, "code": "invalid"}]) from None


@dataclass(frozen=True, slots=True)
class Route:
    """A path and who answers it."""

    method: str
    pattern: re.Pattern[str]
    answer: Callable[[Call], Answer]
    template: str


def route(template: str, answer: Callable[[Call], Answer], method: str = "GET") -> Route:
    """A route from a template like `/repos/{owner}/{repo}/pulls/{number:int}`; `{path:rest}` takes slashes too."""
    kinds = {"": r"[^/]+", "int": r"\d+", "rest": r".+"}
    pattern = re.sub(r"\{(\w+)(?::(\w+))?\}", lambda found: f"(?P<{found[1]}>{kinds[found[2] or '']})", template)
    return Route(method, re.compile(pattern), answer, template)
