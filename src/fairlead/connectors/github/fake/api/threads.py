"""Routes about issues, pull requests and what belongs to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fairlead.connectors.github.fake.api.call import Answer, Call, Listing, Refusal, Route, route
from fairlead.connectors.github.fake.api.timeline import issue_event, timeline
from fairlead.connectors.github.fake.payloads.commit import api_commit, changed_file
from fairlead.connectors.github.fake.payloads.issue import closed_by, comment, issue, label, milestone
from fairlead.connectors.github.fake.payloads.pull import pull, pull_files, simple_pull
from fairlead.connectors.github.fake.payloads.review import review, review_comment
from fairlead.connectors.github.fake.payloads.user import team, user
from fairlead.connectors.github.fake.state import Issue, Pull, Review, ReviewComment


def item_of(call: Call) -> Issue:
    """The issue or pull request of the path; deleted ones are gone for good."""
    number = call.number("number")
    if number in call.repo.deleted_issues:
        raise Refusal(410, "This issue was deleted")
    found = call.repo.issues.get(number)
    if found is None:
        raise Refusal(404, "Not Found")
    return found


def pull_of(call: Call) -> Pull:
    """The pull request of the path."""
    found = item_of(call)
    if not isinstance(found, Pull):
        raise Refusal(404, "Not Found")
    return found


def _issues(call: Call) -> Answer:
    repo, since = call.repo, call.time("since")
    found = _by_state(list(repo.issues.values()), call.word("state", "open"))
    if since is not None:
        found = [one for one in found if one.updated_at >= since]
    wanted = {name for name in call.word("labels").split(",") if name}
    if wanted:
        found = [one for one in found if wanted <= {mark.name for mark in one.labels}]
    ordered = _ordered(call, found, default="desc")
    return Listing(ordered, lambda one: {**issue(call.wire, repo, one), **closed_by(call.wire, one)})


def _pulls(call: Call) -> Answer:
    repo = call.repo
    found: list[Any] = _by_state(list(repo.pulls.values()), call.word("state", "open"))
    if base := call.word("base"):
        found = [one for one in found if one.base_ref == base]
    if head := call.word("head"):
        found = [one for one in found if f"{repo.owner.login}:{one.head_ref}" == head]
    # GitHub: ascending by default, save by creation, which is descending.
    default = "desc" if call.word("sort", "created") == "created" else "asc"
    return Listing(_ordered(call, found, default), lambda one: simple_pull(call.wire, repo, one))


def _by_state(items: list[Any], state: str) -> list[Any]:
    if state not in ("open", "closed", "all"):
        raise Refusal(422, "Validation Failed", errors=[{"field": "state", "code": "invalid"}])
    return [one for one in items if state in ("all", one.state)]


def _ordered(call: Call, items: list[Any], default: str) -> list[Any]:
    by_time = {"updated": "updated_at", "created": "created_at"}.get(call.word("sort", "created"), "created_at")
    down = call.word("direction", default) == "desc"
    return sorted(items, key=lambda one: (getattr(one, by_time), one.number), reverse=down)


def _issue(call: Call) -> Answer:
    found = item_of(call)
    return {**issue(call.wire, call.repo, found), **closed_by(call.wire, found)}


def _sub_issues(call: Call) -> Answer:
    repo = call.repo
    return Listing(item_of(call).children, lambda one: issue(call.wire, repo, one))


def _issue_comments(call: Call) -> Answer:
    repo, item = call.repo, item_of(call)
    since = call.time("since")
    found = [one for one in item.comments if since is None or one.updated_at >= since]
    return Listing(found, lambda one: comment(call.wire, repo, item, one))


def _all_comments(call: Call) -> Answer:
    repo = call.repo
    pairs = [(item, one) for item in repo.issues.values() for one in item.comments]
    return Listing(_sifted(call, pairs), lambda pair: comment(call.wire, repo, *pair))


def _sifted(call: Call, pairs: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Comments of a whole repository by `since`, `sort` and `direction`, where `created` ascending is the default."""
    since: datetime | None = call.time("since")
    kept = [pair for pair in pairs if since is None or pair[1].updated_at >= since]
    by_time = "updated_at" if call.word("sort") == "updated" else "created_at"
    down = call.word("direction", "asc") == "desc"
    return sorted(kept, key=lambda pair: (getattr(pair[1], by_time), pair[1].id), reverse=down)


def _pull(call: Call) -> Answer:
    return pull(call.wire, call.repo, pull_of(call))


def _pull_commits(call: Call) -> Answer:
    repo, item = call.repo, pull_of(call)
    found = [repo.commits[sha] for sha in item.commits]
    return Listing(found, lambda one: api_commit(call.wire, repo, one, call.fake.by_address), most=250)


def _pull_files(call: Call) -> Answer:
    repo, item = call.repo, pull_of(call)
    return Listing(pull_files(repo, item), lambda one: changed_file(call.wire, repo, one, item.head_sha), most=3000)


def _reviews(call: Call) -> Answer:
    repo, item = call.repo, pull_of(call)
    return Listing(item.reviews, lambda one: review(call.wire, repo, item, one, webhook=False))


def _review_of(call: Call) -> Review:
    found = next((one for one in pull_of(call).reviews if one.id == call.number("review")), None)
    if found is None:
        raise Refusal(404, "Not Found")
    return found


def _review(call: Call) -> Answer:
    return review(call.wire, call.repo, pull_of(call), _review_of(call), webhook=False)


def _comments_of_review(call: Call) -> Answer:
    repo, item = call.repo, pull_of(call)
    return Listing(_review_of(call).comments, lambda one: review_comment(call.wire, repo, item, one))


def _line_comments(call: Call) -> Answer:
    repo, item = call.repo, pull_of(call)
    pairs: list[tuple[Pull, ReviewComment]] = [(item, one) for found in item.reviews for one in found.comments]
    return Listing(_sifted(call, pairs), lambda pair: review_comment(call.wire, repo, *pair))


def _all_line_comments(call: Call) -> Answer:
    repo = call.repo
    pairs = [(item, one) for item in repo.pulls.values() for found in item.reviews for one in found.comments]
    return Listing(_sifted(call, pairs), lambda pair: review_comment(call.wire, repo, *pair))


def _requested(call: Call) -> Answer:
    item = pull_of(call)
    return {
        "users": [user(call.wire, one) for one in item.requested],
        "teams": [team(call.wire, one, call.fake.org) for one in item.requested_teams],
    }


def _timeline(call: Call) -> Answer:
    repo, item = call.repo, item_of(call)
    return Listing(timeline(call.fake, call.wire, repo, item), lambda one: one)


def _events(call: Call) -> Answer:
    repo, item = call.repo, item_of(call)
    return Listing(item.timeline, lambda one: issue_event(call.wire, repo, one, None))


def _all_events(call: Call) -> Answer:
    repo = call.repo
    pairs = [(item, one) for item in repo.issues.values() for one in item.timeline if one.event != "reviewed"]
    pairs.sort(key=lambda pair: (pair[1].created_at, pair[1].id), reverse=True)
    return Listing(pairs, lambda pair: issue_event(call.wire, repo, pair[1], pair[0]))


def _labels(call: Call) -> Answer:
    repo = call.repo
    return Listing(list(repo.labels.values()), lambda one: label(call.wire, repo, one))


def _milestones(call: Call) -> Answer:
    repo = call.repo
    found = [one for one in repo.milestones.values() if call.word("state", "open") in ("all", one.state)]
    return Listing(found, lambda one: milestone(call.wire, repo, one))


def _comment(call: Call) -> Answer:
    repo = call.repo
    for item in repo.issues.values():
        for one in item.comments:
            if one.id == call.number("comment"):
                return comment(call.wire, repo, item, one)
    raise Refusal(404, "Not Found")


_REPO = "/repos/{owner}/{repo}"
ROUTES: tuple[Route, ...] = (
    route(f"{_REPO}/issues", _issues),
    route(f"{_REPO}/issues/comments", _all_comments),
    route(f"{_REPO}/issues/comments/{{comment:int}}", _comment),
    route(f"{_REPO}/issues/events", _all_events),
    route(f"{_REPO}/issues/{{number:int}}", _issue),
    route(f"{_REPO}/issues/{{number:int}}/comments", _issue_comments),
    route(f"{_REPO}/issues/{{number:int}}/events", _events),
    route(f"{_REPO}/issues/{{number:int}}/timeline", _timeline),
    route(f"{_REPO}/issues/{{number:int}}/sub_issues", _sub_issues),
    route(f"{_REPO}/pulls", _pulls),
    route(f"{_REPO}/pulls/comments", _all_line_comments),
    route(f"{_REPO}/pulls/{{number:int}}", _pull),
    route(f"{_REPO}/pulls/{{number:int}}/commits", _pull_commits),
    route(f"{_REPO}/pulls/{{number:int}}/files", _pull_files),
    route(f"{_REPO}/pulls/{{number:int}}/reviews", _reviews),
    route(f"{_REPO}/pulls/{{number:int}}/reviews/{{review:int}}", _review),
    route(f"{_REPO}/pulls/{{number:int}}/reviews/{{review:int}}/comments", _comments_of_review),
    route(f"{_REPO}/pulls/{{number:int}}/comments", _line_comments),
    route(f"{_REPO}/pulls/{{number:int}}/requested_reviewers", _requested),
    route(f"{_REPO}/labels", _labels),
    route(f"{_REPO}/milestones", _milestones),
)
