"""By which ids DevLake's rows go here.

Where a row tells the tool's own id (GitHub, GitLab, Jira, PagerDuty), it gets the id that our connector of that tool
gives it, so that a live source later meets the same record. Whatever does not keeps DevLake's id behind `devlake:`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from fairlead.ingest.devlake.tables import Reader

SOURCE = "devlake"
_HOSTS = frozenset({"github", "gitlab"})
_ISSUE = re.compile(r"(?:/-)?/(?:issues|work_items|incidents)/(\d+)$")

Row = Mapping[str, Any]


class Names:
    """DevLake's ids -> ours, for everything that other rows refer to."""

    def __init__(self, reader: Reader) -> None:
        self.repositories: dict[str, str] = {}
        self._by_url: dict[str, str] = {}
        for row in reader.rows("repos"):
            self.repositories[row["id"]] = repository_id(row)
            if row["url"]:
                self._by_url[_plain_url(row["url"])] = self.repositories[row["id"]]
        self.accounts = {row["id"]: account_id(row) for row in reader.rows("accounts")}
        self.items = {row["id"]: item_id(row) for row in reader.rows("issues")}
        self.changes: dict[str, str] = {}
        self.authors: dict[str, str | None] = {}
        for row in reader.rows("pull_requests"):
            self.changes[row["id"]] = self._change_id(row)
            self.authors[row["id"]] = row["author_id"]

    def repository(self, identity: str | None, url: str | None = None) -> str | None:
        """Our id of a repository that is named by DevLake's id, or by its address alone."""
        if identity in self.repositories:
            return self.repositories[identity]
        if url:
            return self._by_url.get(_plain_url(url)) or own(_plain_url(url))
        return own(identity) if identity else None

    def account(self, identity: str | None) -> str | None:
        """Our id of an account; one that no row describes keeps DevLake's."""
        if not identity:
            return None
        # gitextractor writes the address itself where other plugins write the id of an account
        return self.accounts.get(identity) or (
            f"email:{identity.lower()}" if "@" in identity and ":" not in identity else own(f"@{identity}")
        )

    def change(self, identity: str) -> str:
        """Our id of a pull request."""
        return self.changes.get(identity) or own(identity)

    def item(self, identity: str | None) -> str | None:
        """Our id of an issue."""
        return (self.items.get(identity) or own(identity)) if identity else None

    def _change_id(self, row: Row) -> str:
        repository = self.repositories.get(row["base_repo_id"])
        if repository is None or row["pull_request_key"] is None:
            return own(row["id"])
        # at GitLab merge requests and issues are counted apart
        return f"{repository}{'!' if tool_of(repository) == 'gitlab' else '#'}{row['pull_request_key']}"


def own(identity: str) -> str:
    """DevLake's id, told apart from those of the tools."""
    return f"{SOURCE}:{identity}"


def tool_of(identity: str) -> str:
    """The part of an id that names its tool."""
    return identity.partition(":")[0]


def last_of(identity: str, count: int) -> str:
    """The key of the tool in DevLake's id `<tool>:<entity>:<connection>:<key>`; `count` parts go before it."""
    return identity.split(":", count)[-1] if identity.count(":") >= count else ""


def repository_id(row: Row) -> str:
    """`github:acme/payments`."""
    tool = tool_of(row["id"])
    path = urlsplit(row["url"] or "").path.strip("/").removesuffix(".git")
    # the name is the whole path at both; the address goes before it, since a later version may show a short one
    full = path if "/" in path else row["name"] or ""
    return f"{tool}:{full}" if tool in _HOSTS and "/" in full else own(row["id"])


def account_id(row: Row) -> str:
    """`github:@kim`; at Jira and PagerDuty by the tool's own key."""
    tool, key = tool_of(row["id"]), last_of(row["id"], 3)
    if tool in _HOSTS and row["user_name"]:
        return f"{tool}:@{row['user_name']}"
    return f"{tool}:@{key}" if tool in ("jira", "pagerduty") and key else own(f"@{row['id']}")


def item_id(row: Row) -> str:
    """`github:acme/payments#12`, `jira:ACME-17`."""
    tool = tool_of(row["id"])
    if tool == "jira" and row["issue_key"]:
        return f"jira:{row['issue_key']}"
    path = urlsplit(row["url"] or "").path.strip("/")
    if tool in _HOSTS and (found := _ISSUE.search(path)):
        return f"{tool}:{path[: found.start()]}#{found[1]}"
    return own(row["id"])


def sprint_id(identity: str) -> str:
    """`jira:sprint/12`."""
    key = last_of(identity, 3)
    return f"jira:sprint/{key}" if tool_of(identity) == "jira" and key else own(identity)


def incident_id(row: Row, names: Names) -> str:
    """`pagerduty:Q3ABC`, which stands in the address; DevLake's own key is the number that people see."""
    last = urlsplit(row["url"] or "").path.rpartition("/")[2]
    if tool_of(row["id"]) == "pagerduty" and last:
        return f"pagerduty:{last}"
    # without a table of incidents the issue itself is the incident, and goes by its own id
    return names.items.get(row["id"], own(row["id"])) if "issue_key" in row else own(row["id"])


def _plain_url(url: str) -> str:
    return url.rstrip("/").removesuffix(".git")
