"""Workflow runs, jobs, checks and commit statuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.moments import version
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.delivery import Build
from fairlead.model.records.kinds import Text, Time

_ACTIONS = "github-actions"
_STATES: Mapping[str, str] = MappingProxyType({"completed": "finished", "in_progress": "running"})
_RANKS: Mapping[str, int] = MappingProxyType({"queued": 10, "running": 20, "finished": 30})
_RESULTS: Mapping[str, str] = MappingProxyType(
    {
        "success": "success", "failure": "failure", "timed_out": "failure", "cancelled": "canceled",
        "stale": "canceled", "skipped": "skipped", "neutral": "neutral", "action_required": "neutral",
        "startup_failure": "error", "error": "error",
    }
)  # fmt: skip


def workflow_run_event(sheet: Sheet, payload: Doc) -> None:
    """A `workflow_run` webhook, or another that carries the run."""
    say_run(sheet, payload.need("workflow_run"))


def workflow_job_event(sheet: Sheet, payload: Doc) -> None:
    """A `workflow_job` webhook."""
    say_job(sheet, payload.need("workflow_job"))


def check_run_event(sheet: Sheet, payload: Doc) -> None:
    """A `check_run` webhook."""
    say_check(sheet, payload.need("check_run"))


def status_event(sheet: Sheet, payload: Doc) -> None:
    """A `status` webhook."""
    branches = [branch.text("name") for branch in payload.children("branches")]
    say_status(sheet, payload, payload.need_text("sha"), branches[0] if len(branches) == 1 else UNSET)


def say_run(sheet: Sheet, run: Doc) -> None:
    """Says an attempt of a workflow run."""
    attempt = run.whole("run_attempt") or 1
    state = _state(run)
    asked, started = run.time("created_at"), run.time("run_started_at")
    ended = run.time("updated_at") if state == "finished" else None
    identity = f"{sheet.repository}/run/{run.need_whole('id')}/{attempt}"
    actor = sheet.person(run, "triggering_actor")
    sheet.say(
        Build(
            id=identity,
            source=sheet.source,
            url=run.text("html_url"),
            created_at=asked,
            updated_at=run.time("updated_at"),
            repository=sheet.repository,
            kind="pipeline",
            name=run.text("name"),
            workflow_path=_workflow_path(run),
            number=run.whole("run_number"),
            attempt=attempt,
            trigger=run.text("event"),
            branch=run.text("head_branch"),
            sha=run.text("head_sha"),
            change=_change(sheet, run),
            state=state,
            result=_result(run, state),
            # A later attempt keeps the `created_at` of the first.
            queued_at=asked if attempt == 1 else started,
            started_at=started if state != "queued" else UNSET,
            finished_at=ended,
            actor=actor if isinstance(actor, str) else sheet.person(run, "actor"),
            app=_ACTIONS,
        ),
        version(run, "updated_at", "created_at"),
        _RANKS[state],
    )
    _emit_run(sheet, identity, state, asked, started, ended)


def say_job(sheet: Sheet, job: Doc) -> None:
    """Says a job of a workflow run."""
    number = job.need_whole("id")
    state = _state(job)
    run, attempt = job.whole("run_id"), job.whole("run_attempt") or 1
    started, ended = _started(job, state), _ended(job, state)
    at = version(job, *_dates(state), "created_at")
    sheet.say(
        Build(
            id=f"{sheet.repository}/job/{number}",
            source=sheet.source,
            url=job.text("html_url"),
            created_at=job.time("created_at"),
            repository=sheet.repository,
            kind="job",
            parent=f"{sheet.repository}/run/{run}/{attempt}" if run else UNSET,
            name=job.text("name"),
            attempt=attempt,
            branch=job.text("head_branch"),
            sha=job.text("head_sha"),
            state=state,
            result=_result(job, state),
            queued_at=job.time("created_at"),
            started_at=started,
            finished_at=ended,
            app=_ACTIONS,
        ),
        at,
        _RANKS[state],
    )
    _emit_task(sheet, f"{sheet.repository}/job/{number}", state, started, ended)


def say_check(sheet: Sheet, check: Doc) -> None:
    """Says a check run; that of GitHub Actions is its job and has the same number."""
    app = check.child("app")
    slug = app.text("slug") if app else UNSET
    # told twice, as `workflow_job` and as `check_run`, with one number
    kind = "job" if slug == _ACTIONS else "check"
    identity = f"{sheet.repository}/{kind}/{check.need_whole('id')}"
    state = _state(check)
    started, ended = _started(check, state), _ended(check, state)
    suite = check.child("check_suite")
    sheet.say(
        Build(
            id=identity,
            source=sheet.source,
            url=check.text("html_url"),
            repository=sheet.repository,
            kind=kind,
            name=check.text("name"),
            branch=(suite.text("head_branch") if suite else None) or sheet.headers.get("branch") or UNSET,
            sha=check.text("head_sha"),
            # A job's change is that of its run: the API shows checks of present heads only, jobs of all.
            change=_change(sheet, check) if kind == "check" else UNSET,
            state=state,
            result=_result(check, state),
            started_at=started,
            finished_at=ended,
            app=slug,
        ),
        version(check, *_dates(state), "started_at"),
        _RANKS[state],
    )
    _emit_task(sheet, identity, state, started, ended)


def say_status(sheet: Sheet, status: Doc, sha: Text, branch: Text) -> None:
    """Says a commit status: each one stands for itself, a later one of the same context is another."""
    given = status.need_text("state")
    state = "running" if given == "pending" else "finished"
    at = version(status, "updated_at", "created_at")
    # the API names who set it, the webhook who sent it, which is the same
    creator = "creator" if "creator" in status else "sender"
    sheet.say(
        Build(
            id=f"{sheet.repository}/status/{status.need_whole('id')}",
            source=sheet.source,
            url=status.text("target_url"),
            created_at=status.time("created_at"),
            updated_at=status.time("updated_at"),
            repository=sheet.repository,
            kind="status",
            name=status.text("context"),
            branch=branch,
            sha=sha,
            state=state,
            result=_RESULTS.get(given) if state == "finished" else None,
            started_at=status.time("created_at"),
            finished_at=at if state == "finished" else None,
            actor=sheet.person(status, creator),
        ),
        at,
        _RANKS[state],
    )


def _state(doc: Doc) -> str:
    """`requested`, `waiting`, `pending` and what may yet be invented have not begun."""
    return _STATES.get(doc.text("status") or "", "queued")


def _result(doc: Doc, state: str) -> Text:
    return _RESULTS.get(doc.text("conclusion") or "") if state == "finished" else None


def _dates(state: str) -> tuple[str, ...]:
    """What dates the present state; a queued job's `started_at` is the time of asking."""
    return {"finished": ("completed_at", "started_at"), "running": ("started_at",)}.get(state, ())


def _started(doc: Doc, state: str) -> Time:
    return doc.time("started_at") if state != "queued" else UNSET


def _ended(doc: Doc, state: str) -> Time:
    return doc.time("completed_at") if state == "finished" else None


def _workflow_path(run: Doc) -> Text:
    """Reusable and required workflows carry `path@ref`."""
    path = run.text("path")
    return path.partition("@")[0] if isinstance(path, str) else path


def _change(sheet: Sheet, doc: Doc) -> Text:
    """The open pull request of the commit; the list is empty for forks and once it is closed, which says nothing."""
    own = f"/repos/{sheet.repository.partition(':')[2]}/pulls/"
    for pull in doc.children("pull_requests"):
        if own in (pull.text("url") or own):
            return f"{sheet.repository}#{pull.need_whole('number')}"
    return UNSET


def _emit_run(sheet: Sheet, identity: str, state: str, asked: Time, started: Time, ended: Time) -> None:
    if state == "finished" and isinstance(ended, datetime):
        sheet.emit("dev.cdevents.pipelinerun.finished.0.3.0", identity, ended)
    elif state == "running" and isinstance(started, datetime):
        sheet.emit("dev.cdevents.pipelinerun.started.0.3.0", identity, started)
    elif isinstance(asked, datetime):
        sheet.emit("dev.cdevents.pipelinerun.queued.0.3.0", identity, asked)


def _emit_task(sheet: Sheet, identity: str, state: str, started: Time, ended: Time) -> None:
    if state == "finished" and isinstance(ended, datetime):
        sheet.emit("dev.cdevents.taskrun.finished.0.3.0", identity, ended)
    elif state == "running" and isinstance(started, datetime):
        sheet.emit("dev.cdevents.taskrun.started.0.3.0", identity, started)
