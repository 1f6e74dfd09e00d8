"""The demo's Slack: its conversations as a chosen person sees them, with what they can type and press."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import RedirectResponse, Response

from fairlead.connectors.slack.fake.slack import FakeSlack
from fairlead.model.errors import Skip
from fairlead.ui.misnamed import choice
from fairlead.ui.page import Page
from fairlead.ui.views.chatter import Piece, Room, Said, conversation, pieces, rooms
from fairlead.ui.visit import Visit

_HOME = "home"
_WAIT_S = 5.0
_FIELD = "field."
"""Before the names of a modal's questions, which are its app's words and not ours."""


@dataclass(frozen=True)
class Field:
    """A question of an open modal."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    """Values with what is read; none where it is typed."""


@dataclass(frozen=True)
class Form:
    """An open modal."""

    id: str
    title: str
    fields: tuple[Field, ...]


def show(visit: Visit) -> Response:
    """A conversation; where the home is a team's own there is none."""
    door = getattr(visit.request.app.state, "slack", None)
    fake: FakeSlack | None = door.fake if door is not None else None
    if fake is None:
        return visit.page("pages/demo_slack.html", visit.words("There is no Slack to try here"), there=False)
    with fake.held.open() as space:
        people = [(one["id"], one["real_name"]) for one in space.users.values() if not one["is_bot"]]
        chosen = choice(visit, "as", space.users, people[0][0])
        found: list[Room] = rooms(space, chosen, visit.words("Only Fairlead"))
        room = choice(visit, "in", [_HOME, *(one.id for one in found)])
        place, home = room if room and room != _HOME else found[0].id if found else "", room == _HOME
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
        said = {name.removeprefix(_FIELD): value.strip() for name, value in form.items() if name.startswith(_FIELD)}
        fake.submit(user, view, said)
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
    fields = tuple(_field(one) for one in view["blocks"] if one["type"] == "input")
    return Form(str(view["id"]), str(view["title"]["text"]), fields)


def _field(block: dict[str, Any]) -> Field:
    options = tuple((str(one["value"]), str(one["text"]["text"])) for one in block["element"].get("options", ()))
    return Field(f"{_FIELD}{block['block_id']}", str(block["label"]["text"]), options)


PAGE = Page(
    "/demo/slack", "Slack of the demo", 97, show, shown="nowhere", role="owner", acts={"/demo/slack/act": act},
    act_role="owner", scoped=False, reads=("as", "in"),
)  # fmt: skip
