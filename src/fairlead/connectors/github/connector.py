"""The GitHub connector as the registry finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from fairlead.connectors.github import verify as verifying
from fairlead.connectors.kit.connector import Connector
from fairlead.connectors.kit.folder import Folder
from fairlead.model.raw import Trust


class GitHub(Folder):
    """github.com and GitHub Enterprise Server."""

    tool = "github"
    title = "GitHub"
    records = frozenset(
        (
            "accounts", "alerts", "builds", "change_commits", "change_events", "change_files", "changes",
            "code_owners", "commit_files", "commits", "deployments", "documents", "identity_links", "memberships",
            "messages", "milestone_dates", "milestones", "releases", "repositories", "teams", "work_item_changes",
            "work_item_links", "work_item_transitions", "work_items",
        )
    )  # fmt: skip

    acts: Mapping[str, str] = MappingProxyType(
        {
            **dict.fromkeys(
                (
                    "comment", "delete_comment", "label", "assign", "transition", "create_issue", "edit_issue",
                    "move_into", "open_incident",
                ),
                "write access to issues and pull requests (a classic token: repo)",
            ),
            **dict.fromkeys(
                ("request_review", "withdraw_review"), "write access to pull requests (a classic token: repo)"
            ),
            "rerun": "write access to actions, and to checks for those of other apps (a classic token: repo)",
            "merge": "write access to contents and pull requests (a classic token: repo)",
        }
    )  # fmt: skip

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:  # noqa: ARG002
        """By HMAC over the body; GitHub signs no time, so `now` has no part in it."""
        return verifying.verify(headers, body, secrets)

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        """From GitHub's headers."""
        return verifying.envelope(headers, body)


CONNECTOR: Connector = GitHub()
