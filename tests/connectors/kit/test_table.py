"""The table of connectors is asked of them, and counts code."""

from __future__ import annotations

from fairlead.connectors.kit.registry import connectors
from fairlead.connectors.kit.table import markdown, rows


def test_every_connector_stands_in_it_and_refuses_what_is_not_signed() -> None:
    found = {row.tool: row for row in rows()}
    assert found.keys() == connectors().keys()
    assert not [row.tool for row in found.values() if row.verify.startswith("takes it")]
    assert [tool for tool, row in found.items() if row.fake] == [
        "github",
        "gitlab",
        "jira",
        "pagerduty",
        "prometheus",
        "slack",
    ]
    assert [tool for tool, row in found.items() if row.act] == ["github", "gitlab", "jira", "pagerduty", "slack"]
    assert not found["cdevents"].sync
    assert found["git"].sync
    assert all(f"| `{tool}` |" in markdown() for tool in found)


def test_the_later_connectors_cost_less_than_the_first() -> None:
    lines = {row.tool: row.lines for row in rows()}
    assert lines["gitlab"] < 0.7 * lines["github"]
    assert lines["jira"] < 0.5 * lines["github"]
    assert lines["pagerduty"] < 0.25 * lines["github"]
