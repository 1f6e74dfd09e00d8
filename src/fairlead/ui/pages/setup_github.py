"""Connecting GitHub: by an App of one's own, which GitHub makes in its manifest flow, or by a token."""

from __future__ import annotations

import re

import httpx
import msgspec
from starlette.responses import Response

from fairlead.model.errors import Abort
from fairlead.store import state
from fairlead.ui import githubapp
from fairlead.ui.page import Page
from fairlead.ui.pages.setup_tool import tool_page
from fairlead.ui.visit import Visit

STATE_KEY = "setup:github"
"""Where the flow that somebody started waits for GitHub to send them back."""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?")
_HOST = re.compile(r"(?:https://[A-Za-z0-9.-]+|http://(?:localhost|127\.0\.0\.1))(?::\d+)?")
"""Without TLS only on this machine: the answer holds the App's key."""


def show(visit: Visit) -> Response:
    """Both ways; once GitHub sends the owner back with a code, what to do with the App that was made."""
    if not visit.said("code") and not visit.said("state"):
        return _form(visit, {})
    known = _waiting(visit)
    api = api_of(known["host"])
    with httpx.Client(timeout=20, follow_redirects=False) as client:
        app = githubapp.convert(client, api, visit.said("code"), visit.services.home / "keys")
    with visit.services.database.begin() as tx:
        state.drop(tx, STATE_KEY)
    return visit.page(
        "pages/setup_made.html",
        visit.words("{name} exists; two steps are left", name=app.name),
        app=app,
        lines=githubapp.lines(app, "github", known["organisation"], "" if api == "https://api.github.com" else api),
    )


def _form(visit: Visit, faults: dict[str, str]) -> Response:
    return tool_page(
        visit,
        "github",
        "pages/setup_github.html",
        visit.words("Two things to mend before GitHub can be asked") if faults else "",
        status=422 if faults else 200,
        typed={"organisation": "", "host": "https://github.com", **visit.form},
        faults=faults,
    )


def start(visit: Visit) -> Response:
    """Shows exactly what GitHub will be asked for; the next click leaves for GitHub."""
    organisation = visit.form.get("organisation", "").strip()
    host = visit.form.get("host", "").strip().rstrip("/") or "https://github.com"
    faults: dict[str, str] = {}
    if organisation and not _NAME.fullmatch(organisation):
        faults["organisation"] = visit.words("A name of letters, digits and hyphens, as in github.com/NAME")
    if not _HOST.fullmatch(host):
        faults["host"] = visit.words("An address like https://github.acme.example")
    if faults:
        return _form(visit, faults)
    public = visit.services.settings.server.public_url.rstrip("/")
    base = public or str(visit.request.base_url).rstrip("/")
    asked = githubapp.manifest(
        f"Fairlead {organisation}".strip(), base, f"{base}/setup/github", f"{public}/hooks/github" if public else ""
    )
    word = githubapp.new_state()
    with visit.services.database.begin() as tx:
        state.put(tx, STATE_KEY, {"state": word, "organisation": organisation, "host": host})
    answer = visit.page(
        "pages/setup_confirm.html",
        visit.words("GitHub will be asked to create this App"),
        target=githubapp.registration(host, organisation, word),
        manifest=msgspec.json.encode(asked).decode(),
        permissions=githubapp.permissions(),
        hook=f"{public}/hooks/github" if public else "",
        where=organisation,
    )
    # The one form of all pages that leaves this site: its policy names where to.
    answer.headers["content-security-policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"form-action 'self' {host}; base-uri 'none'; frame-ancestors 'none'"
    )
    return answer


def api_of(host: str) -> str:
    """Address of the API: GitHub's own, or below the address of an enterprise server."""
    return "https://api.github.com" if host == "https://github.com" else f"{host}/api/v3"


def _waiting(visit: Visit) -> dict[str, str]:
    """The flow that was started here; raises `Abort` unless GitHub's answer carries its word."""
    with visit.services.database.read() as tx:
        known = state.get(tx, STATE_KEY) or {}
    if not known or known.get("state") != visit.said("state"):
        raise Abort(
            visit.words("This answer belongs to no set-up that was started here"),
            hint=visit.words("Start again on the page Set-up."),
        )
    return {name: str(value) for name, value in known.items()}


PAGE = Page(
    "/setup/github",
    "Set-up",
    83,
    show,
    shown="nowhere",
    role="owner",
    acts={"/setup/start": start},
    act_role="owner",
    scoped=False,
    reads=("code", "state"),
)
