"""What an act's ids mean at GitLab: projects, merge requests and issues, pipelines and jobs."""

from __future__ import annotations

import re
from typing import NamedTuple

from fairlead.connectors.gitlab.api import API, PUBLIC, encoded
from fairlead.connectors.kit.acting import ActRequest
from fairlead.connectors.kit.naming import within
from fairlead.model.errors import Skip

# a name of dots alone is a way up in an address, where other things lie
_NAME = r"(?!\.{1,2}(?![A-Za-z0-9_.-]))[A-Za-z0-9_.-]+"
_PROJECT = rf"(?P<project>{_NAME}(?:/{_NAME})+)"
_ITEM = re.compile(rf"{_PROJECT}(?P<sign>[!#])(?P<number>[0-9]{{1,18}})")
_BUILD = re.compile(rf"{_PROJECT}/(?P<kind>pipeline|job)/(?P<number>[0-9]{{1,18}})")


class Item(NamedTuple):
    """A merge request or an issue."""

    address: str
    is_change: bool


class Build(NamedTuple):
    """A pipeline or a job."""

    project: str
    """Address of its project in the API."""
    kind: str
    number: int


def project(request: ActRequest, record_id: str) -> str:
    """Address of a project in the API."""
    name = within(request, record_id)
    if not re.fullmatch(_PROJECT, name):
        raise Skip(f"`{record_id}` is no project")
    return _address(request, name)


def item(request: ActRequest, record_id: str) -> Item:
    """A merge request or an issue by its id."""
    found = _ITEM.fullmatch(within(request, record_id))
    if found is None:
        raise Skip(f"`{record_id}` is neither a merge request nor an issue")
    is_change = found["sign"] == "!"
    below = "merge_requests" if is_change else "issues"
    return Item(f"{_address(request, found['project'])}/{below}/{found['number']}", is_change)


def build(request: ActRequest, record_id: str) -> Build:
    """A pipeline or job by its id."""
    found = _BUILD.fullmatch(within(request, record_id))
    if found is None:
        raise Skip(f"`{record_id}` is nothing that GitLab runs again")
    return Build(_address(request, found["project"]), found["kind"], int(found["number"]))


def _address(request: ActRequest, name: str) -> str:
    base = str(request.settings.get("url") or PUBLIC).rstrip("/").removesuffix(API)
    return f"{base}{API}/projects/{encoded(name)}"
