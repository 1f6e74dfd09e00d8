"""The workspace that the settings name: signed in, who is who there, and actions as they are shown there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fairlead.chat.hands import Asker, Waiting
from fairlead.connectors.slack import blocks as kit
from fairlead.connectors.slack.answers import PUBLIC
from fairlead.connectors.slack.payloads import account_key
from fairlead.connectors.slack.web import Limits, Web
from fairlead.model.calendar.working import read_zone
from fairlead.model.errors import Abort, Fault, Skip
from fairlead.reports.endings import Ending
from fairlead.reports.plain import plain
from fairlead.reports.wording import Wording
from fairlead.store import access, actions, records
from fairlead.wiring import slackfake
from fairlead.wiring.endings import ending_of, names_of
from fairlead.wiring.hands import desk
from fairlead.wiring.services import Services

if TYPE_CHECKING:
    import httpx


@dataclass
class Place:
    """The workspace of one home; whoever posts there needs no more."""

    services: Services
    _client: httpx.Client | None = None
    _home: dict[str, str] = field(default_factory=dict)
    _limits: Limits | None = field(default_factory=Limits)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def source(self) -> str:
        """Source that is the workspace."""
        return self.services.settings.slack.source

    @property
    def prefix(self) -> str:
        """What stands before the names of commands."""
        return self.services.settings.slack.prefix

    @property
    def words(self) -> Wording:
        """Phrases in the organisation's language."""
        organisation = self.services.setup.organisation
        return Wording(organisation.language, read_zone(organisation.time_zone), self.services.clock.now())

    def web(self) -> Web:
        """Slack's Web API, signed in by the token as it is now: a rotated one holds without a restart."""
        found = self.services.source(self.source)
        if found is None:
            raise Abort(f"no source `{self.source}`", hint="the page /setup/slack tells how it is made")
        with self._guard:
            if self._client is None:
                self._client = client(self.services)
                # a fake counts for itself what it takes
                self._limits = None if slackfake.workspace(self.services) else self._limits
        token = self.services.credentials(self.source).get("token", "")
        return Web(self._client, token, self.base, self._limits)

    @property
    def base(self) -> str:
        """Address of the API."""
        found = self.services.source(self.source)
        return ((found.url if found else "") or PUBLIC).rstrip("/")

    def home(self) -> Mapping[str, str]:
        """Who we are at Slack, asked once: the answer changes with the token alone, and that with a start."""
        if not self._home:
            try:
                said = self.web().call("auth.test")
            except Fault:
                # commands are still answered where Slack can be posted to; it is asked again next time
                return {}
            self._home = {key: str(said.get(key) or "") for key in ("team_id", "user_id", "bot_id", "enterprise_id")}
        return self._home

    def secrets(self) -> Sequence[str]:
        """All live signing secrets."""
        return self.services.webhook_secrets(self.source)

    def asker(self, enterprise: str, team: str, user: str) -> Asker:
        """Who that is by identity and roles, as they are now."""
        account = f"{self.source}:@{account_key(enterprise, team, user)}"
        with self.services.database.read() as tx:
            row = records.get(tx, "accounts", account) or {}
            person = "" if row.get("deleted_at") else str(row.get("person") or "")
            known = records.get(tx, "people", person) if person else None
            found = access.user(tx, person) if person else None
        roles = dict(found.roles) if found and found.disabled_at is None else {}
        name = plain(str((known or {}).get("name") or row.get("name") or user))
        stranger = row.get("tool_kind") in ("Guest", "External")
        return Asker(account, user, person, name, roles, self._team(person), stranger)

    def _team(self, person: str) -> str:
        key = person.removeprefix("person:")
        teams = self.services.setup.teams
        return next((f"team:{name}" for name, one in teams.items() if key in (one.lead, *one.members)), "")

    def waiting(self, action: str) -> Waiting:
        """An action with the exact requests that it would send now, and the words on it."""
        with self.services.database.read() as tx:
            row = actions.one(tx, action)
            ending = ending_of(tx, row) if row else Ending("gone")
            proposer = (row["proposed_by"] or "") if row else ""
            names = names_of(tx, [proposer])
        if row is None:
            raise Skip(f"no action `{action}`", hint="`fairlead actions list` shows them")
        address = self.services.settings.server.public_url.rstrip("/")
        return Waiting(
            id=action,
            digest=row["digest"],
            state=row["state"],
            title=plain(row["title"] or action),
            tool=row["tool"] or "",
            subject=row["subject"] or "",
            why=plain(row["why"] or ""),
            proposed_by=names[proposer],
            acts_as=f"[sources.{row['tool']}]",
            reasons=tuple(plain(reason) for reason in row["reasons"] or ()),
            policy_version=row["policy_version"] or "",
            calls=tuple(self._calls(row)) if row["state"] == "waiting" else (),
            expires_at=row["expires_at"],
            page=f"{address}/actions/{action}" if address else "",
            ending=ending,
        )

    def _calls(self, row: Mapping[str, Any]) -> Iterator[str]:
        try:
            for call in desk(self.services).hands.plan(dict(row)):
                body = "" if call.body is None else "\n" + json.dumps(call.body, indent=1, ensure_ascii=False)
                yield plain_lines(f"{call.method} {call.url}{body}")
        except Fault as fault:
            yield plain_lines(fault.message)


def plain_lines(text: str) -> str:
    """Text of several lines with nothing in it that hides or turns what is read."""
    return "\n".join(plain_line(line) for line in text.splitlines())


def plain_line(line: str) -> str:
    """One line; its indentation stays."""
    return " " * (len(line) - len(line.lstrip(" "))) + plain(line, kit.SECTION)


def client(services: Services) -> httpx.Client:
    """What reaches Slack: in the demo its fake, else only Slack's own hosts."""
    if fake := slackfake.workspace(services):
        return slackfake.client(fake)
    from fairlead.connectors.kit.outgoing import Ways
    from fairlead.connectors.kit.outgoing import client as guarded

    found = services.source(services.settings.slack.source)
    own = [found.url] if found and found.url else ["https://slack.com"]
    said = services.settings.actions
    # answers to commands go to another host of theirs than the API
    return guarded(Ways.of([*own, "https://hooks.slack.com"], said.allowed_hosts, said.networks))
