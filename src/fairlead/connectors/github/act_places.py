"""What an act's ids mean at GitHub: repositories, numbers, runs, people and teams."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

from fairlead.connectors.github.api import PUBLIC
from fairlead.connectors.kit.acting import ActRequest
from fairlead.connectors.kit.naming import identity, within
from fairlead.model.errors import Skip

# a name of dots alone is a way up in an address, where other things lie
_NAME = r"(?!\.{1,2}(?![A-Za-z0-9_.-]))[A-Za-z0-9_.-]+"
_REPOSITORY = rf"(?P<repo>{_NAME}/{_NAME})"
_ITEM = re.compile(rf"{_REPOSITORY}#(?P<number>[0-9]{{1,18}})")
_BUILD = re.compile(
    rf"{_REPOSITORY}/(?P<kind>run|job|check)/(?P<number>[0-9]{{1,18}})(?:/(?P<attempt>[0-9]{{1,6}}))?"
)


_MILESTONE = re.compile(rf"{_REPOSITORY}/milestone/(?P<number>[0-9]{{1,18}})")


class Item(NamedTuple):
    """An issue or pull request."""

    repository: str
    """Address of the repository in the API."""
    number: int

    @property
    def issue(self) -> str:
        """Its address as an issue, which a pull request is as well."""
        return f"{self.repository}/issues/{self.number}"

    @property
    def pull(self) -> str:
        """Its address as a pull request."""
        return f"{self.repository}/pulls/{self.number}"


class Build(NamedTuple):
    """A run, job or check run."""

    repository: str
    kind: str
    number: int
    attempt: int
    """0 where the id names none."""


def repository(request: ActRequest, record_id: str) -> str:
    """Address of a repository in the API."""
    name = within(request, record_id)
    if not re.fullmatch(_REPOSITORY, name):
        raise Skip(f"`{record_id}` is no repository")
    return _address(request, name)


def item(request: ActRequest, record_id: str) -> Item:
    """An issue or pull request by its id."""
    found = _ITEM.fullmatch(within(request, record_id))
    if found is None:
        raise Skip(f"`{record_id}` is neither an issue nor a pull request")
    return Item(_address(request, found["repo"]), int(found["number"]))


def milestone(request: ActRequest, record_id: str, where: Item) -> int:
    """Number of a milestone, which lies in the repository of the item that goes under it."""
    found = _MILESTONE.fullmatch(within(request, record_id))
    if found is None:
        raise Skip(f"`{record_id}` is no milestone of GitHub", hint="sprints are milestones there")
    if _address(request, found["repo"]) != where.repository:
        raise Skip(f"`{record_id}` is of another repository", hint="each repository has milestones of its own")
    return int(found["number"])


def build(request: ActRequest, record_id: str) -> Build:
    """A build by its id."""
    found = _BUILD.fullmatch(within(request, record_id))
    if found is None:
        raise Skip(f"`{record_id}` is nothing that GitHub runs again")
    return Build(_address(request, found["repo"]), found["kind"], int(found["number"]), int(found["attempt"] or 0))


def team(request: ActRequest, team_id: str) -> str:
    """Slug of a team, like `payments` of `github:@acme/payments`."""
    owner, _, slug = identity(request, team_id).partition("/")
    if not owner or not re.fullmatch(r"[A-Za-z0-9_.-]+", slug):
        raise Skip(f"`{team_id}` is no team of GitHub")
    return slug


def _address(request: ActRequest, name: str) -> str:
    base = str(request.settings.get("url") or PUBLIC).rstrip("/")
    return f"{base}/repos/{quote(name)}"
