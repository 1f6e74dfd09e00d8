"""The one GraphQL query: a batch of pull requests with their reviews, timeline and commits on one page."""

from __future__ import annotations

_ACTOR = """
fragment actor on Actor {
  __typename login url
  ... on User { databaseId }
  ... on Bot { databaseId }
  ... on Mannequin { databaseId }
  ... on Organization { databaseId }
  ... on EnterpriseUserAccount { id }
}
"""

_TIMELINE_TYPES = """
        READY_FOR_REVIEW_EVENT, CONVERT_TO_DRAFT_EVENT, REVIEW_REQUESTED_EVENT, REVIEW_REQUEST_REMOVED_EVENT,
        REVIEW_DISMISSED_EVENT, PULL_REQUEST_REVIEW, ISSUE_COMMENT, LABELED_EVENT, UNLABELED_EVENT,
        ASSIGNED_EVENT, UNASSIGNED_EVENT, CLOSED_EVENT, MERGED_EVENT, REOPENED_EVENT, RENAMED_TITLE_EVENT,
        BASE_REF_CHANGED_EVENT, HEAD_REF_FORCE_PUSHED_EVENT, ADDED_TO_MERGE_QUEUE_EVENT,
        REMOVED_FROM_MERGE_QUEUE_EVENT, AUTO_MERGE_ENABLED_EVENT, AUTO_MERGE_DISABLED_EVENT, LOCKED_EVENT,
        UNLOCKED_EVENT, MILESTONED_EVENT, DEMILESTONED_EVENT, PULL_REQUEST_COMMIT
"""

_TIMELINE_NODES = """
          __typename
          ... on ReadyForReviewEvent { createdAt actor { ...actor } }
          ... on ConvertToDraftEvent { createdAt actor { ...actor } }
          ... on ReviewRequestedEvent { createdAt actor { ...actor } requestedReviewer { ...reviewer } }
          ... on ReviewRequestRemovedEvent { createdAt actor { ...actor } requestedReviewer { ...reviewer } }
          ... on ReviewDismissedEvent {
            createdAt actor { ...actor } previousReviewState dismissalMessage review { fullDatabaseId }
          }
          ... on PullRequestReview {
            fullDatabaseId state body submittedAt updatedAt url author { ...actor } commit { oid }
            comments(first: 50) {
              totalCount
              nodes { fullDatabaseId body path url createdAt updatedAt author { ...actor } originalCommit { oid } }
            }
          }
          ... on IssueComment { fullDatabaseId body url createdAt updatedAt author { ...actor } }
          ... on LabeledEvent { createdAt actor { ...actor } label { name } }
          ... on UnlabeledEvent { createdAt actor { ...actor } label { name } }
          ... on AssignedEvent { createdAt actor { ...actor } assignee { ...actor } }
          ... on UnassignedEvent { createdAt actor { ...actor } assignee { ...actor } }
          ... on ClosedEvent { createdAt actor { ...actor } }
          ... on MergedEvent { createdAt actor { ...actor } commit { oid } }
          ... on ReopenedEvent { createdAt actor { ...actor } }
          ... on RenamedTitleEvent { createdAt actor { ...actor } previousTitle currentTitle }
          ... on BaseRefChangedEvent { createdAt actor { ...actor } previousRefName currentRefName }
          ... on HeadRefForcePushedEvent { createdAt actor { ...actor } afterCommit { oid } }
          ... on AddedToMergeQueueEvent { createdAt actor { ...actor } }
          ... on RemovedFromMergeQueueEvent { createdAt actor { ...actor } reason }
          ... on AutoMergeEnabledEvent { createdAt actor { ...actor } }
          ... on AutoMergeDisabledEvent { createdAt actor { ...actor } reason }
          ... on LockedEvent { createdAt actor { ...actor } }
          ... on UnlockedEvent { createdAt actor { ...actor } }
          ... on MilestonedEvent { createdAt actor { ...actor } milestoneTitle }
          ... on DemilestonedEvent { createdAt actor { ...actor } milestoneTitle }
          ... on PullRequestCommit { commit { ...commit } }
"""

_REVIEWER = """
fragment reviewer on RequestedReviewer {
  __typename
  ... on User { login url databaseId }
  ... on Bot { login url databaseId }
  ... on Mannequin { login url databaseId }
  ... on Team { slug name }
}
"""

_COMMIT = """
fragment commit on Commit {
  oid url message authoredDate committedDate
  author { name email user { ...actor } }
  committer { name email user { ...actor } }
  parents(first: 10) { nodes { oid } }
}
"""

_PULL = f"""
fragment pull on PullRequest {{
  fullDatabaseId number url title body state isDraft createdAt updatedAt closedAt mergedAt
  additions deletions changedFiles mergeStateStatus
  author {{ ...actor }} mergedBy {{ ...actor }} mergeCommit {{ oid }}
  baseRefName baseRefOid headRefName headRefOid headRepository {{ nameWithOwner }}
  autoMergeRequest {{ enabledAt }}
  milestone {{ number title state description url createdAt updatedAt dueOn closedAt }}
  labels(first: 100) {{ nodes {{ name }} }}
  assignees(first: 20) {{ nodes {{ ...actor }} }}
  reviewRequests(first: 50) {{ nodes {{ requestedReviewer {{ ...reviewer }} }} }}
  commits(first: 1) {{ totalCount }}
  files(first: 100) {{ nodes {{ path additions deletions changeType }} }}
  timelineItems(first: 100, after: $items, itemTypes: [{_TIMELINE_TYPES}]) {{
    totalCount
    pageInfo {{ hasNextPage endCursor }}
    nodes {{{_TIMELINE_NODES}}}
  }}
}}
"""

_FRAGMENTS = _ACTOR + _REVIEWER + _COMMIT + _PULL

PULLS = f"""
query Pulls($owner: String!, $name: String!, $first: Int!, $after: String, $items: String) {{
  repository(owner: $owner, name: $name) {{
    nameWithOwner
    pullRequests(first: $first, after: $after, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{
      totalCount
      pageInfo {{ hasNextPage endCursor }}
      nodes {{ ...pull }}
    }}
  }}
}}
{_FRAGMENTS}"""
"""Pull requests of a repository, the last updated first."""

PULL = f"""
query Pull($owner: String!, $name: String!, $number: Int!, $items: String) {{
  repository(owner: $owner, name: $name) {{
    nameWithOwner
    pullRequest(number: $number) {{ ...pull }}
  }}
}}
{_FRAGMENTS}"""
"""One pull request, for the rest of a timeline that did not fit into the batch."""
