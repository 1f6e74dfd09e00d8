"""Ids of records and accounts back into a tool's own names: from the id itself, or from the row that comes along."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fairlead.connectors.kit.acting import ActRequest
from fairlead.model.errors import Skip

_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]{1,255}")


def row(request: ActRequest, record_id: str) -> Mapping[str, Any]:
    """What is known of a record; empty where nothing came along."""
    found = request.facts.get(record_id)
    return found if isinstance(found, Mapping) else {}


def within(request: ActRequest, record_id: str) -> str:
    """An id without its source; raises `Skip` for a record of another one."""
    source, _, rest = record_id.partition(":")
    if source != request.options.source or not rest:
        raise Skip(f"`{record_id}` is nothing of {request.options.source}")
    return rest


def identity(request: ActRequest, account_id: str) -> str:
    """What an account's id names it by."""
    rest = within(request, account_id)
    if not rest.startswith("@") or len(rest) < 2:
        raise Skip(f"`{account_id}` is no account")
    return rest[1:]


def handle(request: ActRequest, account_id: str) -> str:
    """Login of an account, as it may stand in an address or a command."""
    said = str(row(request, account_id).get("handle") or identity(request, account_id))
    # it goes into commands and addresses: what is no login there could be another command
    if not _NAME.fullmatch(said):
        raise Skip(f"`{said}` is no login")
    return said


def handles(request: ActRequest, account_ids: tuple[str, ...]) -> list[str]:
    """Logins of several accounts."""
    return [handle(request, one) for one in account_ids]
