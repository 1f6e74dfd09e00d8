"""What Slack's Web API answers: `ok` or the name of an error, each with what can be done about it."""

from __future__ import annotations

from typing import Any

from fairlead.model.errors import Abort, Denied, Retry, Skip

PUBLIC = "https://slack.com/api"

_SIGNED_OUT = frozenset(
    ("account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked", "org_login_required")
)
_PASSING = frozenset(
    (
        "fatal_error",
        "internal_error",
        "ratelimited",
        "rate_limited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    )
)
_HINTS = {
    "channel_not_found": "the app must be in the channel: `/invite @fairlead` there",
    "not_in_channel": "invite the app there: `/invite @fairlead`",
    "missing_scope": "update the app by `fairlead slack manifest` and install it again",
    "is_archived": "choose a channel that is in use",
    "restricted_action": "an administrator of the workspace forbids it",
}
_FORBIDDEN = frozenset(("missing_scope", "no_permission", "restricted_action", "ekm_access_denied", "access_denied"))


class Answered(Skip):
    """Slack understood and said no; `error` is its word for it."""

    def __init__(self, method: str, error: str, detail: str = "") -> None:
        super().__init__(f"Slack answered `{error}` to {method}{detail}", hint=_HINTS.get(error, ""))
        self.error = error


def judged(method: str, value: Any) -> dict[str, Any]:
    """The answer if it is a good one; raises by what can be done where it is not."""
    if not isinstance(value, dict) or not isinstance(value.get("ok"), bool):
        raise Retry(f"{method} did not answer as Slack does")
    if value["ok"]:
        return value
    error = str(value.get("error") or "unknown_error")
    if error in _SIGNED_OUT:
        raise Abort(f"Slack refuses the token: {error}", hint="install the app again and set its new bot token")
    if error in _PASSING:
        raise Retry(f"Slack answered `{error}` to {method}", after_s=30.0)
    if error in _FORBIDDEN:
        needed = f", which needs {value['needed']}" if value.get("needed") else ""
        raise Denied(f"Slack answered `{error}` to {method}{needed}", hint=_HINTS.get(error, ""))
    # the messages say which of forty blocks is wrong
    told = value.get("response_metadata")
    said = told.get("messages") if isinstance(told, dict) else None
    raise Answered(method, error, f": {'; '.join(map(str, said[:3]))}" if isinstance(said, list) and said else "")
