"""What `fairlead doctor` asks GitHub: who we are, what we may see, what is left of the limits, what webhooks add."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from fairlead.connectors.github.api import Api
from fairlead.connectors.github.app import OPTIONAL_PERMISSIONS, PERMISSIONS, WRITING
from fairlead.connectors.github.sync import connect, repositories
from fairlead.connectors.kit.connector import Finding, SyncRequest
from fairlead.connectors.kit.rest import entries, number, text
from fairlead.model.errors import Fault, Skip

_SCOPES = ("repo", "read:org")
_PROBES = {
    "issues": "/issues", "pull_requests": "/pulls", "contents": "/commits", "deployments": "/deployments",
    "actions": "/actions/runs", "members": "/collaborators",
}  # fmt: skip
"""Permission -> what cannot be read without it; for tokens whose permissions GitHub does not tell."""


def check(request: SyncRequest) -> Iterator[Finding]:
    """Line by line; the first fault that makes all others moot is the last line."""
    try:
        api = connect(request)
        yield from _who(api)
        yield _limits(api)
        names = repositories(api)
        yield Finding("repositories", bool(names), f"{len(names)}: {', '.join(names[:5])}")
        yield from _repositories(api, names)
        yield from _webhooks(api, names)
        if request.settings.get("acts"):
            yield _writing(api, names)
    except Fault as fault:
        yield Finding("GitHub", False, fault.message, fault.hint)


def _who(api: Api) -> Iterator[Finding]:
    if api.signed_in.is_app:
        api.signed_in.headers()
        yield Finding("signed in", True, f"as GitHub App {api.signed_in.app_id}")
        yield from _permissions(api)
        return
    answer = api.get("/user")
    found = answer.value if isinstance(answer.value, dict) else {}
    yield Finding("signed in", True, f"as {text(found, 'login')}")
    # an empty list of scopes and no list are two things: the first token may read what is public
    told = answer.headers.get("x-oauth-scopes")
    if told is None:
        yield Finding("scopes", None, "a fine-grained token does not tell its permissions; they are tried below")
        return
    scopes = {scope.strip() for scope in told.split(",")}
    missing = [scope for scope in _SCOPES if scope not in scopes and f"admin:{scope.partition(':')[2]}" not in scopes]
    remedy = f"make a token with {', '.join(missing)}" if missing else ""
    yield Finding("scopes", not missing, told or "none", remedy)


def _permissions(api: Api) -> Iterator[Finding]:
    granted = api.signed_in.permissions
    missing = [name for name in PERMISSIONS if name not in granted]
    remedy = "add them in the App's settings and accept the change in the installation" if missing else ""
    yield Finding("permissions", not missing, f"missing: {', '.join(missing)}" if missing else "all", remedy)
    absent = [name for name in OPTIONAL_PERMISSIONS if name not in granted]
    if absent:
        yield Finding("permissions for alerts and merge queue", None, f"not given: {', '.join(absent)}")


def _writing(api: Api, names: list[str]) -> Finding:
    """Whether acts can be done: an App tells its permissions, a classic token its scopes, others what people may."""
    what = "acts"
    if api.signed_in.is_app:
        granted = api.signed_in.permissions
        missing = [name for name in WRITING if granted.get(name) != "write"]
        remedy = (
            "give the App these with read and write, and accept the change in the installation" if missing else ""
        )
        return Finding(what, not missing, f"cannot write: {', '.join(missing)}" if missing else "all", remedy)
    answer = api.get("/user")
    scopes = answer.headers.get("x-oauth-scopes")
    if scopes is not None:
        may = "repo" in {scope.strip() for scope in scopes.split(",")}
        return Finding(what, may, scopes or "no scopes", "" if may else "make a token with repo")
    value = api.get(f"/repos/{names[0]}").value
    shown = value.get("permissions") if isinstance(value, dict) else None
    may = isinstance(shown, dict) and shown.get("push") is True
    detail = "its user may write; what the token itself may, GitHub tells only when it is used"
    return Finding(what, None if may else False, detail if may else f"its user may not write to {names[0]}")


def _limits(api: Api) -> Finding:
    value = api.get("/rate_limit").value
    resources = value.get("resources") if isinstance(value, dict) else None
    shown = []
    for name in ("core", "graphql"):
        budget = resources.get(name) if isinstance(resources, dict) else None
        if isinstance(budget, dict):
            reset = number(budget, "reset")
            # seconds since 1970; what no clock can show is passed over
            until = f", all again at {datetime.fromtimestamp(reset, UTC):%H:%M} UTC" if 0 < reset < 1 << 33 else ""
            shown.append(f"{name}: {number(budget, 'remaining')} of {number(budget, 'limit')} left{until}")
    return Finding("rate limits", True, "; ".join(shown))


def _repositories(api: Api, names: list[str]) -> Iterator[Finding]:
    for name in names[:20]:
        try:
            api.get(f"/repos/{name}")
        except Skip as fault:
            remedy = "is the name right, and does the token or App have access to it?"
            yield Finding(name, False, fault.message, remedy)
            continue
        refused = [permission for permission, below in _PROBES.items() if not _may(api, f"/repos/{name}{below}")]
        remedy = "give the token or App read access to these" if refused else ""
        yield Finding(name, not refused, f"cannot read: {', '.join(refused)}" if refused else "readable", remedy)


def _may(api: Api, path: str) -> bool:
    try:
        api.get(path, {"per_page": 1})
    except Skip:
        return False
    return True


def _webhooks(api: Api, names: list[str]) -> Iterator[Finding]:
    """Where GitHub sends webhooks; whether we hold the secret is checked without asking GitHub."""
    ours = f"/hooks/{api.request.options.source}"
    try:
        if api.signed_in.is_app:
            config = api.as_app().get("/app/hook/config").value
            addresses = [text(config, "url")] if isinstance(config, dict) else []
        else:
            hooks = entries(api.get(f"/repos/{names[0]}/hooks"))
            addresses = [text(hook["config"], "url") for hook in hooks if isinstance(hook.get("config"), dict)]
    except Skip:
        yield Finding("webhooks at GitHub", None, "not ours to see; polling finds everything but a little later")
        return
    sent = [address for address in addresses if address.rstrip("/").endswith(ours)]
    if sent:
        yield Finding("webhooks at GitHub", True, f"sent to {sent[0]}; those that fail are fetched by the next sync")
    else:
        yield Finding("webhooks at GitHub", None, f"none leads to {ours}", f"add one to <public URL>{ours}")
