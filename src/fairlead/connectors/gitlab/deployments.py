"""Deployments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.gitlab.sheet import Sheet, second, seconds
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.delivery import Deployment
from fairlead.model.records.kinds import Text, Time

_ENDED: Mapping[str, str] = MappingProxyType(
    {"success": "success", "failed": "failure", "canceled": "canceled", "skipped": "skipped"}
)
_QUEUED, _RUNNING, _FINISHED = 10, 20, 30
_SHA = re.compile(r"/commit/([0-9a-f]{40}(?:[0-9a-f]{24})?)$")


def deployment_event(sheet: Sheet, payload: Doc) -> None:
    """A `deployment` webhook; the whole hash stands in the address of the commit alone."""
    # up to GitLab 13 only the job that deploys is named, and nothing can be kept apart
    number = payload.whole("deployment_id")
    if not number:
        return
    identity = f"{sheet.repository}/deployment/{number}"
    sha = _SHA.search(payload.text("commit_url") or "")
    ref = payload.text("ref")
    at = seconds(payload, "status_changed_at")
    actor = sheet.person(payload, "user")
    environment = payload.text("environment")
    _made(sheet, identity, environment, sha[1] if sha else UNSET, ref, actor, UNSET)
    status = payload.need_text("status")
    _moved(sheet, identity, status, at if status == "running" else UNSET, at, payload.text("deployable_url"))


def deployment_page(sheet: Sheet, found: Doc) -> None:
    """A deployment as the API lists it. Its `updated_at` may move after the end, which its job does not."""
    identity = f"{sheet.repository}/deployment/{found.need_whole('id')}"
    environment, job = found.child("environment"), found.child("deployable")
    _made(
        sheet,
        identity,
        environment.text("name") if environment else UNSET,
        found.text("sha"),
        found.text("ref"),
        sheet.person(found, "user"),
        second(found, "created_at"),
    )
    started = second(job, "started_at") if job else UNSET
    # one that an API call made has no job
    ended = (second(job, "finished_at") if job else None) or seconds(found, "finished_at", "updated_at", "created_at")
    status = found.need_text("status")
    at = ended if status in _ENDED else started or seconds(found, "updated_at", "created_at")
    _moved(sheet, identity, status, started, at, job.text("web_url") if job else UNSET)


def _made(sheet: Sheet, identity: str, environment: Text, sha: Text, ref: Text, actor: Text, created: Time) -> None:
    """What a deployment was made as, which never changes."""
    sheet.say(
        Deployment(
            id=identity,
            source=sheet.source,
            created_at=created,
            repository=sheet.repository,
            environment=environment,
            sha=sha,
            ref=ref,
            actor=actor,
            made_from="deployment",
        ),
        created or OLDEST,
    )


def _moved(sheet: Sheet, identity: str, status: str, started: Time, at: datetime, url: Text) -> None:
    result = _ENDED.get(status)
    state = "finished" if result else "running" if status == "running" else "queued"
    record = Deployment(
        id=identity,
        source=sheet.source,
        url=url or UNSET,
        state=state,
        result=result,
        finished_at=at if result else None,
    )
    sheet.say(record, at, _FINISHED if result else _RUNNING if state == "running" else _QUEUED)
    if isinstance(started, datetime):
        sheet.say(Deployment(id=identity, started_at=started), started)
    if result == "success":
        sheet.emit("dev.cdevents.service.deployed.0.3.0", identity, at)
    elif result:
        sheet.emit("dev.fairlead.deployment.failed.0.1.0", identity, at, result=result)
