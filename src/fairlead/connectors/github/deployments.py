"""Deployments and their statuses."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.github.builds import say_run
from fairlead.connectors.github.paths import last_number
from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.moments import USUAL_RANK, version
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.delivery import Deployment

_FINAL: Mapping[str, str] = MappingProxyType({"success": "success", "failure": "failure", "error": "error"})
_RANKS: Mapping[str, int] = MappingProxyType({"pending": 10, "queued": 11, "waiting": 12, "in_progress": 20})
_FINAL_RANK = 30


def deployment_event(sheet: Sheet, payload: Doc) -> None:
    """A `deployment` webhook; the workflow run that made it comes along."""
    say_deployment(sheet, payload.need("deployment"))
    if run := payload.child("workflow_run"):
        say_run(sheet, run)


def deployment_status_event(sheet: Sheet, payload: Doc) -> None:
    """A `deployment_status` webhook."""
    deployment = say_deployment(sheet, payload.need("deployment"))
    say_status(sheet, payload.need("deployment_status"), deployment)
    if run := payload.child("workflow_run"):
        say_run(sheet, run)


def deployment_review_event(sheet: Sheet, payload: Doc) -> None:
    """A `deployment_review` webhook: the run waits or goes on."""
    if run := payload.child("workflow_run"):
        say_run(sheet, run)


def status_page(sheet: Sheet, status: Doc) -> None:
    """A status as the API lists it, which names its deployment by address."""
    number = last_number(status.need_text("deployment_url"))
    if number is None:
        status.wrong("deployment_url", "does not end with the number of a deployment")
    say_status(sheet, status, f"{sheet.repository}/deployment/{number}")


def say_deployment(sheet: Sheet, found: Doc) -> str:
    """Says what a deployment was made as, which never changes, and gives its id.

    Its `updated_at` moves with every status, so it is no version of anything here.
    """
    identity = f"{sheet.repository}/deployment/{found.need_whole('id')}"
    created = version(found, "created_at")
    sheet.say(
        Deployment(
            id=identity,
            source=sheet.source,
            created_at=found.time("created_at"),
            repository=sheet.repository,
            environment=found.text("original_environment") or found.text("environment"),
            sha=found.text("sha"),
            ref=found.text("ref"),
            description=found.text("description"),
            task=found.text("task"),
            actor=sheet.person(found, "creator"),
            started_at=found.time("created_at"),
            state="queued",
            result=None,
            made_from="deployment",
        ),
        created,
    )
    return identity


def say_status(sheet: Sheet, status: Doc, deployment: str) -> None:
    """Says what a status changes: `inactive` only tells that a later deployment took over, so nothing."""
    state = status.need_text("state")
    at = version(status, "created_at")
    url = status.text("environment_url") or status.text("log_url") or status.text("target_url") or UNSET
    if result := _FINAL.get(state):
        record = Deployment(
            id=deployment,
            source=sheet.source,
            url=url,
            state="finished",
            result=result,
            finished_at=at,
        )
        sheet.say(record, at, _FINAL_RANK)
        if result == "success":
            sheet.emit("dev.cdevents.service.deployed.0.3.0", deployment, at)
        else:
            sheet.emit("dev.fairlead.deployment.failed.0.1.0", deployment, at, result=result)
    elif state in _RANKS:
        running = state == "in_progress"
        record = Deployment(
            id=deployment,
            source=sheet.source,
            state="running" if running else "queued",
            started_at=at if running else UNSET,
        )
        sheet.say(record, at, _RANKS.get(state, USUAL_RANK))
