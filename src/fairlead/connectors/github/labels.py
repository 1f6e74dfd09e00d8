"""Labels that were renamed or deleted: what bears them is asked for again.

GitHub moves no date of an issue when a label of it gets another name, and the webhook about the label names neither
issues nor a time. So a sync looks whether a label that it knows is gone or goes by another name, and lists what bears
which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import UNSET

from fairlead.connectors.github.api import Api
from fairlead.connectors.github.pulls import labels
from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.github.sweeps import everything
from fairlead.connectors.kit.connector import Page
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.moments import version
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.rest import Entry, number, text
from fairlead.connectors.kit.worktypes import work_type
from fairlead.model.raw import content_id
from fairlead.model.records.code import Change
from fairlead.model.records.work import WorkItem
from fairlead.model.times import iso

_KEPT = 6
"""Letters by which the cursor knows a label and its name: it is saved with every page of every list."""
_NONE = "none"
"""Stands in the cursor for a list that has become empty, since an empty mark is that of a first run."""
_AT_ONCE = 5_000


def borne(api: Api, home: str, mark: Mark) -> Iterator[Page]:
    """Who bears which labels, as listed just now, where a known one has another name or none."""
    # a full run is shown no mark and leaves none here: what changed meanwhile is found by the run after it
    if api.request.full:
        return
    pages = [(answer, found) for _, answer, found in api.lists(f"{home}/labels", etag=mark.etag)]
    # unchanged
    if not pages:
        return
    before = mark.value.removeprefix(_NONE)
    known = {before[at : at + _KEPT] for at in range(0, len(before), _KEPT)}
    now = {_known_by(label) for _, found in pages for label in found}
    mark.etag = pages[0][0].headers.get("etag", "") if len(pages) == 1 else ""
    mark.following = "".join(sorted(now)) or _NONE
    if known <= now:
        return
    at, found = everything(api, f"{home}/issues", {"state": "all"})
    # what no list of this source reaches must not come in as a record that is nothing but labels
    listed = [_trimmed(entry) for entry in found if text(entry, "updated_at") >= api.start]
    for start in range(0, len(listed), _AT_ONCE):
        body = msgspec.json.encode(listed[start : start + _AT_ONCE])
        headers = {"path": f"{home}/issues/labels", "date": iso(at)}
        # the time is part of the id: a label that gets its old name back makes the same list again
        yield Page("api:borne_labels", content_id("borne_labels", home, iso(at), body), body, headers)


def _known_by(label: Entry) -> str:
    return content_id(str(number(label, "id")), text(label, "name"))[:_KEPT]


def _trimmed(entry: Entry) -> Mapping[str, object]:
    kept: dict[str, object] = {key: entry[key] for key in ("number", "updated_at", "type") if key in entry}
    borne = entry.get("labels") or ()
    kept["labels"] = [{"name": label["name"]} for label in borne if isinstance(label, dict) and "name" in label]
    # both share their numbers, and only this tells which it is
    return {**kept, "pull_request": {}} if "pull_request" in entry else kept


def borne_by(sheet: Sheet, entry: Doc) -> None:
    """Says the labels of an issue or pull request as of the moment of the list."""
    identity = f"{sheet.repository}#{entry.need_whole('number')}"
    # no earlier than any update that the list shows; of the least rank, since one in that second may have come after
    at, names = sheet.date or version(entry, "updated_at"), labels(entry)
    if "pull_request" in entry:
        sheet.say(Change(id=identity, labels=names), at)
        return
    kind = entry.child("type")
    named = kind.text("name") if kind else None if "type" in entry else UNSET
    sheet.say(WorkItem(id=identity, labels=names, work_type=work_type(names, named, sheet.options)), at)
