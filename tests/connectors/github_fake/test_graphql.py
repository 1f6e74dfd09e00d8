"""GraphQL: validated against the schema, paged by cursor, one timeline for all that happened."""

from __future__ import annotations

from typing import Any

import pytest
from tests.connectors.github_fake.small import Small

from fairlead.connectors.github.queries import PULL, PULLS

NAMES = {"owner": "acme", "name": "payments"}


def _ask(small: Small, query: str, **variables: Any) -> dict[str, Any]:
    answer = small.client().post("/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_the_query_of_our_own_sync_reads_all_pull_requests(small: Small) -> None:
    found, after = [], None
    while True:
        page = _ask(small, PULLS, **NAMES, first=2, after=after)["data"]["repository"]["pullRequests"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert page["totalCount"] == len(found) == 4
    assert [one["updatedAt"] for one in found] == sorted((one["updatedAt"] for one in found), reverse=True)
    squashed = next(one for one in found if one["number"] == small.squashed.number)
    assert squashed["mergeCommit"]["oid"] == small.squashed.merge_sha
    assert squashed["state"] == "MERGED"
    assert squashed["fullDatabaseId"] == str(small.squashed.pull_id)


def test_a_timeline_tells_everything_once_and_in_order(small: Small) -> None:
    one = _ask(small, PULL, **NAMES, number=small.squashed.number)["data"]["repository"]["pullRequest"]
    kinds = [node["__typename"] for node in one["timelineItems"]["nodes"]]
    assert one["timelineItems"]["totalCount"] == len(kinds)
    for kind in ("RenamedTitleEvent", "ReadyForReviewEvent", "ReviewDismissedEvent", "HeadRefForcePushedEvent",
                 "AutoMergeEnabledEvent", "AddedToMergeQueueEvent", "MergedEvent", "LabeledEvent"):  # fmt: skip
        assert kinds.count(kind) == 1, kind
    assert kinds.count("PullRequestReview") == 3
    asked = [node for node in one["timelineItems"]["nodes"] if node["__typename"] == "ReviewRequestedEvent"]
    assert [node["requestedReviewer"]["__typename"] for node in asked] == ["User", "User", "Team"]


def test_deleted_people_are_nobody_and_bots_lose_their_brackets(small: Small) -> None:
    left = _ask(small, PULL, **NAMES, number=small.opened.number)["data"]["repository"]["pullRequest"]
    assert left["author"] is None
    assert left["mergeStateStatus"] == "DIRTY"
    squashed = _ask(small, PULL, **NAMES, number=small.squashed.number)["data"]["repository"]["pullRequest"]
    said = [node for node in squashed["timelineItems"]["nodes"] if node["__typename"] == "IssueComment"]
    assert [node["author"]["login"] for node in said] == ["reviewbot"]


_REPO = '{ repository(owner: "acme", name: "payments") '


@pytest.mark.parametrize(
    ("query", "word"),
    [
        (_REPO + "{ nonsense } }", "nonsense"),
        (_REPO, "Syntax Error"),
        ('{ repository(owner: "acme", name: "nope") { id } }', "Could not resolve to a Repository"),
        (_REPO + "{ pullRequests { totalCount } } }", "`first` or `last`"),
        (_REPO + "{ pullRequests(first: 101) { totalCount } } }", "limit of 100"),
        (_REPO + '{ pullRequests(first: 1, after: "x") { totalCount } } }', "valid cursor"),
    ],
)
def test_errors_come_with_status_200_and_words(small: Small, query: str, word: str) -> None:
    assert word in _ask(small, query)["errors"][0]["message"]


def test_a_cursor_may_expire(small: Small) -> None:
    page = _ask(small, PULLS, **NAMES, first=1)["data"]["repository"]["pullRequests"]["pageInfo"]
    small.desk.faults.add("expired-cursor", "graphql")
    broken = _ask(small, PULLS, **NAMES, first=1, after=page["endCursor"])
    assert broken["errors"][0]["type"] == "INVALID_CURSOR_ARGUMENTS"
    assert "errors" not in _ask(small, PULLS, **NAMES, first=1, after=page["endCursor"])


def test_a_renamed_repository_answers_to_its_old_name(small: Small) -> None:
    found = _ask(small, '{ repository(owner: "acme", name: "shed") { nameWithOwner isArchived } }')
    assert found["data"]["repository"] == {"nameWithOwner": "acme/barn", "isArchived": True}


def test_last_and_aliases(small: Small) -> None:
    query = """query($n: Int!) { repository(owner: "acme", name: "payments") { pullRequest(number: $n) {
      newest: timelineItems(last: 1) { nodes { kind: __typename } pageInfo { hasPreviousPage } }
      files(first: 5) { nodes { path additions } } } } }"""
    found = _ask(small, query, n=small.squashed.number)["data"]["repository"]["pullRequest"]
    assert found["newest"]["pageInfo"] == {"hasPreviousPage": True}
    assert found["newest"]["nodes"][0]["kind"] in ("HeadRefDeletedEvent", "ClosedEvent")
    assert {one["path"] for one in found["files"]["nodes"]} == {"src/feature0.py", "src/other.py"}
