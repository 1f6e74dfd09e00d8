"""Data: sources and their freshness, what could not be read, what counts, and what is missing for which figure."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.connectors.kit.connector import Syncs
from fairlead.connectors.kit.guide import guides
from fairlead.connectors.kit.registry import connectors
from fairlead.model.errors import Skip
from fairlead.store import quarantine, rereads
from fairlead.ui.page import Page
from fairlead.ui.rights import allowed
from fairlead.ui.views.connecting import sent
from fairlead.ui.views.counting import what_counts
from fairlead.ui.views.intake import Intake, came_in
from fairlead.ui.views.quality import gaps
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """Everything that a figure's reader may want to know about its data."""
    state = came_in(visit)
    return visit.page(
        "pages/data.html",
        _title(visit, state),
        state=state,
        gaps=gaps(visit),
        counting=what_counts(visit),
        may_retry=allowed(visit, "manager"),
        may_connect=allowed(visit, "owner"),
        may_configure=allowed(visit, "manager"),
        webhooks=_webhooks(visit),
    )


def retry(visit: Visit) -> Response:
    """Asks that what lies in quarantine be read again; the workers do it."""
    source = visit.form.get("source", "")
    with visit.services.database.read() as tx:
        held = quarantine.rows(tx, source=source or None)
    if not held:
        raise Skip(visit.words("Nothing lies in quarantine there."))
    # Asked and not done here: the workers own ingestion, and a page must not wait for a thousand payloads.
    for one in held:
        rereads.ask(visit.services.database, one.raw_seq)
    return visit.back("/data", done="retried")


def _title(visit: Visit, state: Intake) -> str:
    words = visit.words
    # The worst first: nothing at all, a sync that failed, a source that is silent, a payload that waits.
    if not visit.frame.sources:
        return words("No source has delivered anything yet")
    if state.failed:
        return words(
            "The last sync of {names} is not complete", names=", ".join(str(run["of"]) for run in state.failed)
        )
    if visit.frame.silent:
        return words("{names} silent", names=", ".join(source.name for source in visit.frame.silent))
    if state.held:
        return words.plural(
            "All sources are fresh; {n} payload could not be read",
            "All sources are fresh; {n} payloads could not be read",
            state.held,
            n=visit.shown.number(state.held),
        )
    return words("All sources are fresh and everything could be read")


def _webhooks(visit: Visit) -> list[str]:
    """Configured sources that are only polled, of tools that could send."""
    services = visit.services
    polled = (name for name in services.settings.sources if not sent(visit, name))
    able = {tool for tool, guide in guides().items() if guide.receives and isinstance(connectors()[tool], Syncs)}
    return [name for name in polled if services.tool(name) in able]


PAGE = Page(
    "/data", "Data", 70, show, shown="more", key="a", acts={"/data/retry": retry}, reads=("page", "sort", "order")
)
