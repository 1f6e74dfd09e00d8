"""Driver calls about the findings of the host's scanners."""

from __future__ import annotations

from datetime import datetime

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.payloads.alert import alert
from fairlead.connectors.github.fake.pipeline import Alert
from fairlead.connectors.github.fake.shipping import Shipping

_OPENED = {"dependabot": "created", "code_scanning": "created", "secret_scanning": "created"}
_FIXED = {"dependabot": "fixed", "code_scanning": "fixed", "secret_scanning": "resolved"}


class Security(Shipping):
    """Alerts."""

    def open_alert(
        self,
        repo: Repository,
        kind: str,
        *,
        rule: str,
        title: str,
        severity: str,
        path: str,
        at: datetime,
        package: str = "",
    ) -> Alert:
        """A scanner finds something (`dependabot_alert`, `code_scanning_alert`, `secret_scanning_alert`)."""
        number = 1 + sum(1 for other, _ in repo.alerts if other == kind)
        found = Alert(kind, number, rule, title, severity, path, at, at, package=package)
        found.sha, found.branch = repo.branches[repo.default_branch], repo.default_branch
        repo.alerts[kind, number] = found
        self._alert_event(repo, found, _OPENED[kind], at, None)
        return found

    def fix_alert(self, repo: Repository, found: Alert, *, at: datetime, by: str | None = None) -> None:
        """The finding is gone."""
        found.state, found.fixed_at, found.updated_at = "fixed", at, at
        self._alert_event(repo, found, _FIXED[found.kind], at, by)

    def dismiss_alert(self, repo: Repository, found: Alert, *, by: str, at: datetime) -> None:
        """Somebody decides that the finding does not matter."""
        found.state, found.dismissed_at, found.updated_at = "dismissed", at, at
        found.dismissed_by = self.account(by)
        action = "closed_by_user" if found.kind == "code_scanning" else "dismissed"
        self._alert_event(repo, found, action, at, by)

    def _alert_event(self, repo: Repository, found: Alert, action: str, at: datetime, by: str | None) -> None:
        payload = {"action": action, "alert": alert(self.wire, repo, found)}
        if found.kind == "code_scanning":
            payload |= {"ref": f"refs/heads/{found.branch}", "commit_oid": found.sha}
        sender = self.account(by) if by is not None else self.accounts.get("github-advanced-security[bot]")
        self.emit(f"{found.kind}_alert", sender, at, repo, payload)
