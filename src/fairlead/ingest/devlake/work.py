"""Issues with their history, sprints and incidents."""

from __future__ import annotations

from typing import Any

from fairlead.ingest.devlake.code import Made
from fairlead.ingest.devlake.names import Names, incident_id, last_of, own, sprint_id, tool_of
from fairlead.ingest.devlake.tables import Reader
from fairlead.model.records.operation import SEVERITIES

_CATEGORIES = {"TODO": "todo", "IN_PROGRESS": "in_progress", "DONE": "done", "OTHER": None}
_WORK_TYPES = {
    "REQUIREMENT": "feature", "BUG": "bug", "INCIDENT": "incident", "TASK": "task", "SUBTASK": "task", "EPIC": "epic"
}  # fmt: skip
_STATUSES = {"DONE": "resolved", "IN_PROGRESS": "acknowledged", "TODO": "open"}


def items(reader: Reader, names: Names) -> Made:
    """Issues, whose sprint is the one that began last."""
    labels: dict[str, list[str]] = {}
    for row in reader.rows("issue_labels"):
        labels.setdefault(row["issue_id"], []).append(row["label_name"])
    starts = {row["id"]: row["started_date"] for row in reader.rows("sprints")}
    sprints: dict[str, str] = {}
    for row in reader.rows("sprint_issues"):
        held = sprints.get(row["issue_id"])
        if held is None or _later(starts.get(row["sprint_id"]), starts.get(held)):
            sprints[row["issue_id"]] = row["sprint_id"]
    for row in reader.rows("issues"):
        identity, sprint = names.items[row["id"]], sprints.get(row["id"])
        category = _CATEGORIES.get((row["status"] or "").upper())
        key = row["issue_key"] or ""
        yield (
            "work_items",
            {
                "id": identity,
                "key": key or None,
                "title": row["title"],
                "body": row["description"],
                "url": row["url"],
                "repository": identity.rpartition("#")[0] or None,
                "project": key.rpartition("-")[0] or row["original_project"],
                "type": row["original_type"] or row["type"],
                "work_type": _WORK_TYPES.get((row["type"] or "").upper()),
                "status": row["original_status"] or row["status"],
                "status_category": category,
                "priority": row["priority"],
                "author": names.account(row["creator_id"]),
                "assignee": names.account(row["assignee_id"]),
                "labels": sorted(labels.get(row["id"], ())),
                "points": row["story_point"],
                "parent": names.item(row["parent_issue_id"]),
                "epic": f"jira:{row['epic_key']}" if row["epic_key"] and tool_of(identity) == "jira" else None,
                "sprint": sprint_id(sprint) if sprint else None,
                # a resolution that was kept when the issue was opened again ends nothing
                "closed_at": row["resolution_date"] if category in ("done", None) else None,
                "created_at": row["created_date"],
                "updated_at": row["updated_date"] or row["created_date"],
            },
        )


def history(reader: Reader, names: Names) -> Made:
    """Changelogs: statuses as transitions, sprints as the whole lists before and after, other fields as changes."""
    for row in reader.rows("issue_changelogs"):
        item, at, field = names.item(row["issue_id"]), row["created_date"], (row["field_name"] or "").lower()
        entry = last_of(row["id"], 3).partition(":")[0]
        met = tool_of(item or "") == "jira" and entry
        told = {"work_item": item, "at": at, "actor": names.account(row["author_id"]), "updated_at": at}
        if field == "status":
            yield (
                "work_item_transitions",
                {
                    "id": f"{item}/transition/{entry}" if met else own(row["id"]),
                    **told,
                    "from_status": row["original_from_value"],
                    "to_status": row["original_to_value"],
                    "from_category": _CATEGORIES.get((row["from_value"] or "").upper()),
                    "to_category": _CATEGORIES.get((row["to_value"] or "").upper()),
                },
            )
        elif field:
            lists = field == "sprint"
            yield (
                "work_item_changes",
                {
                    "id": own(row["id"]),
                    **told,
                    "field": field,
                    "from_value": _sprints(row, "from") if lists else row["original_from_value"],
                    "to_value": _sprints(row, "to") if lists else row["original_to_value"],
                },
            )


def sprints(reader: Reader, _names: Names) -> Made:
    """Sprints."""
    states = {"CLOSED": "closed", "ACTIVE": "active", "FUTURE": "future"}
    boards = {row["id"]: row["name"] for row in reader.rows("boards")}
    for row in reader.rows("sprints"):
        yield (
            "sprints",
            {
                "id": sprint_id(row["id"]),
                "name": row["name"],
                "url": row["url"],
                "project": boards.get(row["original_board_id"]),
                "state": states.get((row["status"] or "").upper()),
                "start_at": row["started_date"],
                "end_at": row["ended_date"],
                "completed_at": row["completed_date"],
                "updated_at": row["completed_date"] or row["started_date"],
            },
        )


def incidents(reader: Reader, names: Names) -> Made:
    """Incidents; one that DevLake made of an issue points to it, so that it counts once.

    What DevLake thinks caused them is a guess by time alone (the last deployment before), and no statement of
    anybody: it stays out of the records and stands in the report beside our own attribution.
    """
    for row in reader.rows("incidents"):
        item = names.items.get(row["id"])
        severity = (row["severity"] or "").lower()
        yield (
            "incidents",
            {
                "id": incident_id(row, names),
                "key": row["incident_key"],
                "title": row["title"],
                "body": row["description"],
                "url": row["url"],
                "severity": severity if severity in SEVERITIES else None,
                "status": "resolved" if row["resolution_date"] else _STATUSES.get(row["status"] or "", "open"),
                "started_at": row["created_date"],
                "resolved_at": row["resolution_date"],
                "work_item": item,
                "created_at": row["created_date"],
                "updated_at": row["updated_date"] or row["resolution_date"] or row["created_date"],
            },
        )


def _sprints(row: dict[str, Any], way: str) -> str | None:
    """The list of ids as our ledger reads it; DevLake puts its own ids of sprints here, Jira's numbers there."""
    given = row[f"{way}_value"] or row[f"original_{way}_value"] or ""
    found = [one.strip() for one in given.split(",") if one.strip()]
    return ",".join(sorted(sprint_id(one) if ":" in one else f"jira:sprint/{one}" for one in found)) or None


def _later(one: Any, other: Any) -> bool:
    return one is not None and (other is None or one > other)
