"""Set-up: connecting GitHub by an App of one's own (manifest flow) or by a token, step by step."""

from __future__ import annotations

import re

import msgspec
from starlette.responses import Response

from fairlead.model.errors import Abort
from fairlead.store import state
from fairlead.ui import githubapp
from fairlead.ui.page import Page
from fairlead.ui.visit import Visit

STATE_KEY = "setup:github"
"""Where the flow that somebody started waits for GitHub to send them back."""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?")
_HOST = re.compile(r"(?:https://[A-Za-z0-9.-]+|http://(?:localhost|127\.0\.0\.1))(?::\d+)?")
"""Without TLS only on this machine: the answer holds the App's key."""


def show(visit: Visit) -> Response:
    """Both ways, the one with fewer steps and fewer rights first."""
    connected = [name for name in visit.services.settings.sources if visit.services.tool(name) == "github"]
    title = (
        visit.words("GitHub is connected as {names}", names=", ".join(connected))
        if connected
        else visit.words("Connect GitHub in two steps")
    )
    return _form(visit, title, {})


def _form(visit: Visit, title: str, faults: dict[str, str], status: int = 200) -> Response:
    server = visit.services.settings.server
    return visit.page(
        "pages/setup.html",
        title,
        status=status,
        permissions=githubapp.PERMISSIONS,
        public_url=server.public_url,
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
        return _form(visit, visit.words("Two things to mend before GitHub can be asked"), faults, status=422)
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
        permissions=githubapp.PERMISSIONS,
        hook=f"{public}/hooks/github" if public else "",
        where=organisation,
    )
    # The one form of all pages that leaves this site: its policy names where to.
    answer.headers["content-security-policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"form-action 'self' {host}; base-uri 'none'; frame-ancestors 'none'"
    )
    return answer


PAGE = Page(
    "/setup",
    "Set-up",
    82,
    show,
    shown="more",
    role="owner",
    acts={"/setup/start": start},
    act_role="owner",
    scoped=False,
)


def api_of(host: str) -> str:
    """Address of the API: GitHub's own, or below the address of an enterprise server."""
    return "https://api.github.com" if host == "https://github.com" else f"{host}/api/v3"


def waiting(visit: Visit) -> dict[str, str]:
    """The flow that was started here; raises `Abort` unless GitHub's answer carries its word."""
    with visit.services.database.read() as tx:
        known = state.get(tx, STATE_KEY) or {}
    if not known or known.get("state") != visit.said("state"):
        raise Abort(
            visit.words("This answer belongs to no set-up that was started here"),
            hint=visit.words("Start again on the page Set-up."),
        )
    return {name: str(value) for name, value in known.items()}
