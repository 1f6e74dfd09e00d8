"""Secrets in HashiCorp Vault or OpenBao: version 2 of the key-value store, over HTTP, with a token or an AppRole.

Tokens and values are held in memory for as long as their lease or a minute, never on disk. A redirect is not
followed: it would carry the token elsewhere.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fairlead.config.kept import Kept
from fairlead.config.settings import SecretRef, Vault
from fairlead.model.errors import Abort

if TYPE_CHECKING:
    import httpx

_TIMEOUT_S = 10.0
_KEPT_S = 60.0
_LEASE_SHARE = 0.8
"""A token is renewed by signing in again before its lease ends."""
_KEPT = Kept()
_TOKENS = Kept()
"""Apart from the values: one of those is being fetched, under its lock, when a token is asked for."""

Resolve = Callable[[SecretRef], str]


def read(vault: Vault, path: str, key: str, resolve: Resolve) -> str:
    """The field `key` of a secret; `resolve` finds the token or the AppRole's secret, which stand elsewhere."""
    place = f"{quote(vault.mount.strip('/'))}/data/{quote(path.strip('/'))}"

    def fetch() -> tuple[str, float]:
        said = _signed(vault, f"/v1/{place}", resolve, f"{vault.mount}/{path}")
        held = (said.get("data") or {}).get("data") or {}
        if key not in held:
            known = ", ".join(f"`{name}`" for name in sorted(held)) or "none"
            raise Abort(f"Vault's secret {vault.mount}/{path} has no field `{key}`", hint=f"its fields: {known}")
        if not isinstance(held[key], str):
            raise Abort(f"field `{key}` of Vault's secret {vault.mount}/{path} is no text")
        return held[key].strip(), _KEPT_S

    return _KEPT.get((vault.url, vault.namespace, place, key), fetch)


def check(vault: Vault, resolve: Resolve) -> str:
    """Signs in and says as whom, for `doctor`; raises `Abort` with what is wrong."""
    data = _signed(vault, "/v1/auth/token/lookup-self", resolve, "its own token").get("data") or {}
    left = f", {int(data['ttl'])} s left" if data.get("ttl") else ""
    return f"{vault.url} as {data.get('display_name', 'token')}, policies {', '.join(data.get('policies', ()))}{left}"


def _signed(vault: Vault, path: str, resolve: Resolve, about: str) -> dict[str, Any]:
    with _client(vault) as client:
        answer = _get(vault, client, path, _token(vault, client, resolve))
        if answer.status_code == 403 and vault.role_id:
            # A token may be revoked before its lease ends: an AppRole signs in once more.
            _TOKENS.drop(_token_key(vault))
            answer = _get(vault, client, path, _token(vault, client, resolve))
    return _told(vault, answer, about)


def _token(vault: Vault, client: httpx.Client, resolve: Resolve) -> str:
    if not vault.role_id:
        if vault.token is None:
            raise Abort("[vault] names no token", hint='token = { env = "VAULT_TOKEN" }, or role_id and secret_id')
        return resolve(vault.token)

    def sign_in() -> tuple[str, float]:
        said = {"role_id": vault.role_id, "secret_id": resolve(vault.secret_id) if vault.secret_id else ""}
        path = f"/v1/auth/{quote(vault.role_mount.strip('/'))}/login"
        answer = _told(vault, _sent(vault, lambda: client.post(path, json=said)), "the AppRole")
        granted = answer.get("auth") or {}
        if not isinstance(granted.get("client_token"), str):
            raise Abort(f"Vault at {vault.url} gave the AppRole no token")
        return granted["client_token"], float(granted.get("lease_duration") or 0) * _LEASE_SHARE

    return _TOKENS.get(_token_key(vault), sign_in)


def _token_key(vault: Vault) -> tuple[str, ...]:
    return (vault.url, vault.namespace, vault.role_mount, vault.role_id)


def _client(vault: Vault) -> httpx.Client:
    import httpx

    trusted: ssl.SSLContext | bool = True
    if vault.authority:
        try:
            trusted = ssl.create_default_context(cafile=vault.authority)
        except OSError as fault:
            raise Abort(f"cannot read [vault] authority {vault.authority}") from fault
    headers = {"X-Vault-Request": "true"} | ({"X-Vault-Namespace": vault.namespace} if vault.namespace else {})
    return httpx.Client(base_url=vault.url.rstrip("/"), headers=headers, verify=trusted, timeout=_TIMEOUT_S)


def _get(vault: Vault, client: httpx.Client, path: str, token: str) -> httpx.Response:
    return _sent(vault, lambda: client.get(path, headers={"X-Vault-Token": token}))


def _sent(vault: Vault, send: Callable[[], httpx.Response]) -> httpx.Response:
    import httpx

    try:
        return send()
    except (httpx.HTTPError, ValueError) as fault:
        # Of a header that cannot be sent the client quotes what stands in it, and that is the token.
        unsendable = isinstance(fault, httpx.LocalProtocolError | ValueError)
        why = "the token holds signs that no header may" if unsendable else str(fault)
        raise Abort(f"Vault at {vault.url} cannot be asked: {why}", hint="check [vault] url") from None


def _told(vault: Vault, answer: httpx.Response, about: str) -> dict[str, Any]:
    if answer.status_code == 200:
        try:
            said = answer.json()
        except ValueError:
            said = None
        if isinstance(said, dict):
            return said
        raise Abort(f"what answers at {vault.url} is no Vault", hint="check [vault] url")
    if answer.status_code == 404:
        raise Abort(f"Vault has no secret {about}, or it was deleted", hint="`vault kv get` shows what is there")
    why = {
        400: "refused the sign-in or the request",
        403: "does not allow this: the token has ended, or its policy lacks `read`",
        429: "asks for fewer requests",
        503: "is sealed or in maintenance",
    }
    said = why.get(answer.status_code, f"answered {answer.status_code}")
    raise Abort(f"Vault at {vault.url} {said} ({about})", hint="`fairlead doctor` tries it again")
