"""Accounts, and the people and teams that an administrator of DevLake has drawn up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from fairlead.ingest.devlake.code import Made
from fairlead.ingest.devlake.names import Names, last_of, own, tool_of
from fairlead.ingest.devlake.tables import Reader


def accounts(reader: Reader, names: Names) -> Made:
    """Accounts of all tools."""
    for row in reader.rows("accounts"):
        identity = names.accounts[row["id"]]
        handle = row["user_name"] if tool_of(identity) in ("github", "gitlab") else None
        values: dict[str, Any] = {
            "id": identity,
            "handle": handle,
            "name": row["full_name"] or (None if handle else row["user_name"]),
            "email": (row["email"] or "").lower() or None,
            "external_id": last_of(row["id"], 3) or None,
            "created_at": row["created_date"],
        }
        yield "accounts", {name: value for name, value in values.items() if value is not None}


def people(reader: Reader, names: Names) -> Made:
    """Which accounts are one person, as the administrator said, and whose teams they are."""
    held: dict[str, list[str]] = {}
    for row in reader.rows("user_accounts"):
        if account := names.account(row["account_id"]):
            held.setdefault(row["user_id"], []).append(account)
    for mine in held.values():
        for account, other in pairwise(sorted(set(mine))):
            yield (
                "identity_links",
                {
                    "id": f"link:{account}~{other}",
                    "account": account,
                    "other": other,
                    "method": "devlake",
                    "score": 1.0,
                    "reason": "one user in DevLake",
                    "status": "confirmed",
                },
            )
    yield from _teams(reader, held)


def _teams(reader: Reader, held: dict[str, list[str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in reader.rows("teams"):
        # proposals, as teams of a host are: those of the configuration win
        parent = _team(row["parent_id"]) if row["parent_id"] else None
        yield "teams", {"id": _team(row["id"]), "name": row["name"], "parent": parent, "proposed": True}
    for row in reader.rows("team_users"):
        for account in held.get(row["user_id"], ()):
            team = _team(row["team_id"])
            yield "memberships", {"id": f"{team}/{account}", "team": team, "account": account}


def _team(identity: str) -> str:
    return own(f"team/{identity}")
