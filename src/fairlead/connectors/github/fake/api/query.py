"""`POST /graphql`: the root of the graph, timelines, and errors in GitHub's form."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    build_schema,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import OverlappingFieldsCanBeMergedRule

from fairlead.connectors.github.fake.api import nodes
from fairlead.connectors.github.fake.api.graph import Arguments, Connection, GraphFault, Resolver, Thing, Walk
from fairlead.connectors.github.fake.api.limits import Budget
from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.names import node_id, stamp
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.github.fake.state import Pull, Review, TimelineItem
from fairlead.model.times import parse_time

_TYPES = {
    "ready_for_review": "ReadyForReviewEvent", "convert_to_draft": "ConvertToDraftEvent",
    "review_requested": "ReviewRequestedEvent", "review_request_removed": "ReviewRequestRemovedEvent",
    "review_dismissed": "ReviewDismissedEvent", "labeled": "LabeledEvent", "unlabeled": "UnlabeledEvent",
    "assigned": "AssignedEvent", "unassigned": "UnassignedEvent", "closed": "ClosedEvent", "merged": "MergedEvent",
    "reopened": "ReopenedEvent", "renamed": "RenamedTitleEvent", "base_ref_changed": "BaseRefChangedEvent",
    "head_ref_force_pushed": "HeadRefForcePushedEvent", "added_to_merge_queue": "AddedToMergeQueueEvent",
    "removed_from_merge_queue": "RemovedFromMergeQueueEvent", "auto_merge_enabled": "AutoMergeEnabledEvent",
    "auto_merge_disabled": "AutoMergeDisabledEvent", "locked": "LockedEvent", "unlocked": "UnlockedEvent",
    "milestoned": "MilestonedEvent", "demilestoned": "DemilestonedEvent", "head_ref_deleted": "HeadRefDeletedEvent",
}  # fmt: skip
"""Event of the state -> type of the graph."""

# graphql-ruby, which GitHub runs, lets a nullable and a non-null field of one name stand beside each other.
_RULES = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]


class Query:
    """Answers GraphQL documents about one fake."""

    def __init__(self, fake: FakeGitHub, most: int = 100) -> None:
        self._fake = fake
        self._most = most
        self._documents: dict[str, DocumentNode] = {}

    def answer(self, body: bytes, wire: Wire, budget: Budget, broken_cursors: bool) -> Json:
        """The answer to a request body, with `errors` where something is wrong."""
        try:
            asked = msgspec.json.decode(body)
            document = self._parse(asked["query"])
        except (msgspec.DecodeError, KeyError, TypeError):
            return {"message": "Problems parsing JSON"}
        except GraphQLSyntaxError as fault:
            return {"errors": [{"message": fault.message}]}
        problems = validate(_schema(), document, _RULES)
        if problems:
            return {"errors": [{"message": problem.message} for problem in problems]}
        operation = next(one for one in document.definitions if isinstance(one, OperationDefinitionNode))
        fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
        errors: list[Json] = []
        root = self._root(wire, budget, errors)
        walk = Walk(_schema(), root, fragments, asked.get("variables") or {}, broken_cursors, self._most)
        try:
            data: Json | None = walk.object(Thing("Query", None), operation.selection_set)
        except GraphFault as fault:
            data, errors = None, [*errors, fault.json]
        return {"data": data, **({"errors": errors} if errors else {})}

    def _parse(self, text: str) -> DocumentNode:
        if text not in self._documents:
            self._documents[text] = parse(text)
        return self._documents[text]

    def _root(self, wire: Wire, budget: Budget, errors: list[Json]) -> dict[str, dict[str, Resolver]]:
        """Resolvers of one request; those of the repository come in once it is known which."""
        known: dict[str, Any] = {**nodes.actors(wire)}

        def repository(_: None, given: Arguments) -> Thing | None:
            found = self._find(given["owner"], given["name"])
            if found is None:
                text = f"Could not resolve to a Repository with the name '{given['owner']}/{given['name']}'."
                errors.append({"type": "NOT_FOUND", "path": ["repository"], "message": text})
                return None
            known.update(_of_repository(self._fake, wire, found))
            return Thing("Repository", found)

        known["Query"] = {
            "rateLimit": lambda _, __: Thing("RateLimit", budget),
            "repository": repository,
            "organization": lambda _, __: Thing("Organization", self._fake.org),
            "viewer": lambda _, __: nodes.actor(next(a for a in self._fake.accounts.values() if a.kind == "User")),
        }
        known["RateLimit"] = {
            "cost": lambda _, __: 1,
            "limit": lambda one, _: one.limit,
            "remaining": lambda one, _: one.remaining,
            "used": lambda one, _: one.used,
            "resetAt": lambda one, _: stamp(one.reset_at),
            "nodeCount": lambda _, __: 0,
        }
        return known

    def _find(self, owner: str, name: str) -> Repository | None:
        """A repository by its name or, as GraphQL does without a redirect, by a former one."""
        if owner.lower() != self._fake.org.login.lower():
            return None
        moved = self._fake.moved.get(f"{owner}/{name}".lower())
        for found in self._fake.repositories.values():
            if found.name.lower() == name.lower() or found.id == moved:
                return found
        return None


def _of_repository(fake: FakeGitHub, wire: Wire, repo: Repository) -> dict[str, Any]:
    """Resolvers of a repository and all below it."""

    def pulls(_: Repository, given: Arguments) -> Connection:
        states = given.get("states")
        found = [
            one for one in repo.pulls.values()
            if (not states or ("MERGED" if one.merged_at else one.state.upper()) in states)
            and given.get("baseRefName", one.base_ref) == one.base_ref
        ]  # fmt: skip
        order = given.get("orderBy", {"field": "CREATED_AT", "direction": "ASC"})
        name = "updated_at" if order["field"] == "UPDATED_AT" else "created_at"
        found.sort(key=lambda one: (getattr(one, name), one.number), reverse=order["direction"] == "DESC")
        return Connection("PullRequestConnection", [Thing("PullRequest", one) for one in found])

    def pull(_: Repository, given: Arguments) -> Thing | None:
        found = repo.pulls.get(given["number"])
        return Thing("PullRequest", found) if found is not None else None

    fields: dict[str, Resolver] = {
        "id": lambda one, _: node_id("R", one.id),
        "databaseId": lambda one, _: one.id,
        "name": lambda one, _: one.name,
        "nameWithOwner": lambda one, _: one.full_name,
        "url": lambda one, _: f"{wire.html}/{one.full_name}",
        "isPrivate": lambda one, _: one.private,
        "isArchived": lambda one, _: one.archived,
        "isFork": lambda one, _: one.fork,
        "createdAt": nodes.time_of("created_at"),
        "updatedAt": nodes.time_of("updated_at"),
        "pushedAt": nodes.time_of("pushed_at"),
        "owner": lambda one, _: nodes.actor(one.owner),
        "defaultBranchRef": lambda one, _: Thing("Ref", one.default_branch),
        "pullRequest": pull,
        "pullRequests": pulls,
    }
    reference: dict[str, Resolver] = {
        "name": lambda one, _: one,
        "target": lambda one, _: nodes.commit_or_none(repo, repo.branches.get(one)),
    }
    return {
        "Repository": fields,
        "Ref": reference,
        "PullRequest": nodes.pull_fields(wire, repo, _timeline(repo)),
        "AutoMergeRequest": {
            "enabledAt": lambda one, _: stamp(one[0]),
            "enabledBy": lambda one, _: nodes.actor(one[1]),
        },
        "ReviewRequest": {"requestedReviewer": lambda one, _: one},
        **nodes.commits(fake, wire, repo),
        **nodes.labels_and_milestones(wire, repo),
        **_said(wire, repo),
        **dict.fromkeys(_TYPES.values(), _event_fields(repo)),
    }


def _timeline(repo: Repository) -> Any:
    """All that happened to a pull request, oldest first, cut to the wanted types."""

    def items(one: Pull, given: Arguments) -> Connection:
        dated: list[tuple[datetime, int, Thing]] = []
        for place, sha in enumerate(one.commits):
            commit = repo.commits[sha]
            dated.append((commit.committer.at, place, Thing("PullRequestCommit", commit)))
        for mark in one.timeline:
            if mark.event in _TYPES:
                dated.append((mark.created_at, mark.id, Thing(_TYPES[mark.event], mark)))
        for said in one.comments:
            dated.append((said.created_at, said.id, Thing("IssueComment", (one, said))))
        for review in one.reviews:
            dated.append((review.submitted_at, review.id, Thing("PullRequestReview", (one, review))))
        wanted = {_camel(name) for name in given.get("itemTypes", ())}
        since = parse_time(given.get("since"))
        shown = [
            thing for at, _, thing in sorted(dated, key=lambda entry: entry[:2])
            if (not wanted or thing.type in wanted) and (since is None or at >= since)
        ]  # fmt: skip
        return Connection("PullRequestTimelineItemsConnection", shown, total=len(shown))

    return items


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _event_fields(repo: Repository) -> dict[str, Resolver]:
    """Fields of all event types; each type uses those that the schema gives it."""

    def dismissed(one: TimelineItem, _: Arguments) -> Thing | None:
        return Thing("PullRequestReview", (None, one.review)) if one.review is not None else None

    return {
        "id": lambda one, _: node_id("EV", one.id, repo.id),
        "databaseId": lambda one, _: one.id,
        "createdAt": nodes.time_of("created_at"),
        "actor": lambda one, _: nodes.actor(one.actor),
        "enqueuer": lambda one, _: nodes.actor(one.actor),
        "enabler": lambda one, _: nodes.actor(one.actor),
        "requestedReviewer": lambda one, _: nodes.reviewer(one.subject, one.team),
        "assignee": lambda one, _: nodes.actor(one.subject),
        "label": lambda one, _: Thing("Label", one.label),
        "commit": lambda one, _: nodes.commit_or_none(repo, one.commit),
        "beforeCommit": lambda one, _: nodes.commit_or_none(repo, one.before),
        "afterCommit": lambda one, _: nodes.commit_or_none(repo, one.after),
        "previousTitle": lambda one, _: one.before,
        "currentTitle": lambda one, _: one.after,
        "previousRefName": lambda one, _: one.before,
        "currentRefName": lambda one, _: one.after,
        "mergeRefName": lambda one, _: one.ref,
        "headRefName": lambda one, _: one.ref or "",
        "url": lambda one, _: f"https://github.com/{repo.full_name}/commit/{one.commit}",
        "milestoneTitle": lambda one, _: one.milestone,
        "stateReason": lambda one, _: one.state and one.state.upper(),
        "reason": lambda one, _: one.state,
        "lockReason": lambda _, __: None,
        "previousReviewState": lambda one, _: one.state.upper(),
        "dismissalMessage": lambda _, __: None,
        "review": dismissed,
    }


def _said(wire: Wire, repo: Repository) -> dict[str, dict[str, Resolver]]:
    """Fields of comments and reviews; their values come with the pull request that they belong to."""

    def page(pair: tuple[Pull, Any], anchor: str) -> str:
        return f"{wire.html}/{repo.full_name}/pull/{pair[0].number}#{anchor}"

    def lines(pair: tuple[Pull, Review], _: Arguments) -> Connection:
        found = [Thing("PullRequestReviewComment", (pair[0], one)) for one in pair[1].comments]
        return Connection("PullRequestReviewCommentConnection", found)

    def shared(prefix: str, anchor: str) -> dict[str, Resolver]:
        return {
            "id": lambda pair, _: node_id(prefix, pair[1].id, repo.id),
            "databaseId": lambda pair, _: pair[1].id if pair[1].id < 2**31 else None,
            "fullDatabaseId": lambda pair, _: str(pair[1].id),
            "body": lambda pair, _: pair[1].body or "",
            "url": lambda pair, _: page(pair, f"{anchor}{pair[1].id}"),
            "author": lambda pair, _: nodes.actor(pair[1].user),
            "createdAt": lambda pair, _: stamp(_born(pair[1])),
            "updatedAt": lambda pair, _: stamp(getattr(pair[1], "updated_at", None) or _born(pair[1])),
            "commit": lambda pair, _: nodes.commit_or_none(repo, pair[1].commit),
        }

    review: dict[str, Resolver] = {
        "state": lambda pair, _: pair[1].state.upper(),
        "submittedAt": lambda pair, _: stamp(pair[1].submitted_at),
        "comments": lines,
    }
    line: dict[str, Resolver] = {
        "path": lambda pair, _: pair[1].path,
        "line": lambda pair, _: pair[1].line,
        "originalCommit": lambda pair, _: nodes.commit_or_none(repo, pair[1].commit),
    }
    return {
        "IssueComment": shared("IC", "issuecomment-"),
        "PullRequestReview": {**shared("PRR", "pullrequestreview-"), **review},
        "PullRequestReviewComment": {**shared("PRRC", "discussion_r"), **line},
    }


def _born(said: Any) -> datetime:
    found: datetime = said.submitted_at if isinstance(said, Review) else said.created_at
    return found


@cache
def _schema() -> GraphQLSchema:
    return build_schema(Path(__file__).with_name("schema.graphql").read_text())
