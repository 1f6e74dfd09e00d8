"""Sprints: objects of the Agile API and of webhooks, and what an issue carries of its own.

A sprint has no time of its last change: its version is when Jira sent it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.jira.sheet import Sheet, id_of
from fairlead.connectors.kit.moments import EMBEDDED, GONE, SNAPSHOT, USUAL_RANK, filled
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.kinds import Text, Time
from fairlead.model.records.work import Sprint

_RANKS: Mapping[str, int] = MappingProxyType({"sprint_created": 10, "sprint_started": 30, "sprint_closed": 80})
_STATES = ("future", "active", "closed")
_OLD = re.compile(r"com\.atlassian\.greenhopper\.service\.sprint\.Sprint@[0-9a-f]*\[(.*)\]", re.DOTALL)
# a name may hold commas and brackets: only what Jira itself writes divides the parts
_PART = re.compile(
    r",(?=(?:id|rapidViewId|state|name|goal|startDate|endDate|completeDate|activatedDate|sequence|autoStartStop"
    r"|synced|incompleteIssuesDestinationId)=)"
)


def event(sheet: Sheet, payload: Doc, kind: str) -> None:
    """A `sprint_*` webhook."""
    found = payload.need("sprint")
    at = sheet.date or OLDEST
    if kind == "sprint_deleted":
        identity = sprint_id(sheet.source, id_of(found))
        sheet.say(Sprint(id=identity, source=sheet.source, deleted_at=at), at, GONE)
        return
    # `updated` of a closed sprint comes in the same moment as its closing now and then, and knows of it
    say(sheet, found, _RANKS.get(kind, USUAL_RANK), kind)


def snapshot(sheet: Sheet, found: Doc) -> None:
    """A sprint as a board lists it; the project of the board counts where the sprint was made there."""
    say(sheet, found, SNAPSHOT)
    project, board = sheet.headers.get("project"), sheet.headers.get("board")
    if project and board and str(found.whole("originBoardId")) == board:
        record = Sprint(id=sprint_id(sheet.source, id_of(found)), source=sheet.source, project=project)
        sheet.say(record, sheet.date or OLDEST, SNAPSHOT)


def say(sheet: Sheet, found: Doc, rank: int, kind: str = "") -> str:
    """Says all that a sprint object carries and gives its id."""
    identity = sprint_id(sheet.source, id_of(found))
    state = (found.text("state") or "").lower()
    sheet.say(
        Sprint(
            id=identity,
            source=sheet.source,
            name=found.text("name"),
            team=_team(sheet, found),
            state=state if state in _STATES else UNSET,
            goal=filled(found.text("goal")),
            start_at=found.time("startDate"),
            end_at=found.time("endDate"),
            completed_at=_completed(sheet, found, state, kind),
        ),
        sheet.date or OLDEST,
        rank,
    )
    return identity


def of_issue(sheet: Sheet, fields: Doc, name: str) -> Text:
    """The sprint that an issue is in, or was in last: Jira keeps every one, and their ids grow.

    Not by their states: those change without a change of the issue, and what it says must depend on it alone.
    """
    value = fields.plain(name)
    if value is None:
        return None
    if type(value) is not list:
        return UNSET
    found = [sprint for one in value if (sprint := _embedded(one, f"{fields.path}.{name}")) is not None]
    for sprint in found:
        say(sheet, sprint, EMBEDDED)
    return last_of(sheet.source, ",".join(id_of(sprint) for sprint in found))


def last_of(source: str, ids: str) -> str | None:
    """The last of the ids that a changelog lists; they grow with time."""
    numbers = [int(one) for one in numbers_of(ids)]
    return sprint_id(source, str(max(numbers))) if numbers else None


def numbers_of(ids: str) -> list[str]:
    """Ids of a changelog: `12, 15`."""
    return [word for part in ids.split(",") if (word := part.strip()).isascii() and word.isdigit() and len(word) < 19]


def sprint_id(source: str, identity: str) -> str:
    """Id of a sprint."""
    return f"{source}:sprint/{identity}"


def _embedded(value: object, path: str) -> Doc | None:
    if type(value) is dict:
        return Doc(value, path)
    if type(value) is str and (old := _OLD.fullmatch(value)):
        parts = (part.partition("=") for part in _PART.split(old.group(1)))
        said = {key: None if text in ("<null>", "") else text for key, _, text in parts}
        return Doc({**said, "boardId": said.get("rapidViewId")}, path) if said.get("id") else None
    return None


def _completed(sheet: Sheet, found: Doc, state: str, kind: str) -> Time:
    """A sprint that is open was not completed, also if it had been once: people reopen sprints."""
    if state in ("active", "future"):
        return None
    told = found.time("completeDate")
    return told or (sheet.date if kind == "sprint_closed" and sheet.date else UNSET)


def _team(sheet: Sheet, found: Doc) -> Text:
    own = sheet.options.get("boards")
    board = found.plain("originBoardId") or found.plain("boardId")
    team = own.get(str(board)) if isinstance(own, Mapping) else None
    return f"team:{team}" if isinstance(team, str) and team else UNSET
