"""What `fairlead doctor` asks GitLab."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.connectors.gitlab.api import Project, connect, encoded, groups, projects
from fairlead.connectors.kit.connector import Finding, Progress, SyncRequest
from fairlead.connectors.kit.rest import Entry, Rest, entries, text
from fairlead.model.errors import Fault, Skip

_ENOUGH = frozenset(("api", "read_api"))


def check(request: SyncRequest) -> Iterator[Finding]:
    """Line by line; the first fault that makes all others moot is the last line."""
    try:
        rest = connect(request)
        missing: list[str] = []
        rest.request = _noting(request, missing)
        yield _token(rest)
        answer = rest.get("/version")
        value = answer.value if isinstance(answer.value, dict) else {}
        yield Finding("signed in", True, f"at {rest.http.base}, GitLab {text(value, 'version')}")
        limit, left = (answer.headers.get(f"ratelimit-{word}", "") for word in ("limit", "remaining"))
        if limit:
            yield Finding("rate limits", True, f"{left} of {limit} requests a minute left")
        found = list(projects(rest))
        remedy = "check the names, and that the token's user is at least Reporter there"
        yield Finding(
            "projects",
            not missing and bool(found),
            f"cannot read: {'; '.join(missing)}" if missing else f"{len(found)} readable",
            "" if found and not missing else remedy,
        )
        yield _hooks(rest, found)
        if request.settings.get("acts"):
            yield _writing(rest)
    except Fault as fault:
        yield Finding("GitLab", False, fault.message, fault.hint)


def _token(rest: Rest) -> Finding:
    """Scopes and end of the token; one of OAuth or CI does not tell them."""
    try:
        value = rest.get("/personal_access_tokens/self").value
    except Skip:
        return Finding("token", None, "does not tell its scopes")
    entry = value if isinstance(value, dict) else {}
    scopes = [scope for scope in entry.get("scopes") or () if isinstance(scope, str)]
    end = text(entry, "expires_at")
    if not _ENOUGH & set(scopes):
        return Finding("token", False, f"scopes: {', '.join(scopes) or 'none'}", "make one with `read_api`")
    return Finding("token", True, f"scopes: {', '.join(scopes)}" + (f"; ends on {end}" if end else ""))


def _writing(rest: Rest) -> Finding:
    """Whether acts can be done, as far as the token's scopes tell it."""
    try:
        value = rest.get("/personal_access_tokens/self").value
    except Skip:
        return Finding("acts", None, "the token does not tell its scopes")
    scopes = value.get("scopes") if isinstance(value, dict) else None
    may = isinstance(scopes, list) and "api" in scopes
    return Finding("acts", may, "all" if may else "the token may only read", "" if may else "make one with `api`")


def _hooks(rest: Rest, found: list[Project]) -> Finding:
    """Where GitLab sends webhooks, and whether it has given up on us."""
    name = "webhooks at GitLab"
    homes = [f"/groups/{encoded(group)}" for group in groups(rest.request)] + [project.home for project in found]
    ours = f"/hooks/{rest.request.options.source}"
    covered, hidden = 0, 0
    for home in homes:
        try:
            hooks = entries(rest.get(f"{home}/hooks"))
        except Skip:
            hidden += 1
            continue
        leading = [hook for hook in hooks if text(hook, "url").rstrip("/").endswith(ours)]
        if any(_disabled(hook) for hook in leading):
            return Finding(name, False, f"{home}: disabled after failures", "send a test event from its page")
        covered += bool(leading)
    if covered:
        return Finding(name, True, f"{covered} lead to {ours}")
    # listing hooks takes a Maintainer, and `read_api` of a Reporter is enough for all else
    if hidden == len(homes):
        return Finding(name, None, "not ours to see; polling finds everything but a little later")
    return Finding(name, None, f"none leads to {ours}", f"add one to <public URL>{ours}, best on the group")


def _disabled(hook: Entry) -> bool:
    return text(hook, "alert_status") in ("disabled", "temporarily_disabled")


def _noting(request: SyncRequest, missing: list[str]) -> SyncRequest:
    """The same request, whose complaints of projects that cannot be read are collected."""
    from dataclasses import replace

    def report(progress: Progress) -> None:
        if progress.left_out:
            missing.append(progress.left_out)

    return replace(request, report=report)
