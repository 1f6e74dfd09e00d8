"""What `fairlead doctor` asks PagerDuty."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.connectors.kit.connector import Finding, SyncRequest
from fairlead.connectors.kit.rest import Rest, entries, text
from fairlead.connectors.pagerduty.sync import connect
from fairlead.model.errors import Fault, Skip

_PROBES = ("incidents", "log_entries", "services", "teams", "users", "oncalls")


def check(request: SyncRequest) -> Iterator[Finding]:
    """Line by line; the first fault that makes all others moot is the last line."""
    try:
        rest = connect(request)
        answer = rest.get("/abilities")
        yield Finding("signed in", True, f"at {rest.http.base}")
        limit, left = (answer.headers.get(f"ratelimit-{word}", "") for word in ("limit", "remaining"))
        if limit:
            yield Finding("rate limits", True, f"{left} of {limit} requests a minute left")
        refused = [name for name in _PROBES if not _may(rest, name)]
        remedy = "use a read-only key of the account, or a token of a user who sees these" if refused else ""
        yield Finding("readable", not refused, f"cannot read: {', '.join(refused)}" if refused else "all", remedy)
        yield _webhooks(rest)
        if request.settings.get("acts"):
            yield _writing(rest)
    except Fault as fault:
        yield Finding("PagerDuty", False, fault.message, fault.hint)


def _writing(rest: Rest) -> Finding:
    """Whether somebody is named in whose name incidents are written; a read-only key shows itself only in use."""
    user = str(rest.request.settings.get("user") or "")
    if not user:
        remedy = "set `user` to the address of somebody at PagerDuty, unless the token is a user's own"
        return Finding("acts", None, "nobody is named in whose name incidents are changed", remedy)
    found = entries(rest.get("/users", {"query": user}), "users")
    known = any(text(one, "email").lower() == user.lower() for one in found)
    remedy = "" if known else "set `user` to the address of somebody at PagerDuty"
    return Finding("acts", known, f"in the name of {user}" if known else f"PagerDuty knows no {user}", remedy)


def _may(rest: Rest, name: str) -> bool:
    try:
        rest.get(f"/{name}", {"limit": 1})
    except Skip:
        return False
    return True


def _webhooks(rest: Rest) -> Finding:
    """Where PagerDuty sends webhooks, and whether it has given up on us."""
    ours = f"/hooks/{rest.request.options.source}"
    try:
        found = entries(rest.get("/webhook_subscriptions"), "webhook_subscriptions")
    except Skip:
        return Finding("webhooks at PagerDuty", None, "not ours to see; polling finds everything but a little later")
    for hook in found:
        method = hook.get("delivery_method")
        if isinstance(method, dict) and text(method, "url").rstrip("/").endswith(ours):
            if method.get("temporarily_disabled") is True or hook.get("active") is False:
                return Finding(
                    "webhooks at PagerDuty", False, "disabled after failures", "enable the subscription again"
                )
            return Finding("webhooks at PagerDuty", True, f"sent to {text(method, 'url')}")
    return Finding("webhooks at PagerDuty", None, f"none leads to {ours}", f"add one to <public URL>{ours}")
