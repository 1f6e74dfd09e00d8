"""Pull requests with all that belongs to them: by GraphQL in batches, or by REST one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.connectors.github.api import Api
from fairlead.connectors.github.queries import PULL, PULLS
from fairlead.connectors.github.walks import newest_first
from fairlead.connectors.kit.connector import Page
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.http import Answer, Limited
from fairlead.connectors.kit.rest import Entry, number, text
from fairlead.model.errors import Retry, Skip

_BATCH = 25
_SMALLEST_BATCH = 3
"""GraphQL gives up on a query after ten seconds: fewer pull requests at once get through."""


class _ExpiredError(Exception):
    """The place in the list is no longer known; the list begins anew."""


def pulls(api: Api, home: str, mark: Mark) -> Iterator[Page]:
    """By GraphQL where the server takes our query, else by REST; what was read by then is not read again."""
    if api.graphql:
        # a run that goes on has work to do, whatever the first page says
        if not mark.resume and _unchanged(api, home, mark):
            return
        try:
            yield from _by_graphql(api, home, mark)
            return
        except Skip as fault:
            api.graphql = False
            api.tell(f"{home.removeprefix('/repos/')}: pull requests by REST, since {fault.message}")
            mark.resume, mark.etag = {}, ""
    yield from _by_rest(api, home, mark)


def _unchanged(api: Api, home: str, mark: Mark) -> bool:
    """GraphQL always costs; the newest pull request by REST costs nothing while it is the same."""
    asked = {"state": "all", "sort": "updated", "direction": "desc", "per_page": 1}
    answer = api.get(f"{home}/pulls", asked, mark.etag)
    mark.etag = answer.headers.get("etag", "")
    return answer.unchanged


def _by_graphql(api: Api, home: str, mark: Mark) -> Iterator[Page]:
    stop = mark.value or api.start
    after = mark.resume.get("after")
    batch = _BATCH
    while True:
        try:
            answer, found = _ask(api, home, PULLS, {"first": batch, "after": after})
        except Retry:
            # one pull request with thousands of comments may time out alone: then it is the server's matter
            if batch <= _SMALLEST_BATCH:
                raise
            batch = max(batch // 3, _SMALLEST_BATCH)
            continue
        except _ExpiredError:
            if after is None:
                raise Skip("GraphQL refuses its own cursor") from None
            after = None
            continue
        nodes, info = _connection(found, "pullRequests")
        wanted = [node for node in nodes if text(node, "updatedAt") >= stop]
        for node in nodes:
            mark.later(text(node, "updatedAt"))
        # the place before this batch: a kill amidst its timelines reads the batch again, and none is left half
        if wanted:
            mark.resume["after"] = after
            yield api.page("graphql", f"{home}/graphql", answer)
            for node in wanted:
                yield from _rest_of_timeline(api, home, node)
                yield from checks(api, home, text(node, "headRefOid"), text(node, "headRefName"))
        after = info.get("endCursor")
        mark.resume["after"] = after
        if len(wanted) < len(nodes) or not info.get("hasNextPage") or not after:
            return


def _rest_of_timeline(api: Api, home: str, node: Entry) -> Iterator[Page]:
    items, info = _connection(node, "timelineItems")
    commits, anew = _commits(items), False
    after = info.get("endCursor") if info.get("hasNextPage") else None
    while after or anew:
        try:
            answer, found = _ask(api, home, PULL, {"number": number(node), "items": after})
        except _ExpiredError:
            if anew:
                raise Skip("GraphQL refuses its own cursor") from None
            # from its beginning on, which asks for no cursor and gives a fresh one
            after, anew, commits = None, True, 0
            continue
        pull = found.get("pullRequest")
        if not isinstance(pull, dict):
            return
        yield api.page("graphql", f"{home}/graphql", answer, **{"commits-before": str(commits)})
        items, info = _connection(pull, "timelineItems")
        commits += _commits(items)
        after = info.get("endCursor") if info.get("hasNextPage") else None
        anew = anew and bool(after)


def _ask(api: Api, home: str, query: str, variables: Mapping[str, Any]) -> tuple[Answer, Entry]:
    """The repository of an answer; GraphQL tells its faults in a good answer."""
    owner, name = home.removeprefix("/repos/").split("/")
    body = {"query": query, "variables": {"owner": owner, "name": name, **variables}}
    limited = Limited(api.http)
    while True:
        answer = api.http.post(api.graphql_url, body)
        value = answer.value if isinstance(answer.value, dict) else {}
        faults = [fault for fault in value.get("errors") or [] if isinstance(fault, dict)]
        if not any(text(fault, "type") == "RATE_LIMITED" for fault in faults):
            break
        # the hourly points are spent: GitHub says so in an answer that looks good
        limited.wait(answer.headers, "GraphQL", 200)
    words = "; ".join(text(fault, "message")[:200] for fault in faults)
    if faults:
        # GitHub gives this fault no type of its own in all versions, while its words name the argument
        if "cursor" in words.lower():
            raise _ExpiredError
        if any("timeout" in text(fault, "message").lower() or "something went wrong" in words for fault in faults):
            raise Retry(f"GraphQL: {words}")
        raise Skip(f"GraphQL answered: {words}")
    data = value.get("data")
    found = data.get("repository") if isinstance(data, dict) else None
    if not isinstance(found, dict):
        raise Skip("GraphQL answered without the repository")
    return answer, found


def _connection(found: Entry, key: str) -> tuple[list[Entry], Entry]:
    connection = found.get(key)
    if not isinstance(connection, dict):
        return [], {}
    nodes, info = connection.get("nodes"), connection.get("pageInfo")
    kept = [node for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) else []
    return kept, info if isinstance(info, dict) else {}


def _commits(items: list[Entry]) -> int:
    return sum(text(item, "__typename") == "PullRequestCommit" for item in items)


def _by_rest(api: Api, home: str, mark: Mark) -> Iterator[Page]:
    asked = {"state": "all", "sort": "updated", "direction": "desc"}
    yield from newest_first("pulls", "/pulls", "updated_at", asked, _details)(api, home, mark)


def _details(api: Api, home: str, wanted: list[Entry]) -> Iterator[Page]:
    for entry in wanted:
        path = f"{home}/pulls/{number(entry)}"
        yield api.page("pulls", path, api.get(path))
        for below, kind in (("commits", "pull_commits"), ("files", "pull_files"), ("reviews", "pull_reviews")):
            for place, answer, found in api.lists(f"{path}/{below}"):
                notes = {"opened": text(entry, "created_at"), "page": str(place)} if below == "commits" else {}
                if found:
                    yield api.page(kind, f"{path}/{below}", answer, **notes)
        head = entry.get("head")
        if isinstance(head, dict):
            yield from checks(api, home, text(head, "sha"), text(head, "ref"))


def checks(api: Api, home: str, sha: str, branch: str) -> Iterator[Page]:
    """Checks of other apps and statuses of a commit; neither list tells the branch, which we know."""
    if not sha:
        return
    for below, kind, key in (("check-runs", "check_runs", "check_runs"), ("statuses", "statuses", "")):
        path = f"{home}/commits/{sha}/{below}"
        try:
            for _, answer, found in api.lists(path, key=key):
                if found:
                    yield api.page(kind, path, answer, branch=branch)
        except Skip:
            # The head of a fork that is gone, or a permission that was not given: the change itself is whole.
            continue
