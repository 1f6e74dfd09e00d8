"""The demo's Slack: its conversations as a chosen person sees them, with what they can type and press."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import RedirectResponse, Response

from fairlead.connectors.slack.fake.slack import FakeSlack
from fairlead.model.errors import Skip
from fairlead.ui.page import Page
from fairlead.ui.views.chatter import Piece, Room, Said, conversation, pieces, rooms
from fairlead.ui.visit import Visit

_HOME = "home"
_WAIT_S = 5.0


@dataclass(frozen=True)
class Form:
    """An open modal."""

    id: str
    title: str
    label: str


def show(visit: Visit) -> Response:
    """A conversation; where the home is a team's own there is none."""
    door = getattr(visit.request.app.state, "slack", None)
    fake: FakeSlack | None = door.fake if door is not None else None
    if fake is None:
        return visit.page("pages/demo_slack.html", visit.words("There is no Slack to try here"), there=False)
    with fake.held.open() as space:
        people = [(one["id"], one["real_name"]) for one in space.users.values() if not one["is_bot"]]
        chosen = visit.said("as") if visit.said("as") in space.users else people[0][0]
        found: list[Room] = rooms(space, chosen, visit.words("Only Fairlead"))
        place = next((one.id for one in found if one.id == visit.said("in")), found[0].id if found else "")
        home = visit.said("in") == _HOME
        said: list[Said] = conversation(space, space.conversations[place], chosen) if place and not home else []
        shown: tuple[Piece, ...] = pieces(space.homes.get(chosen, {}).get("blocks", ())) if home else ()
        modals = [_form(view) for view in space.modals.values() if view.get("user") == chosen]
    return visit.page(
        "pages/demo_slack.html",
        visit.words("The demo's Slack"),
        there=True,
        people=people,
        chosen=chosen,
        rooms=found,
        place=_HOME if home else place,
        said=said,
        home=shown,
        modals=modals,
    )


def act(visit: Visit) -> Response:
    """Somebody types, presses, opens the App Home or sends a form off: over the same door as Slack itself."""
    door = getattr(visit.request.app.state, "slack", None)
    fake: FakeSlack | None = door.fake if door is not None else None
    if door is None or fake is None:
        raise Skip(visit.words("There is no Slack to try here"))
    form, user, place = visit.form, visit.form.get("as", ""), visit.form.get("in", "")
    with fake.held.open() as space:
        known = user in space.users and (place == _HOME or place in space.conversations)
    if not known:
        raise Skip(visit.words("There is no Slack to try here"))
    text = form.get("text", "").strip()
    if view := form.get("view", ""):
        fake.submit(user, view, {"reason": text})
    elif action := form.get("action", ""):
        _press(fake, user, place, action, form)
    elif place == _HOME:
        fake.visit_home(user)
    elif text.startswith("/"):
        command, _, rest = text.partition(" ")
        fake.command(user, place, command, rest)
    elif text:
        fake.say(user, place, text, form.get("thread", ""))
    # the answer comes after the acknowledgement, and the next page shall show it
    door.settle(_WAIT_S)
    return RedirectResponse(visit.scope.link("/demo/slack", **{"as": user, "in": place}), status_code=303)


def _press(fake: FakeSlack, user: str, place: str, action: str, form: Any) -> None:
    if place == _HOME:
        fake.click_home(user, action, form.get("value", ""))
    else:
        fake.click(user, place, form.get("stamp", ""), action, form.get("value", ""))


def _form(view: dict[str, Any]) -> Form:
    label = next((one["label"]["text"] for one in view["blocks"] if one["type"] == "input"), "")
    return Form(str(view["id"]), str(view["title"]["text"]), label)


PAGE = Page(
    "/demo/slack", "Slack of the demo", 97, show, shown="nowhere", role="owner", acts={"/demo/slack/act": act},
    act_role="owner", scoped=False, reads=("as", "in"),
)  # fmt: skip
