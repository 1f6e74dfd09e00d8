"""What `fairlead doctor` asks Slack."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.connectors.kit.connector import Finding, SyncRequest
from fairlead.connectors.kit.rest import text
from fairlead.connectors.slack.manifest import SCOPES
from fairlead.connectors.slack.sync import asked, connect
from fairlead.model.errors import Fault


def check(request: SyncRequest) -> Iterator[Finding]:
    """Line by line; the first fault that makes all others moot is the last line."""
    try:
        rest = connect(request)
        answer = asked(rest, "auth.test")
        who = answer.value
        yield Finding("signed in", True, f"as @{text(who, 'user')} in {text(who, 'team')} ({text(who, 'team_id')})")
        held = {scope.strip() for scope in answer.headers.get("x-oauth-scopes", "").split(",") if scope.strip()}
        missing = sorted(set(SCOPES) - held)
        # a proxy may keep the header to itself: then nobody knows
        if held:
            remedy = "update the app by `fairlead slack manifest` and install it again" if missing else ""
            yield Finding("scopes", not missing, f"missing: {', '.join(missing)}" if missing else "all", remedy)
        for channel in request.options.values.get("channels") or ():
            yield _channel(rest, str(channel), held)
    except Fault as fault:
        yield Finding("Slack", False, fault.message, fault.hint)


def _channel(rest: object, channel: str, held: set[str]) -> Finding:
    """A channel that is chosen to be read: events of it come only where the app is a member."""
    what = f"channel {channel}"
    if held and not {"channels:history", "groups:history"} & held:
        return Finding(what, False, "cannot be read", "print the manifest with --read-channels and install it again")
    try:
        found = asked(rest, "conversations.info", channel=channel).value.get("channel") or {}  # type: ignore[arg-type]
    except Fault as fault:
        return Finding(what, False, fault.message, fault.hint)
    member = found.get("is_member") is True
    return Finding(what, member, text(found, "name"), "" if member else "invite the app there: `/invite @fairlead`")
