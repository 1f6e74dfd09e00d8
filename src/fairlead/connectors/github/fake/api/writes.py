"""Routes that change something: each does what the driver call of its name does, webhooks and all.

Statuses, bodies and refusals are those of GitHub's REST API; `fake.effects` counts what somebody can see.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fairlead.connectors.github.fake.api.call import Answer, Call, Refusal, Route, Status, route
from fairlead.connectors.github.fake.api.signin import SignIn
from fairlead.connectors.github.fake.api.threads import item_of, pull_of
from fairlead.connectors.github.fake.payloads.issue import comment, issue, label
from fairlead.connectors.github.fake.payloads.pull import pull
from fairlead.connectors.github.fake.pipeline import CheckRun, WorkflowRun
from fairlead.connectors.github.fake.state import Comment, Issue, Pull

_LONGEST = 65536
Write = Callable[[Call, str, datetime], Answer]
"""A write with the login in whose name and the moment at which it happens."""


def routes(sign_in: SignIn) -> tuple[Route, ...]:
    """The routes over one desk's sign-in, which knows who may write what."""

    def writing(template: str, method: str, permission: str, write: Write) -> Route:
        def answer(call: Call) -> Answer:
            by = _writer(call, sign_in, permission)
            return write(call, by, max(call.now, call.fake.now))

        return route(template, answer, method)

    return tuple(writing(*one) for one in _WRITES)


def _writer(call: Call, sign_in: SignIn, permission: str) -> str:
    """Login of whoever writes; raises the refusal of one who may only read."""
    fake, caller = call.fake, call.caller
    if call.repo.archived:
        raise Refusal(403, "Repository was archived so is read-only.")
    if caller.kind == "user":
        if "repo" not in {scope.strip() for scope in sign_in.scopes.split(",")}:
            raise Refusal(403, "Resource not accessible by personal access token")
        if caller.login not in fake.accounts:
            fake.add_user(caller.login, name=caller.login, at=call.now)
        return caller.login
    app = sign_in.apps[caller.app_id]
    if app.permissions.get(permission) != "write":
        raise Refusal(403, "Resource not accessible by integration")
    if f"{app.slug}[bot]" not in fake.accounts:
        fake.add_bot(app.slug, name=app.name, at=call.now)
    return f"{app.slug}[bot]"


def _invalid(resource: str, field: str, code: str = "missing_field") -> Refusal:
    return Refusal(422, "Validation Failed", errors=[{"resource": resource, "field": field, "code": code}])


def _text(call: Call, name: str, resource: str) -> str:
    found = call.said().get(name)
    if not isinstance(found, str) or not found.strip():
        raise _invalid(resource, name)
    if len(found) > _LONGEST:
        raise Refusal(422, "Validation Failed", errors=[f"{name} is too long (maximum is 65536 characters)"])
    return found


def _names(call: Call, name: str) -> list[str]:
    found = call.said().get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise Refusal(422, f"Invalid request.\n\nFor 'properties/{name}', it is not an array of strings.")
    if name == "labels" and any(len(one) > 50 for one in found):
        raise _invalid("Label", "name")
    return found


def _did(call: Call, what: str, item: Issue | None = None) -> None:
    place = call.repo.full_name
    call.fake.effects.append(f"{what} {place}#{item.number}" if item is not None else f"{what} {place}")


def _comment(call: Call, by: str, at: datetime) -> Answer:
    item, text = item_of(call), _text(call, "body", "IssueComment")
    if item.locked:
        raise Refusal(403, "Unable to create comment because issue is locked.")
    made = call.fake.comment(call.repo, item, text, by=by, at=at)
    _did(call, "comment", item)
    return Status(201, comment(call.wire, call.repo, item, made))


def _comment_of(call: Call) -> tuple[Issue, Comment]:
    number = call.number("comment")
    for item in call.repo.issues.values():
        for one in item.comments:
            if one.id == number:
                return item, one
    raise Refusal(404, "Not Found")


def _edit_comment(call: Call, by: str, at: datetime) -> Answer:
    item, one = _comment_of(call)
    call.fake.edit_comment(call.repo, item, one, _text(call, "body", "IssueComment"), by=by, at=at)
    _did(call, "edit_comment", item)
    return comment(call.wire, call.repo, item, one)


def _delete_comment(call: Call, by: str, at: datetime) -> Answer:
    item, one = _comment_of(call)
    call.fake.delete_comment(call.repo, item, one, by=by, at=at)
    _did(call, "delete_comment", item)
    return Status(204, {})


def _add_labels(call: Call, by: str, at: datetime) -> Answer:
    item = item_of(call)
    for name in _names(call, "labels"):
        if name not in {one.name for one in item.labels}:
            call.fake.add_label(call.repo, item, name, by=by, at=at)
            _did(call, f"label {name}", item)
    return [label(call.wire, call.repo, one) for one in item.labels]


def _remove_label(call: Call, by: str, at: datetime) -> Answer:
    item, name = item_of(call), call.parts["name"]
    if name not in {one.name for one in item.labels}:
        raise Refusal(404, "Label does not exist")
    call.fake.remove_label(call.repo, item, name, by=by, at=at)
    _did(call, f"unlabel {name}", item)
    return [label(call.wire, call.repo, one) for one in item.labels]


def _add_assignees(call: Call, by: str, at: datetime) -> Answer:
    item = item_of(call)
    there = {one.login.lower() for one in item.assignees}
    for login in _names(call, "assignees"):
        # GitHub takes no notice of strangers, and answers as if nothing had been asked
        if login in call.fake.accounts and login.lower() not in there:
            call.fake.assign(call.repo, item, login, by=by, at=at)
            _did(call, f"assign {login}", item)
    return Status(201, issue(call.wire, call.repo, item))


def _remove_assignees(call: Call, by: str, at: datetime) -> Answer:
    item = item_of(call)
    for login in _names(call, "assignees"):
        if login in {one.login for one in item.assignees}:
            call.fake.unassign(call.repo, item, login, by=by, at=at)
            _did(call, f"unassign {login}", item)
    return issue(call.wire, call.repo, item)


def _request(call: Call, by: str, at: datetime) -> Answer:
    item, people, teams = pull_of(call), _names(call, "reviewers"), _names(call, "team_reviewers")
    if item.user.login in people:
        raise Refusal(422, "Review cannot be requested from pull request author.")
    if not (set(people) <= set(call.fake.accounts) and set(teams) <= set(call.fake.teams)):
        raise Refusal(
            422,
            "Reviews may only be requested from collaborators. One or more of the users or teams you specified is "
            f"not a collaborator of the {call.repo.full_name} repository.",
        )
    for login in people:
        if login not in {one.login for one in item.requested}:
            call.fake.request_review(call.repo, item, login, by=by, at=at)
            _did(call, f"request_review {login}", item)
    for slug in teams:
        if slug not in {one.slug for one in item.requested_teams}:
            call.fake.request_team(call.repo, item, slug, by=by, at=at)
            _did(call, f"request_review @{slug}", item)
    return Status(201, pull(call.wire, call.repo, item))


def _withdraw(call: Call, by: str, at: datetime) -> Answer:
    item = pull_of(call)
    for login in _names(call, "reviewers"):
        if login in {one.login for one in item.requested}:
            call.fake.drop_request(call.repo, item, login, by=by, at=at)
            _did(call, f"withdraw_review {login}", item)
    for slug in _names(call, "team_reviewers"):
        if slug in {one.slug for one in item.requested_teams}:
            call.fake.drop_team(call.repo, item, slug, by=by, at=at)
            _did(call, f"withdraw_review @{slug}", item)
    return pull(call.wire, call.repo, item)


def _create_issue(call: Call, by: str, at: datetime) -> Answer:
    title, said = _text(call, "title", "Issue"), call.said()
    strangers = [login for login in _names(call, "assignees") if login not in call.fake.accounts]
    if strangers:
        raise Refusal(422, "Validation Failed", errors=[{"value": strangers[0], "resource": "Issue",
                                                         "field": "assignees", "code": "invalid"}])  # fmt: skip
    made = call.fake.open_issue(
        call.repo, title, by=by, at=at, body=said.get("body"), labels=tuple(_names(call, "labels")),
        assignees=tuple(_names(call, "assignees")), type=said.get("type"),
    )  # fmt: skip
    _did(call, "issue", made)
    return Status(201, issue(call.wire, call.repo, made))


def _edit_issue(call: Call, by: str, at: datetime) -> Answer:
    item, said, fake, repo = item_of(call), call.said(), call.fake, call.repo
    if "title" in said and said["title"] != item.title:
        fake.retitle(repo, item, _text(call, "title", "Issue"), by=by, at=at)
        _did(call, "retitle", item)
    if "body" in said and said["body"] != item.body:
        fake.rewrite(repo, item, said["body"], by=by, at=at)
        _did(call, "rewrite", item)
    if "milestone" in said:
        _milestone(call, item, by, at)
    if "state" in said:
        _state(call, item, by, at)
    return issue(call.wire, repo, item)


def _milestone(call: Call, item: Issue, by: str, at: datetime) -> None:
    wanted, fake, repo = call.said()["milestone"], call.fake, call.repo
    found = repo.milestones.get(wanted) if wanted is not None else None
    if wanted is not None and found is None:
        raise _invalid("Issue", "milestone", "invalid")
    if found is item.milestone:
        return
    if found:
        fake.set_milestone(repo, item, found, by=by, at=at)
        _did(call, f"milestone {found.title}", item)
    else:
        fake.clear_milestone(repo, item, by=by, at=at)
        _did(call, "demilestone", item)


def _state(call: Call, item: Issue, by: str, at: datetime) -> None:
    said, fake, repo = call.said(), call.fake, call.repo
    state, reason = said["state"], said.get("state_reason") or "completed"
    if state not in ("open", "closed"):
        raise _invalid("Issue", "state", "invalid")
    if isinstance(item, Pull) and item.merged_at is not None:
        raise Refusal(422, "Validation Failed", errors=[{"message": "Pull request is already merged"}])
    if state == item.state and (state == "open" or isinstance(item, Pull) or reason == item.state_reason):
        return
    if isinstance(item, Pull):
        (fake.close_pull if state == "closed" else fake.reopen_pull)(repo, item, by=by, at=at)
    elif state == "closed":
        fake.close_issue(repo, item, by=by, at=at, reason=reason)
    else:
        fake.reopen_issue(repo, item, by=by, at=at)
    _did(call, "close" if state == "closed" else "reopen", item)


def _run_of(call: Call) -> WorkflowRun:
    found = call.repo.runs.get(call.number("run"))
    if found is None:
        raise Refusal(404, "Not Found")
    return found


def _run_again(call: Call, run: WorkflowRun, by: str, at: datetime) -> Answer:
    if run.status != "completed":
        raise Refusal(403, "The workflow run cannot be rerun because it is already running.")
    call.fake.rerun(call.repo, run, by=by, at=at)
    _did(call, f"rerun {run.id}")
    return Status(201, {})


def _rerun(call: Call, by: str, at: datetime) -> Answer:
    return _run_again(call, _run_of(call), by, at)


def _rerun_job(call: Call, by: str, at: datetime) -> Answer:
    found = call.repo.checks.get(call.number("job"))
    if found is None or found.run is None:
        raise Refusal(404, "Not Found")
    return _run_again(call, found.run, by, at)


def _rerequest(call: Call, by: str, at: datetime) -> Answer:
    found: CheckRun | None = call.repo.checks.get(call.number("check"))
    if found is None:
        raise Refusal(404, "Not Found")
    call.fake.rerequest(call.repo, found, by=by, at=at)
    _did(call, f"rerequest {found.id}")
    return Status(201, {})


def _merge(call: Call, by: str, at: datetime) -> Answer:
    item, said = pull_of(call), call.said()
    if item.draft:
        raise Refusal(405, "Pull Request is still a draft")
    if item.state != "open" or item.conflicting:
        raise Refusal(405, "Pull Request is not mergeable")
    if said.get("sha") not in (None, item.head_sha):
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    how = said.get("merge_method") or "merge"
    if how not in ("merge", "squash", "rebase"):
        raise _invalid("PullRequest", "merge_method", "invalid")
    sha = call.fake.merge(call.repo, item, by=by, at=at, how=how)
    _did(call, "merge", item)
    return {"sha": sha, "merged": True, "message": "Pull Request successfully merged"}


_REPO = "/repos/{owner}/{repo}"
_ISSUE = f"{_REPO}/issues/{{number:int}}"
_REVIEWERS = f"{_REPO}/pulls/{{number:int}}/requested_reviewers"
_WRITES: tuple[tuple[str, str, str, Write], ...] = (
    (f"{_ISSUE}/comments", "POST", "issues", _comment),
    (f"{_REPO}/issues/comments/{{comment:int}}", "PATCH", "issues", _edit_comment),
    (f"{_REPO}/issues/comments/{{comment:int}}", "DELETE", "issues", _delete_comment),
    (f"{_ISSUE}/labels", "POST", "issues", _add_labels),
    (f"{_ISSUE}/labels/{{name:rest}}", "DELETE", "issues", _remove_label),
    (f"{_ISSUE}/assignees", "POST", "issues", _add_assignees),
    (f"{_ISSUE}/assignees", "DELETE", "issues", _remove_assignees),
    (_REVIEWERS, "POST", "pull_requests", _request),
    (_REVIEWERS, "DELETE", "pull_requests", _withdraw),
    (f"{_REPO}/issues", "POST", "issues", _create_issue),
    (_ISSUE, "PATCH", "issues", _edit_issue),
    (f"{_REPO}/actions/runs/{{run:int}}/rerun", "POST", "actions", _rerun),
    (f"{_REPO}/actions/runs/{{run:int}}/rerun-failed-jobs", "POST", "actions", _rerun),
    (f"{_REPO}/actions/jobs/{{job:int}}/rerun", "POST", "actions", _rerun_job),
    (f"{_REPO}/check-runs/{{check:int}}/rerequest", "POST", "checks", _rerequest),
    (f"{_REPO}/pulls/{{number:int}}/merge", "PUT", "contents", _merge),
)
