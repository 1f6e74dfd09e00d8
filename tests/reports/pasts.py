"""A code host that plays steps and says its records as they are after those up to a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from fairlead.metrics.memory_source import MemorySource

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
PAY = "github:acme/pay"
PEOPLE = ("ann", "kim", "lee")
TEAM = "github:@acme/core"
HOURS = 200

Row = dict[str, Any]
Step = tuple[int, int, str, int]
"""Hour, number of the subject, what happens, and which person or label it concerns."""

ACTIONS = (
    "review_requested", "review_requested", "team_requested", "review_request_removed", "commented", "approved",
    "changes_requested", "pushed", "drafted", "ready", "closed", "reopened", "merged", "labeled", "unlabeled",
    "renamed", "auto_merge_enabled", "auto_merge_disabled", "checked", "deployed", "incident", "resolved", "moved",
    "estimated", "alert", "fixed",
)  # fmt: skip

steps = st.lists(
    st.tuples(st.integers(2, HOURS), st.integers(1, 3), st.sampled_from(ACTIONS), st.integers(0, 2)),
    min_size=4, max_size=40,
).map(sorted)  # fmt: skip


def at(hours: float) -> datetime:
    """A moment of the play."""
    return START + timedelta(hours=hours)


@dataclass
class Host:
    """Tools that obey: what makes no sense in a state is passed over."""

    tables: dict[str, dict[str, Row]] = field(default_factory=dict)

    def put(self, table: str, **row: Any) -> Row:
        """Says fields of a record."""
        held = self.tables.setdefault(table, {}).setdefault(row["id"], {"source": "github"})
        held.update(row)
        return held

    def source(self) -> MemorySource:
        """All records as they are now."""
        found = MemorySource()
        for table, rows in self.tables.items():
            found.put(table, *rows.values())
        return found


def played(told: Sequence[Step], until: float = HOURS * 2) -> Host:
    """The records after all steps up to an hour."""
    host = Host()
    host.put("repositories", id=PAY, name="acme/pay", default_branch="main")
    for key in PEOPLE:
        host.put("people", id=f"person:{key}", name=key.title(), kind="human", active=True)
        host.put("accounts", id=f"github:@{key}", person=f"person:{key}", handle=key, kind="human")
    host.put("memberships", id=f"{TEAM}/github:@lee", team=TEAM, account="github:@lee")
    for number in (1, 2, 3):
        # one a day, so that some are not there yet at many moments
        if number * 24 - 23 <= until:
            _open(host, number, number * 24 - 23, draft=number == 2)
    for place, (hour, number, action, which) in enumerate(told):
        # each at a moment of its own: within one second tools tell no order
        moment = hour + place / 100
        if moment <= until and hour > number * 24 - 23:
            _step(host, moment, number, action, which)
    return host


def _open(host: Host, number: int, hour: float, *, draft: bool) -> None:
    change = f"{PAY}#{number}"
    host.put(
        "changes", id=change, repository=PAY, number=number, state="open", title=f"Change {number}",
        author="github:@ann", created_at=at(hour), draft=draft, head_sha=f"h{number}", additions=10, deletions=5,
        labels=[], requested_reviewers=[], requested_teams=[], auto_merge=False, updated_at=at(hour),
        merged_at=None, closed_at=None,
    )  # fmt: skip
    _event(host, change, hour, "opened", actor="github:@ann", sha=f"h{number}")
    host.put("work_items", id=f"{PAY}!{number}", repository=PAY, title="Item", status="To do", status_category="todo",
             created_at=at(hour), updated_at=at(hour), closed_at=None, points=1.0)  # fmt: skip


def _event(host: Host, change: str, hour: float, kind: str, **more: Any) -> None:
    host.put(
        "change_events", id=f"{change}/{kind}/{hour}", change=change, repository=PAY, kind=kind, at=at(hour), **more
    )


def _step(host: Host, hour: float, number: int, action: str, which: int) -> None:
    if action in ("checked", "deployed", "incident", "resolved", "moved", "estimated", "alert", "fixed"):
        _beside(host, hour, number, action, which)
        return
    change = host.tables["changes"][f"{PAY}#{number}"]
    person = f"github:@{PEOPLE[which]}"
    if change["state"] == "merged" or (change["state"] == "closed") != (action == "reopened"):
        return
    if not _takes(change, action, person, which, hour):
        return
    change["updated_at"] = at(hour)
    more: Row = {}
    if action in ("review_requested", "review_request_removed"):
        more = {"subject": person, "actor": "github:@ann"}
    elif action == "team_requested":
        action, more = "review_requested", {"subject_team": TEAM, "actor": "github:@ann"}
    elif action == "pushed":
        more = {"sha": change["head_sha"], "actor": "github:@ann"}
    elif action in ("labeled", "unlabeled"):
        more = {"detail": f"label-{which}"}
    elif action == "renamed":
        more = {"detail": change["title"]}
        change["title"] = f"Change {number} at {hour}"
    else:
        more = {"actor": person}
    _event(host, change["id"], hour, action, **more)


def _takes(change: Row, action: str, person: str, which: int, hour: float) -> bool:
    """Whether the host takes the step, and what it does to the record."""
    asked, label = change["requested_reviewers"], f"label-{which}"
    match action:
        case "review_requested":
            if person == change["author"] or person in asked:
                return False
            change["requested_reviewers"] = [*asked, person]
        case "review_request_removed":
            if person not in asked:
                return False
            change["requested_reviewers"] = [one for one in asked if one != person]
        case "team_requested":
            if TEAM in change["requested_teams"]:
                return False
            change["requested_teams"] = [TEAM]
        case "approved" | "changes_requested":
            if person == change["author"]:
                return False
            change["requested_reviewers"] = [one for one in asked if one != person]
            # a team is content with a member
            if person == "github:@lee":
                change["requested_teams"] = []
        case "pushed":
            change["head_sha"] = f"{change['number']}-{hour}"
        case "drafted" | "ready":
            if change["draft"] == (action == "drafted"):
                return False
            change["draft"] = action == "drafted"
        case "auto_merge_enabled" | "auto_merge_disabled":
            if change["auto_merge"] == (action == "auto_merge_enabled"):
                return False
            change["auto_merge"] = action == "auto_merge_enabled"
        case "labeled" | "unlabeled":
            if (label in change["labels"]) == (action == "labeled"):
                return False
            kept = {*change["labels"]} ^ {label}
            change["labels"] = sorted(kept)
        case "closed":
            change.update(state="closed", closed_at=at(hour))
        case "reopened":
            change.update(state="open", closed_at=None)
        case "merged":
            change.update(state="merged", merged_at=at(hour), closed_at=at(hour), merge_sha=f"m{change['number']}")
    return True


def _beside(host: Host, hour: float, number: int, action: str, which: int) -> None:
    """What happens beside the changes; what takes time ends five hours later, if that is part of the play."""
    change = host.tables["changes"][f"{PAY}#{number}"]
    running: Row = {"repository": PAY, "started_at": at(hour), "created_at": at(hour), "state": "running",
                    "finished_at": None, "result": None}  # fmt: skip
    match action:
        case "checked":
            host.put("builds", id=f"{PAY}/run/{hour}/1", kind="pipeline", name="ci", change=change["id"],
                     sha=change["head_sha"], trigger="pull_request", **running)  # fmt: skip
            host.put("builds", id=f"{PAY}/run/main{hour}/1", kind="pipeline", name="ci", branch="main",
                     sha="m", trigger="push", **running)  # fmt: skip
        case "deployed":
            host.put("deployments", id=f"{PAY}/deployment/{hour}", environment="production", sha="m", **running)
        case "incident":
            host.put("incidents", id=f"pagerduty:{number}-{hour}", title="Down", repository=PAY, severity="high",
                     status="open", started_at=at(hour), resolved_at=None)  # fmt: skip
        case "resolved":
            for row in host.tables.get("incidents", {}).values():
                if row["resolved_at"] is None:
                    row.update(resolved_at=at(hour), status="resolved")
        case "alert":
            host.put("alerts", id=f"{PAY}/alert/secret/{hour}", repository=PAY, kind="secret", state="open",
                     started_at=at(hour), ended_at=None)  # fmt: skip
        case "fixed":
            for row in host.tables.get("alerts", {}).values():
                if row["ended_at"] is None:
                    row.update(ended_at=at(hour), state="fixed")
        case "moved" | "estimated":
            _move(host, hour, number, action, which)


def _move(host: Host, hour: float, number: int, action: str, which: int) -> None:
    item = host.tables["work_items"][f"{PAY}!{number}"]
    item["updated_at"] = at(hour)
    if action == "estimated":
        host.put("work_item_changes", id=f"{item['id']}/points/{hour}", work_item=item["id"], at=at(hour),
                 field="points", from_value=str(item["points"]), to_value=str(float(which)))  # fmt: skip
        item["points"] = float(which)
        return
    after, category = (("To do", "todo"), ("Doing", "in_progress"), ("Done", "done"))[which]
    host.put("work_item_transitions", id=f"{item['id']}/status/{hour}", work_item=item["id"], at=at(hour),
             from_status=item["status"], from_category=item["status_category"], to_status=after,
             to_category=category)  # fmt: skip
    item.update(status=after, status_category=category, closed_at=at(hour) if category == "done" else None)


def ended(host: Host, until: float = HOURS * 2) -> Host:
    """Ends what takes five hours, where its end is part of the play."""
    for table in ("builds", "deployments"):
        for place, row in enumerate(host.tables.get(table, {}).values()):
            end = row["started_at"] + timedelta(hours=5)
            if end <= at(until):
                row.update(finished_at=end, state="finished", result=("success", "failure")[place % 2])
    return host
