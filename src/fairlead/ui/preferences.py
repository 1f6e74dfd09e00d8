"""How a reader wants pages to look: theme and language, kept in the browser, not in the records."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fairlead.ui.words import LANGUAGES

THEMES = ("light", "dark")
_YEAR_S = 365 * 24 * 3600


async def save(request: Request) -> Response:
    """Sets the cookies and goes back; an address that leaves this site is not followed."""
    form = await request.form()
    answer = RedirectResponse(_inside(str(form.get("back", "/"))), status_code=303)
    for name, allowed in (("theme", THEMES), ("language", LANGUAGES)):
        if name not in form:
            continue
        value = str(form[name])
        # Any other value takes the choice back: then the device or the browser decides.
        if value in allowed:
            answer.set_cookie(
                name, value, max_age=_YEAR_S, httponly=True, samesite="lax", secure=request.url.scheme == "https"
            )
        else:
            answer.delete_cookie(name)
    return answer


def theme(request: Request) -> str:
    """The reader's theme; empty for what the device says."""
    said = request.cookies.get("theme", "")
    return said if said in THEMES else ""


def language(request: Request, default: str) -> str:
    """The reader's choice, else what the browser prefers, else the organisation's language."""
    said = request.cookies.get("language", "")
    if said in LANGUAGES:
        return said
    for part in request.headers.get("accept-language", "").split(","):
        wish = part.split(";")[0].strip().lower()[:2]
        if wish in LANGUAGES:
            return wish
    return default if default in LANGUAGES else LANGUAGES[0]


def _inside(address: str) -> str:
    """Only paths of this site: `//host` and `/\\host` would leave it."""
    # Browsers take `/\` for `//`, and a line break would write a header of its own.
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and "\n" not in address
    return address if safe else "/"
