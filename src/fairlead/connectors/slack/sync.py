"""The sync: who is in the workspace. Messages come by events alone: Slack forbids reading histories at length."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

from fairlead.connectors.kit.connector import Page, SyncRequest
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.http import Answer
from fairlead.connectors.kit.rest import Rest, entries, http_of
from fairlead.connectors.kit.steps import Step, walked
from fairlead.connectors.slack.answers import PUBLIC, judged
from fairlead.model.errors import Abort
from fairlead.model.raw import content_id
from fairlead.model.times import iso

_PER_PAGE = 200
"""What Slack recommends; more makes its answers slow and its limits tighter."""


def sync(request: SyncRequest) -> Iterator[Page]:
    """Raw pages, each with the state after it."""
    rest = connect(request)
    rest.total = 1
    return walked(rest, [Step("people", partial(_users, rest))])


def connect(request: SyncRequest) -> Rest:
    """Signs in by the app's bot token."""
    token = request.credentials.get("token", "")
    if not token:
        raise Abort("Slack asks for a bot token", hint="`fairlead slack manifest` says how to come by one")
    headers = {"authorization": f"Bearer {token}"}
    rest = Rest(http_of(request, "Slack", PUBLIC, lambda: headers), request)
    rest.http.report = rest.waits
    return rest


def asked(rest: Rest, method: str, **words: str | int) -> Answer:
    """One good answer of a method: Slack tells faults in the body of a 200."""
    # posted, though it only asks: no cache in between then gives another page of the list in place of this one
    answer = rest.http.post(f"/{method}?{urlencode(words)}")
    judged(method, answer.value)
    return answer


def _users(rest: Rest, mark: Mark) -> Iterator[Page]:
    answers, cursor = [], ""
    while True:
        words: dict[str, str | int] = {"limit": _PER_PAGE, **({"cursor": cursor} if cursor else {})}
        answer = asked(rest, "users.list", **words)
        answers.append(answer)
        rest.tell(f"people: {sum(len(entries(one, 'members')) for one in answers)}")
        following = answer.value.get("response_metadata")
        cursor = str(following.get("next_cursor") or "") if isinstance(following, dict) else ""
        if not cursor:
            break
    # the list has no times of its own: what says the same as last time is not kept again
    mark.following = content_id(*(answer.body for answer in answers))
    if mark.following != mark.value:
        for answer in answers:
            yield rest.page("users", "/users.list", answer, read=iso(rest.http.now))
