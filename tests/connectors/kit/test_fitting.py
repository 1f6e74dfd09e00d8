"""What a tool would refuse is refused before anybody approves it, by the name of the field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fairlead.connectors.kit.acting import ActRequest
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.registry import actor
from fairlead.model.acts import read_act
from fairlead.model.errors import Skip

PLACES = {
    "github": "github:acme/pay",
    "gitlab": "gitlab:acme/pay",
    "jira": "jira:PAY",
    "pagerduty": "pagerduty:PABC123",
}
ITEMS = {"github": "#1", "gitlab": "!1", "jira": "-1", "pagerduty": ""}


def planned(tool: str, said: dict[str, Any]) -> None:
    where = (
        {"place": PLACES[tool]}
        if said["kind"] in ("create_issue", "open_incident")
        else {"subject": PLACES[tool] + ITEMS[tool]}
    )
    request = ActRequest(
        act=read_act({**where, **said}), key="action:1", options=Options(tool), settings={"url": f"https://{tool}.example"},
        secrets={}, now=datetime(2026, 3, 2, tzinfo=UTC), client=None, sleep=lambda _: None,
    )  # fmt: skip
    actor(tool).plan(request)


@pytest.mark.parametrize(
    ("tool", "said", "field"),
    [
        *((tool, {"kind": "comment", "body": " \n"}, "body") for tool in PLACES),
        ("github", {"kind": "comment", "body": "x" * 65_536}, "body"),
        ("gitlab", {"kind": "comment", "body": "x" * 1_000_000}, "body"),
        ("jira", {"kind": "comment", "body": "x" * 32_768}, "body"),
        ("github", {"kind": "label", "add": ["ok", "x" * 51]}, "add"),
        ("gitlab", {"kind": "create_issue", "title": "T", "labels": ["x" * 250 + "\u200b", "\u200b"]}, "labels"),
        ("github", {"kind": "create_issue", "title": "x" * 257}, "title"),
        ("jira", {"kind": "create_issue", "title": "x" * 256}, "title"),
        ("pagerduty", {"kind": "open_incident", "title": "\u200b"}, "title"),
    ],
)
def test_what_a_tool_refuses_is_told_by_its_field(tool: str, said: dict[str, Any], field: str) -> None:
    with pytest.raises(Skip, match=f"`{field}` "):
        planned(tool, said)


def test_what_fits_is_planned() -> None:
    planned("github", {"kind": "comment", "body": "x" * 65_000})
    planned("github", {"kind": "label", "add": ["x" * 50]})
    planned("jira", {"kind": "comment", "body": "x" * 32_767})
