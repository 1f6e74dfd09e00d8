"""Signing in: a token, or a GitHub App with its key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from fairlead.connectors.kit.payload import Doc, decode
from fairlead.model.errors import Abort, Unreadable

PERMISSIONS: Mapping[str, str] = {
    "actions": "read", "checks": "read", "contents": "read", "deployments": "read", "issues": "read",
    "members": "read", "metadata": "read", "pull_requests": "read", "statuses": "read",
}  # fmt: skip
"""What reading needs, and nothing more."""
OPTIONAL_PERMISSIONS: Mapping[str, str] = {
    "security_events": "read", "vulnerability_alerts": "read", "secret_scanning_alerts": "read",
    "merge_queues": "read",
}  # fmt: skip
"""What alerts and the merge queue need besides."""
WRITING = ("actions", "checks", "contents", "issues", "pull_requests")
"""What acts need with write access; which act needs which stands in `acts` of the connector."""

API_HEADERS: Mapping[str, str] = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}
_JWT_LIFE_S = 540
_CLOCK_SLACK_S = 60
_RENEW_BEFORE = timedelta(minutes=5)


class SignedIn:
    """Headers that sign requests in; an App's token is made and renewed on the way."""

    def __init__(
        self, client: httpx.Client, base: str, settings: Mapping[str, Any], credentials: Mapping[str, str],
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._client = client
        self._base = base
        self._now = now
        self.app_id = str(settings.get("app_id") or "")
        self._installation = str(settings.get("installation_id") or "")
        self._key = credentials.get("private_key", "")
        self._token = credentials.get("token", "")
        self._ends: datetime | None = None
        self.permissions: Mapping[str, str] = {}
        """What the installation grants; known once a token was made."""
        if not self._token and not (self.app_id and self._key):
            raise Abort(
                "no credentials for GitHub",
                hint="set `token`, or `app_id` and `private_key`, in `[sources.github]`; `fairlead init` does it",
            )

    @property
    def is_app(self) -> bool:
        """Whether an App signs in."""
        return bool(self.app_id and self._key)

    def headers(self) -> dict[str, str]:
        """For repositories and organisations."""
        if self.is_app and (self._ends is None or self._now() >= self._ends - _RENEW_BEFORE):
            self._mint()
        return {**API_HEADERS, "authorization": f"Bearer {self._token}"}

    def app_headers(self) -> dict[str, str]:
        """For what concerns the App itself."""
        return {**API_HEADERS, "authorization": f"Bearer {self._jwt()}"}

    def renew(self) -> bool:
        """Forgets an installation token that was refused; a personal token cannot be renewed."""
        self._ends = None
        return self.is_app

    def _jwt(self) -> str:
        import jwt

        now = int(self._now().timestamp())
        claims = {"iat": now - _CLOCK_SLACK_S, "exp": now + _JWT_LIFE_S, "iss": self.app_id}
        try:
            return jwt.encode(claims, self._key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as fault:
            raise Abort(f"the private key of the GitHub App cannot be used: {fault}") from None

    def _mint(self) -> None:
        installation = self._installation or self._only_installation()
        found = self._ask("POST", f"/app/installations/{installation}/access_tokens")
        self._token = found.need_text("token")
        self._ends = found.need_time("expires_at")
        granted = found.child("permissions")
        self.permissions = {name: str(level) for name, level in granted.data.items()} if granted else {}

    def _only_installation(self) -> str:
        found = self._ask("GET", "/app/installations")
        listed = list(found.children("entries"))
        if len(listed) != 1:
            names = ", ".join(_account(one) for one in listed) or "none"
            raise Abort(
                f"the App has {len(listed)} installations ({names})",
                hint="set `installation_id`" if listed else "install the App in your organisation",
            )
        self._installation = str(listed[0].need_whole("id"))
        return self._installation

    def _ask(self, method: str, path: str) -> Doc:
        try:
            found = self._client.request(method, self._base + path, headers=self.app_headers())
        except httpx.HTTPError as fault:
            raise Abort(f"GitHub cannot be reached: {fault}") from None
        if found.status_code >= 400:
            raise Abort(
                f"GitHub answered {found.status_code} to the App's sign-in", hint="check `app_id` and `private_key`"
            )
        try:
            value = decode(found.content)
        except Unreadable:
            raise Abort("GitHub answered the App's sign-in with something else than JSON") from None
        return Doc(value if isinstance(value, dict) else {"entries": value}, "")


def _account(installation: Doc) -> str:
    account = installation.child("account")
    return (account.text("login") if account else None) or str(installation.whole("id"))
