"""Webhooks and API pages of GitLab -> records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fairlead.connectors.gitlab import (
    builds,
    changes,
    commits,
    deployments,
    files,
    issues,
    notes,
    places,
    projects,
    releases,
    statuses,
)
from fairlead.connectors.gitlab.sheet import Sheet
from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.connectors.kit.payload import Doc, document, documents
from fairlead.connectors.kit.reading import page_date, read_entries, routed

_Reader = Callable[[Sheet, Doc], object]

WEBHOOKS: Mapping[str, _Reader] = MappingProxyType(
    {
        "push": commits.push,
        "tag_push": commits.push,
        "merge_request": changes.merge_request_event,
        "note": notes.note_event,
        "issue": issues.issue_event,
        "work_item": issues.issue_event,
        "epic": issues.issue_event,
        "pipeline": builds.pipeline_event,
        "build": builds.job_event,
        "deployment": deployments.deployment_event,
        "release": releases.release_event,
        "milestone": places.milestone_event,
    }
)
_SYSTEM: Mapping[str, _Reader] = MappingProxyType(
    {
        **dict.fromkeys(
            ("project_create", "project_destroy", "project_rename", "project_transfer", "project_update"),
            projects.project_event,
        ),
        "group_rename": projects.group_renamed,
        "user_create": projects.user_made,
        "user_rename": projects.user_renamed,
    }
)
"""Events of system hooks and of groups that have no `object_kind`, with all fields at their top."""
_OF_GROUPS = frozenset(("work_item", "epic", "milestone"))
_NOTHING: Mapping[str, str] = MappingProxyType(
    {
        "emoji": "reactions are not recorded",
        "wiki_page": "wiki pages are not recorded",
        "feature_flag": "feature flags are not recorded",
        "access_token": "tokens that expire are the business of whoever made them",
        "vulnerability": "vulnerabilities are read from reports",
        "repository_update": "the push beside it tells the same, and which commits",
        "subgroup_create": "groups are told by their list",
        "subgroup_destroy": "groups are told by their list",
    }
)
_PEOPLE = ("user_", "group_", "key_")


def read(delivery: Delivery, options: Options) -> Reading:
    """A payload -> patches and events."""
    return routed(delivery, options, webhook=_webhook, page=_page)


def _webhook(delivery: Delivery, options: Options) -> Reading:
    payload = document(delivery.body)
    # system hooks send merge requests and pushes as project hooks do, and name all else by `event_name` alone
    kind = payload.text("object_kind") or payload.text("event_name") or delivery.kind
    sheet = Sheet(options)
    if told := _SYSTEM.get(kind):
        told(sheet, payload)
        return sheet.reading()
    reader = WEBHOOKS.get(kind)
    if reader is None:
        return Reading(nothing=_why_nothing(kind))
    if project := payload.child("project"):
        projects.enter(sheet, project)
    elif kind == "note":
        return Reading(nothing="comments on epics and other things of a group are not recorded")
    elif kind not in _OF_GROUPS:
        payload.need("project")
    sheet.account(payload.child("user"))
    reader(sheet, payload)
    return sheet.reading(f"`{kind}` carries none of our records")


def _page(delivery: Delivery, options: Options) -> Reading:
    name = delivery.kind.removeprefix("api:")
    sheet = Sheet(options, page_date(delivery.headers), delivery.headers)
    if path := delivery.headers.get("project"):
        sheet.enter(path)
    # an answer of GraphQL is one object, and its list lies three levels deep
    if name == "statuses":
        statuses.status_page(sheet, document(delivery.body))
        return sheet.reading("no work item has a status of its own")
    if together := _TOGETHER.get(name):
        together(sheet, documents(delivery.body))
        return sheet.reading("the page is empty")
    return read_entries(delivery, sheet, _PAGES.get(name))


def _why_nothing(kind: str) -> str:
    if kind.startswith(_PEOPLE):
        return "who belongs to what is told by the list of members"
    return _NOTHING.get(kind, f"no reader for `{kind}`")


_PAGES: Mapping[str, _Reader] = MappingProxyType(
    {
        "projects": projects.project_page,
        "groups": projects.group_page,
        "members": projects.member_page,
        "merge_requests": changes.merge_request_page,
        "change_commits": commits.change_commit_page,
        "commits": commits.commit_page,
        "notes": notes.note_page,
        "issues": issues.issue_page,
        "epics": issues.issue_page,
        "links": issues.link_page,
        "resource_state_events": issues.state_event_page,
        "resource_label_events": issues.label_event_page,
        "resource_milestone_events": issues.milestone_event_page,
        "pipelines": builds.pipeline_page,
        "jobs": builds.job_page,
        "deployments": deployments.deployment_page,
        "releases": releases.release_page,
        "tags": releases.tag_page,
        "milestones": places.milestone_page,
        "iterations": places.iteration_page,
        "files": files.file_page,
    }
)

_TOGETHER: Mapping[str, Callable[[Sheet, list[Doc]], object]] = MappingProxyType(
    {
        "versions": commits.version_pages,
        "resource_iteration_events": issues.iteration_events,
        "resource_weight_events": issues.weight_events,
    }
)
"""Pages whose entries say something only beside one another."""
