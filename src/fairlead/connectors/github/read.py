"""Which reader takes which event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fairlead.connectors.github import (
    alerts,
    builds,
    comments,
    commits,
    deployments,
    issues,
    milestones,
    organisations,
    pulls,
    refs,
    releases,
    repositories,
    reviews,
)
from fairlead.connectors.github.nothing import why_nothing
from fairlead.connectors.github.pages import read_page
from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.connectors.kit.payload import Doc, document
from fairlead.connectors.kit.reading import routed

_Reader = Callable[[Sheet, Doc], None]


def _repository_only(_sheet: Sheet, _payload: Doc) -> None:
    """The repository has been said on entering; the event carries nothing else of ours."""


READERS: Mapping[str, _Reader] = MappingProxyType(
    {
        "check_run": builds.check_run_event,
        "code_scanning_alert": alerts.alert_event("code_scanning_alert"),
        "commit_comment": comments.commit_comment_event,
        "create": refs.created,
        "delete": refs.deleted,
        "dependabot_alert": alerts.alert_event("dependabot_alert"),
        "deployment": deployments.deployment_event,
        "deployment_review": deployments.deployment_review_event,
        "deployment_status": deployments.deployment_status_event,
        "installation": repositories.installation_event,
        "installation_repositories": repositories.installation_event,
        "issue_comment": comments.issue_comment_event,
        "issue_dependencies": issues.dependency_event,
        "issues": issues.issue_event,
        "member": organisations.member_event,
        "membership": organisations.membership_event,
        "milestone": milestones.milestone,
        "organization": organisations.member_event,
        "public": _repository_only,
        "pull_request": pulls.pull_request,
        "pull_request_review": reviews.review_event,
        "pull_request_review_comment": reviews.review_comment_event,
        "pull_request_review_thread": reviews.review_thread_event,
        "push": commits.push,
        "release": releases.release_event,
        "repository": repositories.repository_event,
        "secret_scanning_alert": alerts.alert_event("secret_scanning_alert"),
        "status": builds.status_event,
        "sub_issues": issues.sub_issue_event,
        "team": organisations.team_event,
        "team_add": organisations.team_event,
        "workflow_job": builds.workflow_job_event,
        "workflow_run": builds.workflow_run_event,
    }
)
"""Event name -> reader. Every other event is kept and carries none of our records; `nothing.py` says why."""

_WITHOUT_REPOSITORY = frozenset(
    ("installation", "installation_repositories", "member", "membership", "organization", "team", "team_add")
)


def read(delivery: Delivery, options: Options) -> Reading:
    """Payload -> patches and events."""
    return routed(delivery, options, webhook=_webhook, page=read_page)


def _webhook(delivery: Delivery, options: Options) -> Reading:
    reader = READERS.get(delivery.kind)
    if reader is None:
        return Reading(nothing=why_nothing(delivery.kind))
    payload = document(delivery.body)
    sheet = Sheet(options)
    _enter(sheet, payload, delivery.kind)
    sheet.account(payload.child("sender"))
    reader(sheet, payload)
    return sheet.reading()


def _enter(sheet: Sheet, payload: Doc, kind: str) -> None:
    """Sets whose payload it is: a repository, or for events of an organisation its login."""
    if organisation := payload.child("organization"):
        sheet.owner = organisation.text("login") or ""
    if repository := payload.child("repository"):
        repositories.enter_repository(sheet, repository)
    elif kind not in _WITHOUT_REPOSITORY:
        payload.need("repository")
