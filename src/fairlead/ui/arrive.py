"""Makes the visit of a request: scope, language, zone, and the frame with its freshness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from starlette.requests import Request

from fairlead.reports.wording import Wording
from fairlead.ui import around, preferences
from fairlead.ui.frame import Frame, MenuEntry
from fairlead.ui.page import Page
from fairlead.ui.scope import SCOPE_WORDS, Scope
from fairlead.ui.shown import Shown, zone_of
from fairlead.ui.visit import Visit
from fairlead.ui.words import words


def arrive(
    request: Request,
    services: Any,
    menu: tuple[MenuEntry, ...],
    form: Mapping[str, str],
    page: Page,
    *,
    scoped: bool,
) -> Visit:
    """One request, ready for its page; `scoped` is false where nobody is signed in to see the line of scope."""
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
        cut=page.cut,
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
        unread=_listed(name for name in request.query_params if name not in (*SCOPE_WORDS, *page.reads, "done")),
        known=_listed((*(page.cut if page.scoped else ()), *page.reads)),
        done=around.done(request.query_params.get("done", ""), speech),
        demo=bool(getattr(services, "demo", False)),
    )
    return Visit(
        request=request, services=services, scope=scope, words=speech, shown=shown, frame=frame, menu=menu, form=form,
        reads=page.reads,
    )  # fmt: skip


def _listed(names: Iterable[str]) -> str:
    """Words of an address in a sentence; anything may stand there, so only the first few and their beginnings."""
    first = [f"`{name[:40]}`" for name in islice(names, 13)]
    return ", ".join(first[:12]) + (" …" if len(first) > 12 else "")
