"""Timelines of issues and pull requests in REST form."""

from __future__ import annotations

from typing import Any

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.names import node_id, stamp
from fairlead.connectors.github.fake.payloads.commit import api_commit
from fairlead.connectors.github.fake.payloads.issue import comment, issue
from fairlead.connectors.github.fake.payloads.review import review, review_comment
from fairlead.connectors.github.fake.payloads.user import team, user_or_none
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.github.fake.state import Issue, Pull, TimelineItem


def issue_event(wire: Wire, repo: Repository, found: TimelineItem, item: Issue | None) -> Json:
    """One event; with the issue where events of a whole repository are listed."""
    address = f"{wire.api}/repos/{repo.full_name}/issues/events/{found.id}"
    return {
        "id": found.id,
        "node_id": node_id("EV", found.id, repo.id),
        "url": address,
        "actor": user_or_none(wire, found.actor),
        "event": found.event,
        "commit_id": found.commit,
        "commit_url": f"{wire.api}/repos/{repo.full_name}/commits/{found.commit}" if found.commit else None,
        "created_at": stamp(found.created_at),
        "performed_via_github_app": None,
        **_more(wire, repo, found),
        **({"issue": issue(wire, repo, item)} if item is not None else {}),
    }


def _more(wire: Wire, repo: Repository, found: TimelineItem) -> Json:
    more: Json = {}
    if found.label is not None:
        more["label"] = {"name": found.label.name, "color": found.label.color}
    if found.event in ("assigned", "unassigned"):
        more["assignee"] = user_or_none(wire, found.subject)
        more["assigner"] = user_or_none(wire, found.actor)
    if found.event in ("review_requested", "review_request_removed"):
        more["review_requester"] = user_or_none(wire, found.actor)
        if found.team is not None:
            more["requested_team"] = team(wire, found.team, repo.owner)
        else:
            more["requested_reviewer"] = user_or_none(wire, found.subject)
    if found.event == "renamed":
        more["rename"] = {"from": found.before, "to": found.after}
    if found.event in ("milestoned", "demilestoned"):
        more["milestone"] = {"title": found.milestone}
    if found.event == "closed":
        more["state_reason"] = found.state
    if found.event == "review_dismissed" and found.review is not None:
        more["dismissed_review"] = {
            "state": found.state,
            "review_id": found.review.id,
            "dismissal_message": None,
        }
    if found.event == "head_ref_force_pushed":
        more["commit_id"] = found.after
    return more


def timeline(fake: FakeGitHub, wire: Wire, repo: Repository, item: Issue) -> list[Json]:
    """Everything that happened, oldest first; commits, comments and reviews stand in their own forms."""
    dated: list[tuple[Any, int, Json]] = []
    for found in item.timeline:
        if found.event != "reviewed":
            dated.append((found.created_at, found.id, issue_event(wire, repo, found, None)))
    for said in item.comments:
        told = {"event": "commented", **comment(wire, repo, item, said), "actor": user_or_none(wire, said.user)}
        dated.append((said.created_at, said.id, told))
    if isinstance(item, Pull):
        dated += _of_pull(fake, wire, repo, item)
    return [told for _, _, told in sorted(dated, key=lambda entry: entry[:2])]


def _of_pull(fake: FakeGitHub, wire: Wire, repo: Repository, item: Pull) -> list[tuple[Any, int, Json]]:
    dated: list[tuple[Any, int, Json]] = []
    for place, sha in enumerate(item.commits):
        full = api_commit(wire, repo, repo.commits[sha], fake.by_address)
        commit = {**full["commit"], "sha": sha, "url": full["url"], "html_url": full["html_url"]}
        told = {"event": "committed", "node_id": full["node_id"], "parents": full["parents"], **commit}
        dated.append((repo.commits[sha].committer.at, place, told))
    for found in item.reviews:
        dated.append((found.submitted_at, found.id, {"event": "reviewed", **review(wire, repo, item, found, True)}))
        if found.comments:
            lines = [review_comment(wire, repo, item, one) for one in found.comments]
            dated.append((found.submitted_at, found.id + 1, {"event": "line-commented", "comments": lines}))
    return dated
