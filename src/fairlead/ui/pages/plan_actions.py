"""A plan written back: what the tools would be told so that they show it, and who has too much in a running sprint.

Only managers read it: it is said there how busy each is. Nothing is written by looking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from fairlead.governance import proposing
from fairlead.governance.naming import title
from fairlead.model.acts import subject_of
from fairlead.model.errors import Abort
from fairlead.reports.asked import Asked
from fairlead.reports.document import Document
from fairlead.reports.plain import plain
from fairlead.ui.kept import forget
from fairlead.ui.misnamed import choice
from fairlead.ui.page import Page
from fairlead.ui.views.acting import desk_of
from fairlead.ui.views.documents import story
from fairlead.ui.views.links import page_for
from fairlead.ui.visit import Visit

_WORDS = ("sprint", "epic", "milestone", "rebalance")


def show(visit: Visit) -> Response:
    """What would be proposed; with `?rebalance=1` of a running sprint, beside who has too much."""
    said = {name: visit.said(name) for name in _WORDS}
    choice(visit, "rebalance", ("1",))
    told, fault = None, ""
    acts: Sequence[Any] = ()
    refused: Mapping[str, int] = {}
    try:
        if said["rebalance"]:
            told = story(_balanced(visit, said["sprint"]), visit)
        wishes = _wishes(visit, _words(visit, said))
        acts, refused = wishes.acts, wishes.refused
    except Abort as found:
        # a word that names nothing is told as on every page; a home without a sprint has nothing to propose
        if any(said.values()):
            raise
        fault = f"{found.message}. {found.hint}".strip()
    command = "fairlead plan" + "".join(
        f' --{name} "{plain(said[name] or ("NEXT" if name == "sprint" else ""))}"'
        for name in ("sprint", "epic", "milestone")
        if said[name] or (name == "sprint" and not (said["epic"] or said["milestone"]))
    )
    return visit.page(
        "pages/plan_actions.html",
        told.title.text if told else visit.words("What the tools would be told"),
        story=told,
        fault=fault,
        wishes=[(plain(title(one.act, one.tool)), page_for(visit, subject_of(one.act))) for one in acts],
        refused=[(plain(reason), visit.shown.number(count)) for reason, count in refused.items()],
        said={name: value for name, value in said.items() if value},
        command=command + (" --rebalance" if said["rebalance"] else "") + " --propose",
        back=visit.scope.link("/plan", **{name: said[name] for name in _WORDS[:3] if said[name]}),
    )


def propose(visit: Visit) -> Response:
    """Proposes all of it in the reader's name; policy judges each at once."""
    said = {name: visit.form.get(name, "") for name in _WORDS}
    viewer = visit.request.state.viewer
    team = visit.form.get("team", "")
    viewer.demand("manager", "write", team or None)
    desk = desk_of(visit)
    for one in _wishes(visit, {**_words(visit, said), "team": team}).acts:
        proposing.propose(desk, one.act, one.tool, by=str(viewer.person), why=one.why)
    forget()
    return visit.back("/actions", done="proposed")


def _wishes(visit: Visit, words: Mapping[str, str]) -> Any:
    """What a plan asks for, by whoever wires pages and tools together."""
    return visit.request.app.state.plan_wishes(words)


def _words(visit: Visit, said: dict[str, str]) -> dict[str, str]:
    loads = visit.request.state.viewer.loads
    words = {**said, "team": visit.scope.team, "language": visit.words.language, "load": loads}
    return {name: value for name, value in words.items() if value}


def _balanced(visit: Visit, sprint: str) -> Document:
    from fairlead.reports.rebalance import rebalance

    services = visit.services
    asked = Asked(
        services.warehouse, services.setup, services.clock.now(), visit.scope.team or None, visit.words.language,
        services.intake(),
    )  # fmt: skip
    return rebalance(asked, sprint, visit.request.state.viewer.loads)[0]


PAGE = Page(
    "/plan/actions", "What the tools would be told", 36, show, shown="nowhere", role="manager",
    acts={"/plan/actions/propose": propose}, cut=("team",), reads=_WORDS,
)  # fmt: skip
