"""Risks: where each stands on likelihood and impact, what proposes itself, and what is done about the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from fairlead.governance import entering, risking
from fairlead.governance.clusters import trend
from fairlead.model.errors import Skip
from fairlead.reports.plain import plain
from fairlead.store import decided, records
from fairlead.ui.entering import settle
from fairlead.ui.kept import forget
from fairlead.ui.page import Page
from fairlead.ui.rights import allowed
from fairlead.ui.views.links import signal_page
from fairlead.ui.visit import Visit

WORDS = {
    "proposed": "proposed", "open": "watched", "accepted": "accepted as it is", "closed": "over", "refused": "none",
    "rising": "rising", "falling": "falling", "steady": "steady", "low": "low", "medium": "medium", "high": "high",
    "avoid": "avoid", "mitigate": "mitigate", "transfer": "transfer", "accept": "accept",
    "delivery": "delivery", "quality": "quality", "operation": "operation", "security": "security",
    "people": "people", "dependency": "dependency",
}  # fmt: skip
"""States, trends, bands, responses and categories in words."""
_SIGNALS = 20
"""Signals that are listed for a risk; its record has them all."""
BAND_TAGS = {"high": "act", "medium": "watch", "low": "ok"}


def show(visit: Visit) -> Response:
    """The grid, the proposals, and what is watched."""
    with visit.services.database.read() as tx:
        rows = decided.listed(tx, "risks")
        owners = {row["owner"] for row in rows if row["owner"]}
        names = {row["id"]: row["name"] or row["id"] for row in records.rows(tx, "people", owners)} if owners else {}
        spoken = {signal for row in rows for signal in (row["signals"] or ())[:_SIGNALS]}
        titles = {row["id"]: row["title"] or "" for row in records.rows(tx, "signals", spoken)} if spoken else {}
    team = visit.scope.team
    rows = [row for row in rows if not team or row["team"] in (None, "", team)]
    rows.sort(key=lambda row: (-(row["score"] or 0), row["id"]))
    told = [_told(visit, row, names, titles) for row in rows]
    live = [one for one in told if one["state"] in ("proposed", *risking.WATCHED)]
    return visit.page(
        "pages/risks.html",
        _title(visit, live),
        cells=_cells(live),
        proposed=[one for one in live if one["state"] == "proposed"],
        watched=[one for one in live if one["state"] != "proposed"],
        over=[one for one in told if one["state"] in ("closed", "refused")],
        words=WORDS,
        tags=BAND_TAGS,
        may=allowed(visit, "member"),
        responses=risking.RESPONSES,
        categories=risking.CATEGORIES,
    )


def _told(
    visit: Visit, row: Mapping[str, Any], names: Mapping[str, str], titles: Mapping[str, str]
) -> dict[str, Any]:
    now, again = visit.services.clock.now(), row["review_at"]
    return {
        **row,
        "speak": [
            (visit.scope.link(signal_page(one)), plain(visit.shown.retold(titles.get(one) or one)))
            for one in (row["signals"] or ())[:_SIGNALS]
        ],
        "number": row["id"].rpartition(":")[2],
        "owner_name": names.get(row["owner"] or "", row["owner"] or ""),
        "trend": trend(row["scores"] or ()),
        "band": risking.band(row["score"]),
        "review": visit.shown.day(again) if again else "",
        "due": bool(again and again <= now and row["state"] in risking.WATCHED),
    }


def _cells(live: Sequence[Mapping[str, Any]]) -> list[tuple[int, list[tuple[int, str, list[Mapping[str, Any]]]]]]:
    """Rows of the grid from the likeliest down: each cell with its impact, its band and the risks in it."""
    scale = range(1, 6)
    return [
        (
            likelihood,
            [
                (
                    impact,
                    risking.band(likelihood * impact),
                    [one for one in live if (one["likelihood"], one["impact"]) == (likelihood, impact)],
                )
                for impact in scale
            ],
        )
        for likelihood in reversed(scale)
    ]


def _title(visit: Visit, live: Sequence[Mapping[str, Any]]) -> str:
    words, number = visit.words, visit.shown.number
    high = sum(one["band"] == "high" for one in live)
    if high:
        return words.plural("{n} risk is high", "{n} risks are high", high, n=number(high))
    if not live:
        return words("No risk is known")
    return words.plural("{n} risk, none of them high", "{n} risks, none of them high", len(live), n=number(len(live)))


def add(visit: Visit) -> Response:
    """Enters a risk by hand."""
    said, viewer = visit.form, visit.request.state.viewer
    team = said.get("team", "")
    viewer.demand("member", "write", team or None)
    fields: dict[str, Any] = {
        name: said.get(name, "").strip() or None for name in ("title", "category", "mitigation")
    }
    fields |= {"team": team or None, **_scored(said)}
    risking.add(visit.services, fields, str(viewer.person))
    return _back(visit)


def decide(visit: Visit) -> Response:
    """Accepts, refuses, reviews or closes one."""
    said, viewer, services = visit.form, visit.request.state.viewer, visit.services
    risk, act, by = said.get("risk", ""), said.get("act", ""), str(viewer.person)
    row = entering.one(services, "risks", risk)
    viewer.demand("member", "write", row["team"] or None)
    fields = {"mitigation": said.get("mitigation", "").strip() or None, "response": said.get("response") or None,
              "review_at": entering.moment(said.get("review_at") or None), **_scored(said)}  # fmt: skip
    if act == "accept":
        risking.accept(services, risk, fields, by)
    elif act == "refuse":
        risking.refuse(services, risk, said.get("reason", ""), by)
    elif act == "review":
        risking.review(services, risk, fields, by)
    elif act == "close":
        risking.close(services, risk, said.get("evidence", "").splitlines(), by)
    else:
        raise Skip(visit.words("A risk can be accepted, refused, looked at again or closed."))
    return _back(visit)


def _scored(said: Mapping[str, str]) -> dict[str, int | None]:
    return {
        name: int(value) if (value := said.get(name, "")).isdecimal() else None for name in ("likelihood", "impact")
    }


def _back(visit: Visit) -> Response:
    settle(visit.services)
    forget()
    return visit.back("/risks", done="saved")


PAGE = Page(
    "/risks", "Risks", 53, show, shown="more", acts={"/risks/add": add, "/risks/decide": decide}, act_role="member",
    cut=("team",),
)  # fmt: skip
