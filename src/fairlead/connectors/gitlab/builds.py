"""Pipelines and jobs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.gitlab.changes import embedded
from fairlead.connectors.gitlab.sheet import Sheet, second
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.delivery import Build
from fairlead.model.records.kinds import Text, Time

APP = "gitlab-ci"
_ENDED: Mapping[str, str] = MappingProxyType(
    {"success": "success", "failed": "failure", "canceled": "canceled", "skipped": "skipped"}
)
_RUNNING = frozenset(("running", "canceling"))
_RANKS: Mapping[str, int] = MappingProxyType({"queued": 10, "running": 20, "finished": 30})
_OF_CHANGE = re.compile(r"refs/merge-requests/(\d{1,18})/(?:head|merge|train)")


def pipeline_event(sheet: Sheet, payload: Doc) -> None:
    """A `pipeline` webhook, with all its jobs."""
    found = payload.need("object_attributes")
    change = payload.child("merge_request")
    of_change = embedded(sheet, change) if change else UNSET
    jobs = list(payload.children("builds"))
    # A pipeline that runs again keeps its first `created_at` and has no `updated_at` here: its jobs date it.
    latest = max((_latest(job) for job in jobs), default=OLDEST)
    # The API shows the ref that a pipeline of a merge request really runs on, a webhook its branch.
    branch = found.text("ref")
    if isinstance(of_change, str) and found.text("source") == "merge_request_event":
        branch = f"refs/merge-requests/{of_change.rpartition('!')[2]}/head"
    found = Doc({**_begun(jobs), **found.data, "ref": branch}, found.path)
    identity = _say_pipeline(sheet, found, of_change, sheet.person(payload, "user"), latest)
    for job in jobs:
        _say_job(sheet, job, identity, found.text("sha"), _branch(branch))


def job_event(sheet: Sheet, payload: Doc) -> None:
    """A `build` webhook, whose fields have a prefix."""
    # newer versions add each time once more as `..._iso`
    inner = {
        key.removeprefix("build_"): value
        for key, value in payload.data.items()
        if key.startswith("build_") and not key.endswith("_iso")
    }
    job = Doc({**inner, "user": payload.plain("user")}, payload.path)
    pipeline = payload.whole("pipeline_id")
    parent = f"{sheet.repository}/pipeline/{pipeline}" if pipeline else UNSET
    _say_job(sheet, job, parent, payload.text("sha"), _branch(payload.text("ref")))


def pipeline_page(sheet: Sheet, found: Doc) -> None:
    """A pipeline as the API details it."""
    _say_pipeline(sheet, found, UNSET, sheet.person(found, "user"), second(found, "updated_at") or OLDEST)


def job_page(sheet: Sheet, found: Doc) -> None:
    """A job as the API lists it."""
    pipeline, commit = found.child("pipeline"), found.child("commit")
    parent = f"{sheet.repository}/pipeline/{pipeline.need_whole('id')}" if pipeline else UNSET
    sha = (commit.text("id") if commit else None) or (pipeline.text("sha") if pipeline else UNSET)
    _say_job(sheet, found, parent, sha, _branch(found.text("ref")))


def _say_pipeline(sheet: Sheet, found: Doc, change: Text, actor: Text, latest: datetime) -> str:
    identity = f"{sheet.repository}/pipeline/{found.need_whole('id')}"
    state, result = _state(found)
    created, ended = second(found, "created_at"), second(found, "finished_at")
    ref = found.text("ref") or ""
    # pipelines of a merge request run on a ref of their own, the only place where the API names it
    if of_change := _OF_CHANGE.match(ref):
        change = f"{sheet.repository}!{int(of_change[1])}"
    sheet.say(
        Build(
            id=identity,
            source=sheet.source,
            url=found.text("web_url") or found.text("url") or UNSET,
            created_at=created,
            repository=sheet.repository,
            kind="pipeline",
            name=found.text("name"),
            number=found.whole("iid"),
            trigger=found.text("source"),
            branch=_branch(ref),
            sha=found.text("sha"),
            change=change,
            state=state,
            result=result,
            queued_at=created,
            started_at=second(found, "started_at"),
            finished_at=ended if state == "finished" else None,
            actor=actor,
            app=APP,
        ),
        max(moment for moment in (created, ended, latest) if moment),
        _RANKS[state],
    )
    if state == "finished" and ended:
        sheet.emit("dev.cdevents.pipelinerun.finished.0.3.0", identity, ended)
    elif created:
        sheet.emit("dev.cdevents.pipelinerun.queued.0.3.0", identity, created)
    return identity


def _say_job(sheet: Sheet, job: Doc, parent: Text, sha: Text, branch: Text) -> None:
    identity = f"{sheet.repository}/job/{job.need_whole('id')}"
    state, result = _state(job)
    started, ended = second(job, "started_at"), second(job, "finished_at")
    sheet.say(
        Build(
            id=identity,
            source=sheet.source,
            url=job.text("web_url"),
            created_at=second(job, "created_at"),
            repository=sheet.repository,
            kind="job",
            parent=parent,
            name=job.text("name"),
            branch=branch,
            sha=sha,
            state=state,
            result=result,
            queued_at=second(job, "created_at"),
            started_at=started,
            finished_at=ended if state == "finished" else None,
            actor=sheet.person(job, "user"),
            app=APP,
        ),
        _latest(job),
        _RANKS[state],
    )
    if state == "finished" and ended:
        sheet.emit("dev.cdevents.taskrun.finished.0.3.0", identity, ended)
    elif state == "running" and started:
        sheet.emit("dev.cdevents.taskrun.started.0.3.0", identity, started)


def _state(doc: Doc) -> tuple[str, Text]:
    """A job that waits for a hand or for a resource has not begun; what may yet be invented neither."""
    status = doc.text("status") or ""
    if status in _ENDED:
        return "finished", _ENDED[status]
    return ("running" if status in _RUNNING else "queued"), None


def _begun(jobs: Iterable[Doc]) -> dict[str, str]:
    """When a pipeline began: a webhook says it only of its jobs, of which the first is what the API means."""
    told = [(moment, job.text("started_at") or "") for job in jobs if (moment := second(job, "started_at"))]
    return {"started_at": min(told)[1]} if told else {}


def _latest(job: Doc) -> datetime:
    found: list[Time] = [second(job, key) for key in ("created_at", "started_at", "finished_at")]
    return max((moment for moment in found if isinstance(moment, datetime)), default=OLDEST)


def _branch(ref: Text) -> Text:
    """Branch or tag; the three refs of a merge request, its head, its merge and its train, are one."""
    found = _OF_CHANGE.match(ref or "")
    return f"refs/merge-requests/{int(found[1])}/head" if found else ref or UNSET
