"""Deliveries: which reports come by themselves and when, what was sent, and what nobody took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from fairlead.governance.outbox import Outbox, teams_told
from fairlead.store import outbox, schedules
from fairlead.ui.noted import note
from fairlead.ui.page import Page
from fairlead.ui.rights import sees_people
from fairlead.ui.views.grids import Cell, Column, Grid, grid
from fairlead.ui.visit import Visit

_NEWEST = 200
_TAGS = {"failed": "act", "waiting": "watch", "sending": "watch", "sent": "ok"}


def show(visit: Visit) -> Response:
    """What is to come first, then what was sent."""
    with visit.services.database.read() as tx:
        plans = {one.name: one for one in schedules.rows(tx) if one.what == "delivery"}
        # A manager of one team learns nothing of another's mail.
        found = outbox.rows(tx, teams=teams_told(visit.request.state.viewer.roles), limit=_NEWEST)
    failed = [message for message in found if message.status == "failed"]
    if sees_people(visit):
        note(visit, ["outbox.address"], sum(message.channel == "mail" for message in found))
    return visit.page(
        "pages/deliveries.html",
        _title(visit, failed, len(visit.services.settings.deliveries)),
        coming=_coming(visit, plans),
        messages=_messages(visit, found),
        failed=failed,
    )


def retry(visit: Visit) -> Response:
    """Lets what failed be tried again; the workers send it."""
    with visit.services.database.read() as tx:
        found = outbox.rows(tx, status="failed", teams=teams_told(visit.request.state.viewer.roles), limit=_NEWEST)
    for message in found:
        Outbox(visit.services.database).retry(message.id)
    return visit.back("/deliveries")


def _title(visit: Visit, failed: list[outbox.Message], deliveries: int) -> str:
    words = visit.words
    if failed:
        number = visit.shown.number(len(failed))
        return words.plural("{n} message could not be sent", "{n} messages could not be sent", len(failed), n=number)
    if not deliveries:
        return words("No report comes by itself yet")
    number = visit.shown.number(deliveries)
    return words.plural("{n} report comes by itself", "{n} reports come by themselves", deliveries, n=number)


def _coming(visit: Visit, plans: Mapping[str, schedules.Schedule]) -> Grid:
    words, settings = visit.words, visit.services.settings.deliveries
    rows = []
    for name, plan in plans.items():
        setup = settings.get(plan.arguments.get("delivery", ""))
        if setup is not None:
            rows.append({"name": name.removeprefix("delivery/"), "plan": plan, "setup": setup})
    columns = [
        Column(words("Delivery"), lambda row: Cell(row["name"])),
        Column(words("Report"), lambda row: Cell(row["setup"].report)),
        Column(words("When"), lambda row: Cell(f"{row['plan'].rule} ({row['plan'].zone})")),
        Column(words("Next"), lambda row: Cell(visit.shown.moment(row["plan"].next_at), at=row["plan"].next_at)),
        Column(words("Where to"), lambda row: Cell(_where(visit, row["setup"]))),
        Column(words("Last fault"), lambda row: Cell(row["plan"].error or None)),
    ]
    return grid(visit, "/deliveries#coming", columns, rows)


def _where(visit: Visit, setup: Any) -> str:
    parts = []
    if setup.to:
        count = visit.shown.number(len(setup.to))
        parts.append(visit.words.plural("{n} address", "{n} addresses", len(setup.to), n=count))
    # a pattern is no address, and may be told to all who come here
    return ", ".join([*parts, *filter(None, (setup.file, visit.words("feed") if setup.feed else ""))])


def _messages(visit: Visit, found: list[outbox.Message]) -> Grid:
    words, people = visit.words, sees_people(visit)

    def made(row: Mapping[str, Any]) -> Cell:
        at = row["message"].made_at
        return Cell(visit.shown.moment(at), at=at)

    def to(row: Mapping[str, Any]) -> Cell:
        message = row["message"]
        shown = message.address if people or message.channel != "mail" else words("an address")
        return Cell(f"{message.channel} {shown}".strip())

    def said(row: Mapping[str, Any]) -> Cell:
        message = row["message"]
        # servers repeat the address in what they say
        return Cell((message.error or message.answer or None) if people or message.channel != "mail" else None)

    statuses = {
        "waiting": words("waiting"), "sending": words("being sent"), "sent": words("sent"), "failed": words("failed")
    }  # fmt: skip
    columns = [
        Column(
            words("Made"), lambda row: Cell(visit.shown.moment(row["message"].made_at), at=row["message"].made_at)
        ),
        Column(words("Report"), lambda row: Cell(row["message"].subject)),
        Column(words("Where to"), to),
        Column(words("Status"), lambda row: Cell(statuses[row["message"].status], tag=_TAGS[row["message"].status])),
        Column(words("Tries"), lambda row: Cell(visit.shown.number(row["message"].attempts)), number=True),
        Column(words("Answer"), said),
    ]
    return grid(visit, "/deliveries#outbox", columns, [{"message": message} for message in found])


PAGE = Page(
    "/deliveries",
    "Deliveries",
    75,
    show,
    shown="more",
    role="manager",
    acts={"/deliveries/retry": retry},
    scoped=False,
)
