"""My notices: what I was told and why, what was left out, and how I want to be told. Nobody sees anybody else's."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from fairlead.governance import preferring
from fairlead.governance.wishes import MOST, USUAL
from fairlead.model.times import entered_at
from fairlead.store import notices
from fairlead.store.notices import Notice
from fairlead.ui.entering import settle
from fairlead.ui.kept import forget
from fairlead.ui.page import Page
from fairlead.ui.views.links import page_of
from fairlead.ui.visit import Visit

WORDS = {
    "waiting": "waiting", "sent": "sent", "page": "only here", "healed": "over before it was told",
    "expired": "lapsed",
    "muted": "muted", "snoozed": "put off", "merged": "told to somebody else", "now": "at once", "today": "today",
    "digest": "with the digest",
}  # fmt: skip
"""States and urgencies in words."""
_TAGS = {"sent": "ok", "page": "watch", "waiting": "watch"}
_NEWEST = 100


def show(visit: Visit) -> Response:
    """The newest notices of whoever asks; those that lie here alone count as seen."""
    person, services = str(visit.request.state.viewer.person), visit.services
    with services.database.read() as tx:
        found = notices.of_recipient(tx, person, limit=_NEWEST)
    if unseen := [one.id for one in found if one.seen_at is None and one.state in ("sent", "page")]:
        with services.database.begin() as tx:
            notices.see(tx, unseen, entered_at(services.clock))
    wish = preferring.wish_of(services, person)
    return visit.page(
        "pages/notices.html",
        _title(visit, found),
        told=[_told(visit, one) for one in found],
        wish=wish,
        channels=wish.get("channels", services.settings.notices.channels or USUAL),
        budget=wish.get("budget", services.settings.notices.budget),
        most=MOST,
        words=WORDS,
        tags=_TAGS,
        nobody=not person.startswith("person:"),
    )


def _told(visit: Visit, notice: Notice) -> dict[str, Any]:
    return {
        **preferring.told(notice),
        "made": visit.shown.moment(notice.made_at),
        "link": page_of(notice.subject),
        "because": preferring.because(notice),
    }


def _title(visit: Visit, found: list[Notice]) -> str:
    new = sum(one.seen_at is None and one.state in ("sent", "page", "waiting") for one in found)
    if not new:
        return visit.words("Nothing new for you")
    return visit.words.plural(
        "{n} thing is new for you", "{n} things are new for you", new, n=visit.shown.number(new)
    )


def prefer(visit: Visit) -> Response:
    """Says how the reader wants to be told: their own alone, as a raw event that replays."""
    said, person = visit.form, str(visit.request.state.viewer.person)
    fields: dict[str, Any] = {name: said.get(name, "").strip() for name in ("quiet", "digest_at", "deputy", "where")}
    fields["channels"] = [name for name in ("slack", "mail") if said.get(name)]
    fields["muted"] = said.get("muted", "").split()
    if said.get("budget", "").isdecimal():
        fields["budget"] = int(said["budget"])
    visit.request.app.state.prefer(person, fields)
    return _back(visit)


def mute(visit: Visit) -> Response:
    """Leaves a topic out from now on."""
    topic, person = visit.form.get("topic", ""), str(visit.request.state.viewer.person)
    preferring.mute(visit.services, person, topic)
    return _back(visit)


def _back(visit: Visit) -> Response:
    settle(visit.services)
    forget()
    return visit.back("/notices", done="saved")


PAGE = Page(
    "/notices", "My notices", 18, show, shown="more", acts={"/notices/prefer": prefer, "/notices/mute": mute},
    act_role="viewer", scoped=False,
)  # fmt: skip
