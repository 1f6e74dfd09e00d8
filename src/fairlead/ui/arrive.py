"""Makes the visit of a request: scope, language, zone, and the frame with its freshness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from fairlead.reports.wording import Wording
from fairlead.ui import around, preferences
from fairlead.ui.frame import Frame, MenuEntry
from fairlead.ui.scope import Scope
from fairlead.ui.shown import Shown, zone_of
from fairlead.ui.visit import Visit
from fairlead.ui.words import words


def arrive(
    request: Request,
    services: Any,
    menu: tuple[MenuEntry, ...],
    form: Mapping[str, str],
    *,
    scoped: bool,
    cut: tuple[str, ...] = (),
) -> Visit:
    """One request, ready for its page."""
    setup = services.setup
    language = preferences.language(request, setup.organisation.language)
    # Set by the guard in front; pages before the door and pages answered ahead have nobody.
    viewer = getattr(request.state, "viewer", None)
    zone = zone_of(around.zone_name(setup, viewer))
    speech = words(language)
    # One moment for the whole page: a wait and its limit must not be told from two.
    now = services.clock.now()
    shown = Shown(wording=Wording(speech.language, zone, now), zone=zone, now=now)
    scope = Scope.read(request.query_params)
    surroundings = around.surroundings(services, request.state, speech, shown) if scoped else around.NOTHING
    frame = Frame(
        path=request.url.path,
        menu=menu,
        scoped=scoped,
        cut=cut,
        teams=surroundings.teams,
        repositories=surroundings.repositories,
        services=surroundings.services,
        sources=surroundings.sources,
        as_of=surroundings.as_of,
        reader=str(getattr(viewer, "name", "") or ""),
        role=str(getattr(viewer, "role", "") or ""),
        theme=preferences.theme(request),
        language=speech.language,
        # Empty for tokens: they are not sent along by browsers, so their forms cannot be forged.
        csrf=str(getattr(request.state, "csrf", "") or ""),
        done=around.done(request.query_params.get("done", ""), speech),
        demo=bool(getattr(services, "demo", False)),
    )
    return Visit(
        request=request, services=services, scope=scope, words=speech, shown=shown, frame=frame, menu=menu, form=form
    )
