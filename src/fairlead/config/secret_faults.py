"""Faults of references to secrets that types do not show: no place or two, a key that is missing, a Vault unnamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from fairlead.config.check import Fault
from fairlead.config.repositories import table

_PLACES = ("env", "file", "sops", "vault")
_KEYED = ("sops", "vault")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ONE = 'name one place: `{ env = "NAME" }`, `{ file = "PATH" }`, or `sops` or `vault` with a `key`'


def secret_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    """All of them; a value of a wrong type is passed over, since its type is told already."""
    vault = table(values, "vault")
    for place, secret in _secrets(values):
        named = [part for part in _PLACES if secret.get(part)]
        if len(named) != 1:
            yield place, _ONE
        elif named[0] in _KEYED and not secret.get("key"):
            yield place, f"`key` says what of the {named[0]} secret: it is missing"
        elif named[0] not in _KEYED and secret.get("key"):
            yield place, "`key` belongs to `sops` and `vault`"
        elif place[0] == "vault" and named[0] in _KEYED:
            # Else Vault would be asked for what is needed to ask it.
            yield place, "what opens Vault stands in the environment or in a file"
        elif named[0] == "vault" and not vault.get("url"):
            yield place, "`vault` needs a [vault] with its url"
    yield from _server(vault)


def _secrets(values: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    holders: list[tuple[tuple[str, ...], Any]] = [
        ((section, key), holder)
        for section in ("sources", "webhooks")
        for key, holder in table(values, section).items()
    ]
    holders += [((name,), table(values, name)) for name in ("mail", "policy", "vault")]
    for place, holder in holders:
        if not isinstance(holder, Mapping):
            continue
        for name in ("token", "private_key", "webhook_secrets", "password", "secret_id", "secret", "opa_token"):
            given = holder.get(name)
            for secret in given if isinstance(given, list) else [given]:
                if isinstance(secret, Mapping):
                    yield (*place, name), secret


def _server(vault: Mapping[str, Any]) -> Iterator[Fault]:
    url = vault.get("url")
    if not isinstance(url, str) or not url:
        return
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and parts.scheme in ("http", "https")
        # Whoever is on the way would read every secret, and the token that opens all of them.
        safe = parts.scheme == "https" or parts.hostname in _LOOPBACK
    except ValueError:
        good = safe = False
    if not good:
        yield ("vault", "url"), "expected an address like `https://vault.acme.example:8200`"
    elif not safe:
        yield ("vault", "url"), "expected https: over http everybody on the way reads the secrets"
    if bool(vault.get("token")) == bool(vault.get("role_id")):
        yield ("vault",), "name a `token`, or `role_id` and `secret_id` of an AppRole"
