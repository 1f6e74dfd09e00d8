"""How one tool is connected: its steps, with the lines and addresses of this server, and what was heard since."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from fairlead.connectors.kit.guide import guides
from fairlead.connectors.kit.registry import connectors
from fairlead.ui.misnamed import Misnamed
from fairlead.ui.page import Page
from fairlead.ui.views.connecting import filled, following
from fairlead.ui.views.intake import sources_by_tool
from fairlead.ui.views.meanings import confirmed
from fairlead.ui.views.steps import heard_of, parts
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The page of the tool that the path names."""
    return tool_page(visit, visit.path["tool"], "pages/setup_tool.html")


def tool_page(visit: Visit, tool: str, template: str, title: str = "", status: int = 200, **view: Any) -> Response:
    """What the pages of all tools say, made from the guide beside the connector."""
    if tool not in guides():
        raise Misnamed("tool", tool, list(guides()))
    guide, name = guides()[tool], connectors()[tool].title
    heard = sources_by_tool(visit).get(tool, [])
    # The steps name the source that there is: whoever adds a webhook later finds its own address.
    source = next((one.name for one in heard if one.stated), guide.source or tool)
    public = visit.services.settings.server.public_url
    return visit.page(
        template,
        title or _title(visit, name, [one.name for one in heard]),
        status=status,
        tool=tool,
        guide=guide,
        address=filled("{address}", guide, source, public) if guide.receives else "",
        public_url=public,
        connected=bool(heard),
        heard=heard_of(visit, guide, heard),
        next=following(visit, tool, guide, heard) if heard else "",
        meanings=[one for each in heard if guide.meanings and (one := confirmed(visit, guide.meanings, each))],
        parts=parts(visit, tool, guide, source),
        **view,
    )


def _title(visit: Visit, name: str, sources: list[str]) -> str:
    if not sources:
        return visit.words("Connect {name}", name=name)
    return visit.words("{name}: connected as {names}", name=name, names=", ".join(sources))


PAGE = Page("/setup/{tool}", "Set-up", 84, show, shown="nowhere", role="owner", scoped=False)
