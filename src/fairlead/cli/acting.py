"""Who acts on the command line: the person of `FAIRLEAD_TOKEN`, else the operator, who never approves."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from fairlead.cli import home
from fairlead.model.errors import Abort, Denied

if TYPE_CHECKING:
    from fairlead.gateway.viewer import Viewer
    from fairlead.store.actions import Row
    from fairlead.wiring.services import Services

TOKEN = "FAIRLEAD_TOKEN"  # noqa: S105 - its name, not its value


def actor(services: Services) -> Viewer:
    """The person whose token stands in the environment, else the operator."""
    from fairlead.gateway.access import Access
    from fairlead.gateway.viewer import OPERATOR, Viewer
    from fairlead.store.access import EVERYWHERE

    secret = os.environ.get(TOKEN, "")
    if not secret:
        # who owns the files could write the rows: the role lets them tidy up, and approves nothing
        return Viewer(OPERATOR, OPERATOR, {EVERYWHERE: "owner"}, "socket")
    viewer = Access(services.database, services.log, services.clock, services.setup).by_token(secret)
    if viewer is None:
        raise Denied(f"the token in {TOKEN} opens nothing (any more)", hint="make another on the page People")
    viewer.demand("viewer", "write")
    return viewer


def speaks(services: Services, whom: str = "") -> str:
    """Who says what is entered: the person of the token, else the operator, for somebody or for themselves.

    Whoever owns the files cannot be kept from writing somebody else's name; so it is never only that name that stands
    there.
    """
    from fairlead.connectors.kit.entered import on_behalf
    from fairlead.store import records

    who = actor(services).person
    if not whom or whom == who:
        return who
    if os.environ.get(TOKEN):
        raise Denied(f"the token in {TOKEN} speaks for {who} alone", hint=f"leave out `--by {whom}`")
    with services.database.read() as tx:
        known = records.get(tx, "people", whom)
    # the log is never rewritten: a name that nobody bears would stand in it for good
    if known is None and whom.removeprefix("person:") not in services.setup.people:
        raise Abort(f"no person `{whom}`", hint="`fairlead people list` shows them")
    return on_behalf(whom)


def enters(services: Services, whom: str = "") -> str:
    """The same of what belongs to a team: who only reads enters nothing, neither by page nor by command."""
    actor(services).demand("member", "write")
    return speaks(services, whom)


def person(services: Services) -> Viewer:
    """The same, and no operator: whoever owns the files could give themselves any right."""
    from fairlead.gateway.viewer import OPERATOR

    found = actor(services)
    if found.person == OPERATOR:
        raise Denied(
            "the operator of the files is no approver",
            hint=f"export {TOKEN}=fl_... of your own; POST /api/v1/tokens makes one with the scope `write`",
        )
    return found


def whole(action: str) -> str:
    """An action's id from what people type: `17`, or all of it."""
    number = action.removeprefix("action:")
    if not number.isdigit():
        raise Abort(f"no action `{action}`", hint="write its number; `fairlead actions list` shows them")
    return f"action:{number}"


def carry_on(services: Services, action: str) -> Row:
    """Does what is due of an action where no server runs, else lets the server do it; gives the action."""
    from fairlead.store import actions
    from fairlead.wiring import governing

    if home.server_socket() is None:
        governing.perform_due(services, [action])
    with services.database.read() as tx:
        return actions.one(tx, action) or {}


def plain(row: Row) -> dict[str, Any]:
    """An action as JSON tells it: what is kept as text opened, and nothing that means nothing outside."""
    from fairlead.governance.showing import told

    return told(row)
