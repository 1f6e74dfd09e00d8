"""The connector of local git repositories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from fairlead.connectors.git import sync
from fairlead.connectors.git.expand import expand
from fairlead.connectors.git.range import decode
from fairlead.connectors.git.read import read
from fairlead.connectors.kit.connector import Delivery, Finding, Options, Page, Reading, SyncRequest
from fairlead.model.errors import Refused
from fairlead.model.raw import Trust


class GitConnector:
    """Reads repositories on this machine; the log holds how their refs moved, the repositories hold the rest."""

    tool = "git"
    title = "Git"
    records = frozenset(
        {
            "accounts", "change_commits", "changes", "code_owners", "commit_files", "commits", "documents",
            "releases", "repositories",
        }
    )  # fmt: skip

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:  # noqa: ARG002
        """Refuses all: a range names a folder of this machine, so it never comes from outside."""
        raise Refused("git sends no webhooks", hint="ranges of refs are found by `fairlead sync` alone")

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:  # noqa: ARG002
        """Never reached, as `verify` refuses."""
        raise Refused("git sends no webhooks")

    def read(self, delivery: Delivery, options: Options) -> Reading:
        """Repository, tags and known files of one step."""
        return read(decode(delivery.body), options.source)

    def expand(self, delivery: Delivery, options: Options) -> Iterator[Reading]:
        """Commits, their files and inferred changes, read from the repository."""
        return expand(decode(delivery.body), options.source)

    def sync(self, request: SyncRequest) -> Iterator[Page]:
        """A page for each repository whose refs moved."""
        return sync.sync(request)

    def check(self, request: SyncRequest) -> Iterator[Finding]:
        """Whether the paths are repositories, and what their clones cannot tell."""
        return sync.check(request)


CONNECTOR = GitConnector()
