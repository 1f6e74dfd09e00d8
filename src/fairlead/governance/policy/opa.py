"""An OPA server as the engine, over its REST API: the same policies and data are loaded into it, or found there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any
from urllib.parse import quote

import httpx

from fairlead.governance.policy.engine import VERDICT, EngineFault, Undefined
from fairlead.governance.policy.policies import Policies

_PREFIX = "fairlead"
"""Ids of the policies that are ours on the server: others there are left alone."""


class Opa:
    """One server. It must decide by exactly these policies: each verdict says which it was made by."""

    name = "opa"

    def __init__(
        self,
        policies: Policies,
        url: str,
        *,
        token: Callable[[], str] = str,
        load: bool = True,
        timeout_s: float = 1.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._policies, self._token, self._load, self._timeout_s = policies, token, load, timeout_s
        # never redirected: what is asked holds texts and facts of the team
        self._http = httpx.Client(
            base_url=url.rstrip("/"), timeout=timeout_s, transport=transport, follow_redirects=False
        )
        self._loading = Lock()

    def ask(self, entry: str, document: Mapping[str, Any]) -> Any:
        """What a rule says; loads the policies first where the server has none of these, as after its restart."""
        try:
            return self._asked(entry, document)
        except _OtherPolicies:
            if not self._load:
                raise
        with self._loading:
            self.load()
        return self._asked(entry, document)

    def load(self) -> None:
        """Puts policies and data into the server, and takes away ours that are no more."""
        texts = {f"{_PREFIX}/{name}": text for name, text in self._policies.named.items()}
        there = self._send("GET", "/v1/policies").get("result") or []
        for known in (str(one.get("id", "")) for one in there):
            if known.startswith(f"{_PREFIX}/") and known not in texts:
                self._send("DELETE", f"/v1/policies/{quote(known)}")
        data = self._policies.data
        for name, values in data["fairlead"].items():
            self._send("PUT", f"/v1/data/fairlead/{name}", json=values)
        self._send("PUT", "/v1/data/own", json=data["own"])
        for name, text in texts.items():
            self._send("PUT", f"/v1/policies/{quote(name)}", content=text.encode())

    def close(self) -> None:
        """Ends the connections."""
        self._http.close()

    def _asked(self, entry: str, document: Mapping[str, Any]) -> Any:
        # a built-in that fails would leave its rule undefined, and a denial that is undefined lets everything pass
        path = f"/v1/data/{entry}?strict-builtin-errors=true"
        said = self._send("POST", path, json={"input": document})
        if entry != VERDICT:
            if "result" not in said:
                raise Undefined(f"`{entry}` is undefined")
            return said["result"]
        result = said.get("result")
        version = result.get("version") if isinstance(result, Mapping) else None
        if version != self._policies.version:
            ours = self._policies.version
            raise _OtherPolicies(
                f"the OPA server decides by other policies ({version or 'none'}) than these ({ours})",
                hint="`fairlead policy export DIR` writes what it must have",
            )
        return result

    def _send(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        began = time.monotonic()
        headers = {"authorization": f"Bearer {token}"} if (token := self._token()) else {}
        try:
            answer = self._http.request(method, path, headers=headers, **more)
            said = answer.json() if answer.content else {}
        except httpx.TimeoutException as fault:
            raise EngineFault(f"the OPA server did not answer within {self._timeout_s:g} s") from fault
        except (httpx.HTTPError, ValueError) as fault:
            raise EngineFault(f"the OPA server cannot be asked: {fault}") from fault
        # each of the phases may take that long, and drop by drop an answer takes for ever
        if method == "POST" and time.monotonic() - began > self._timeout_s:
            raise EngineFault(f"the OPA server took longer than {self._timeout_s:g} s")
        if answer.status_code >= 300 or not isinstance(said, dict):
            raise EngineFault(f"the OPA server answered {answer.status_code}: {_why(said)}")
        return said


class _OtherPolicies(EngineFault):
    """The server holds none, or other ones."""


def _why(said: Any) -> str:
    if not isinstance(said, Mapping):
        return "no object"
    errors = said.get("errors")
    first = errors[0].get("message", "") if isinstance(errors, list) and errors else ""
    return ": ".join(filter(None, (str(said.get("message", "")), str(first))))[:300]
