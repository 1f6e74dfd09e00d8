"""What `fairlead doctor` asks Jira."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.connectors.jira import fields
from fairlead.connectors.jira.api import Site, connect, keys_of
from fairlead.connectors.kit.connector import Finding, SyncRequest
from fairlead.connectors.kit.rest import text
from fairlead.model.errors import Fault, Skip

_WRITING = (
    "ADD_COMMENTS", "DELETE_OWN_COMMENTS", "EDIT_ISSUES", "ASSIGN_ISSUES", "TRANSITION_ISSUES", "CREATE_ISSUES",
)  # fmt: skip
"""What acts need."""


def check(request: SyncRequest) -> Iterator[Finding]:
    """Line by line; the first fault that makes all others moot is the last line."""
    try:
        site = connect(request)
        edition = "Cloud" if site.cloud else "Data Center"
        yield Finding("signed in", True, f"{text(site.me, 'displayName')} at {site.rest.http.base}, {edition}")
        keys = keys_of(site)
        remedy = "" if keys else "give the account the permission to browse projects"
        yield Finding("projects", bool(keys), ", ".join(keys) or "none can be seen", remedy)
        yield _fields(site)
        yield _boards(site)
        if request.settings.get("acts"):
            yield _writing(site)
    except Fault as fault:
        yield Finding("Jira", False, fault.message, fault.hint)


def _writing(site: Site) -> Finding:
    """Which of the permissions that acts need the account has in at least one project."""
    value = site.rest.get(f"{site.api}/mypermissions", {"permissions": ",".join(_WRITING)}).value
    found = value.get("permissions") if isinstance(value, dict) else None
    known = found if isinstance(found, dict) else {}
    missing = [name for name in _WRITING if not (known.get(name) or {}).get("havePermission")]
    remedy = "give the account these permissions in the projects' schemes" if missing else ""
    return Finding("acts", not missing, f"lacks: {', '.join(missing)}" if missing else "all", remedy)


def _fields(site: Site) -> Finding:
    """Shown for confirmation: a wrong field gives figures that look right."""
    known = {**site.meanings(), **fields.stated(site.rest.request.options.values)}
    shown = "; ".join(
        f"{meaning} is {' or '.join(known[meaning])}" for meaning in fields.MEANINGS if meaning in known
    )
    missing = [meaning for meaning in fields.MEANINGS if meaning not in known]
    if not missing:
        return Finding("fields", True, shown)
    remedy = 'set `fields = {points = "customfield_..."}` in the options of the source, if there is such a field'
    return Finding("fields", None, f"{shown or 'none known'}; not found: {', '.join(missing)}", remedy)


def _boards(site: Site) -> Finding:
    try:
        site.rest.get("/rest/agile/1.0/board", {"maxResults": 1})
    except Skip:
        return Finding("boards", None, "not ours to see: sprints are known only as far as issues name them")
    return Finding("boards", True, "can be read")
