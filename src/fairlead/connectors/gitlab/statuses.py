"""Statuses that a team has given itself: GitLab tells them by GraphQL alone, to REST an issue is open or closed.

They are a feature of paid plans since GitLab 18.2. Any other server refuses the query, which is then no fault. Only
types that the REST API lists as issues are asked for: of any other a record would be a status and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from fairlead.connectors.gitlab.api import API, Project
from fairlead.connectors.gitlab.sheet import Sheet, seconds
from fairlead.connectors.kit.connector import Page
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.http import Answer
from fairlead.connectors.kit.moments import SNAPSHOT
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.rest import Entry, Rest, text
from fairlead.model.errors import Retry, Skip
from fairlead.model.records.work import WorkItem
from fairlead.model.times import iso, parse_time

QUERY = """query Statuses($path: ID!, $since: Time, $after: String) {
  project(fullPath: $path) {
    workItems(types: [ISSUE, TASK], first: 100, sort: UPDATED_ASC, updatedAfter: $since, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        iid updatedAt
        widgets(onlyTypes: [STATUS]) { ... on WorkItemWidgetStatus { status { name category } } }
      }
    }
  }
}"""

_OVERLAP = timedelta(minutes=2)
"""What was changed while a page was made may appear a little late."""
_CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "TRIAGE": "todo", "TO_DO": "todo", "IN_PROGRESS": "in_progress", "DONE": "done",
        # the second spelling is that of 18.1
        "CANCELED": "canceled", "CANCELLED": "canceled",
    }
)  # fmt: skip


def statuses(rest: Rest, project: Project, mark: Mark) -> Iterator[Page]:
    """Work items by their last change; a page on which none has a status of its own says nothing."""
    since = str(mark.resume.get("from") or _earlier(mark.value) or rest.start)
    after = ""
    while True:
        try:
            answer = _asked(rest, project, since, after)
        except Skip:
            # A place in the list may have been forgotten: it goes on from the last change that was read. Without any
            # progress it is something else that is wrong.
            if not after or since == mark.resume.get("from"):
                raise
            since, after = str(mark.resume.get("from") or since), ""
            continue
        found = _items(answer)
        nodes = [node for node in found.get("nodes") or [] if isinstance(node, dict)]
        rest.tell(f"{project.path}: statuses")
        for node in nodes:
            mark.later(text(node, "updatedAt"))
        # most projects have none: their pages would fill the log at each sync and say nothing
        if any(_status(Doc(node, "")) for node in nodes):
            yield rest.page("statuses", f"{project.home}/statuses", answer, project=project.path)
        if nodes:
            mark.resume["from"] = text(nodes[-1], "updatedAt")
        info = found.get("pageInfo")
        following = text(info, "endCursor") if isinstance(info, dict) and info.get("hasNextPage") is True else ""
        if not following:
            return
        # a cache keeps no posted question, so a place that leads to itself is a fault of the server
        if following == after:
            raise Retry("GraphQL gives the same page again and again")
        after = following


def status_page(sheet: Sheet, body: Doc) -> None:
    """Such a page. Of one second it wins over what REST says, which knows open and closed alone."""
    for node in body.need("data").need("project").need("workItems").children("nodes"):
        status = _status(node)
        if status is None:
            continue
        record = WorkItem(
            id=f"{sheet.repository}#{node.need_text('iid')}",
            source=sheet.source,
            status=status.need_text("name"),
            status_category=_CATEGORIES.get((status.text("category") or "").upper()),
        )
        sheet.say(record, seconds(node, "updatedAt"), SNAPSHOT + 1)


def _asked(rest: Rest, project: Project, since: str, after: str) -> Answer:
    """An answer without faults, which GraphQL tells in one that looks good."""
    variables = {"path": project.path, "since": since or None, "after": after or None}
    url = rest.http.base.removesuffix(API) + "/api/graphql"
    answer = rest.http.post(url, {"query": QUERY, "variables": variables})
    if isinstance(answer.value, dict) and (faults := answer.value.get("errors")):
        raise Skip(f"GraphQL answered: {str(faults)[:200]}")
    return answer


def _items(answer: Answer) -> Entry:
    value = answer.value
    for key in ("data", "project", "workItems"):
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        raise Skip("GraphQL answered without the project")
    return value


def _status(node: Doc) -> Doc | None:
    """What the widget holds; work items of a type without statuses have none."""
    return next((found for widget in node.children("widgets") if (found := widget.child("status"))), None)


def _earlier(moment: str) -> str:
    found = parse_time(moment) if moment else None
    return iso(found - _OVERLAP) if found else ""
