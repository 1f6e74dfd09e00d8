"""An OPA server that is none: its REST API of policies, data and queries, with our own engine behind it.

It stands in where no server is at hand. What it says of a policy is what rego-cpp says; how it says so is OPA's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any
from urllib.parse import unquote

from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.governance.policy.embedded import Interpreting
from fairlead.governance.policy.engine import EngineFault, Undefined

_MOST = 64


class FakeOpa:
    """Policies by id and data by path; thrown away with it."""

    def __init__(self, token: str = "") -> None:
        self.policies: dict[str, str] = {}
        self.data: dict[str, Any] = {}
        self.fails: Callable[[Request], Response | None] = lambda _: None
        """What goes wrong before anything is answered."""
        self._token = token
        self._made: dict[str, Interpreting] = {}
        self._lock = Lock()

    def handle(self, request: Request) -> Response:
        """One request, answered as OPA 1 does."""
        if (failed := self.fails(request)) is not None:
            return failed
        if self._token and request.headers.get("authorization") != f"Bearer {self._token}":
            return _error(401, "unauthorized", "request rejected by administrative policy")
        # one interpreter is never used by two threads
        with self._lock:
            parts = [unquote(part) for part in request.path.strip("/").split("/")]
            if parts == ["health"]:
                return _said({})
            if parts[:2] == ["v1", "policies"]:
                return self._policies(request, "/".join(parts[2:]))
            if parts[:2] == ["v1", "data"]:
                return self._data(request, parts[2:])
        return Response(404, b"404 page not found\n", {"content-type": "text/plain; charset=utf-8"})

    def _policies(self, request: Request, name: str) -> Response:
        if request.method == "GET" and not name:
            return _said({"result": [{"id": one, "raw": text} for one, text in sorted(self.policies.items())]})
        if request.method == "PUT":
            text = request.body.decode()
            try:
                Interpreting({name: text}, {}, ["none/none"])
            except EngineFault as fault:
                where = {"code": "rego_parse_error", "message": fault.message, "location": {"file": name, "row": 1}}
                return _error(400, "invalid_parameter", "error(s) occurred while compiling module(s)", [where])
            self.policies[name] = text
            self._made.clear()
            return _said({})
        if name not in self.policies:
            return _error(404, "resource_not_found", f'storage_not_found_error: policy id "{name}"')
        if request.method == "DELETE":
            del self.policies[name]
            self._made.clear()
            return _said({})
        return _said({"result": {"id": name, "raw": self.policies[name]}})

    def _data(self, request: Request, path: list[str]) -> Response:
        if request.method == "PUT":
            node = self.data
            for part in path[:-1]:
                node = node.setdefault(part, {})
            node[path[-1]] = json.loads(request.body)
            self._made.clear()
            return Response(204)
        if request.method not in ("GET", "POST"):
            return _error(405, "method_not_allowed", request.method)
        try:
            body = json.loads(request.body or b"{}")
        except ValueError as fault:
            return _error(400, "invalid_parameter", f"body contains malformed input document: {fault}")
        warning = (
            {} if "input" in body else {"warning": {"code": "api_usage_warning", "message": "'input' key missing"}}
        )
        try:
            return _said(
                {"result": self._engine("/".join(path)).ask("/".join(path), body.get("input") or {}), **warning}
            )
        except Undefined:
            # OPA answers 200 without a result, which is easily taken for an empty one
            return _said(warning)
        except EngineFault as fault:
            return _error(500, "internal_error", fault.message)

    def _engine(self, entry: str) -> Interpreting:
        if entry not in self._made:
            if len(self._made) >= _MOST:
                self._made.clear()
            self._made[entry] = Interpreting(self.policies, self.data, [entry])
        return self._made[entry]


def _said(value: Mapping[str, Any]) -> Response:
    return Response(200, json.dumps(value).encode(), {"content-type": "application/json"})


def _error(status: int, code: str, message: str, errors: list[Mapping[str, Any]] | None = None) -> Response:
    said = {"code": code, "message": message, **({"errors": errors} if errors else {})}
    return Response(status, json.dumps(said).encode(), {"content-type": "application/json"})
