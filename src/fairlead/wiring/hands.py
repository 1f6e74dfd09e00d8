"""What governance works with in a home: its judge, its ledger, and the connectors that act, with what they need."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from fairlead.config.secrets import resolve
from fairlead.connectors.kit.acting import ActRequest, Call, Outcome
from fairlead.connectors.kit.marks import visible
from fairlead.governance import proposing
from fairlead.governance.desk import Case, Desk, act_of
from fairlead.governance.naming import title
from fairlead.governance.policy.screening import without_secrets
from fairlead.governance.verdict import Verdict
from fairlead.model.acts import Act, CallWebhook, kind_of, subject_of
from fairlead.model.errors import Fault, Skip
from fairlead.model.times import entered_at
from fairlead.store import records
from fairlead.store.actions import Row
from fairlead.wiring import policing
from fairlead.wiring.acting import WEBHOOKS, act_request, writer
from fairlead.wiring.services import Services

_FACTS = (
    "changes", "work_items", "incidents", "builds", "deployments", "repositories", "services", "accounts", "people",
    "teams", "messages",
)  # fmt: skip
"""Tables whose rows tell a connector how its tool calls what an act names."""


def desk(services: Services) -> Desk:
    """What the steps of actions have at hand in this home."""
    return Desk(
        services.database,
        lambda case: _judge(services, case),
        services.ledger,
        ToolHands(services),
        # people decide by the machine's clock, also in the demo whose own stands still
        lambda: entered_at(services.clock),
        lambda act: team_of(services, act),
        lambda text: without_secrets(services.policy.policies.patterns, visible(text)),
        timedelta(days=services.settings.actions.expires_days),
        lambda tool, name: _is_one(services, tool, name),
    )


def _is_one(services: Services, tool: str, name: str) -> bool:
    """Whether an account is known by a name, and is a person's: bots take commands, and groups are many."""
    with services.database.read() as tx:
        row = records.get(tx, "accounts", f"{tool}:@{name}")
    return row is not None and row["deleted_at"] is None and (row["kind"] or "human") == "human"


def _judge(services: Services, case: Case) -> Verdict:
    action = case.action
    asked = policing.Asked(
        case.act,
        action["tool"],
        action["digest"],
        action["proposed_by"] or "",
        action["team"] or "",
        action["signal"] or "",
        case.words,
        case.emergency,
    )
    return policing.judge(services, asked, entered_at(services.clock))


def tool_of(act: Act) -> str:
    """The source in which an act is done, by the id of what it is done to."""
    if isinstance(act, CallWebhook):
        return WEBHOOKS
    named = subject_of(act) or str(getattr(act, "channel", ""))
    source, colon, _ = named.partition(":")
    return source if colon else "slack"


def team_of(services: Services, act: Act) -> str:
    """Team that an act concerns: that of its record, else the one that its repository or service is given to."""
    subject = subject_of(act)
    if not subject:
        return ""
    with services.database.read() as tx:
        rows = list(_rows(tx, [subject]).values())
    for row in rows:
        if row.get("team"):
            return str(row["team"])
    repository = next((str(row["repository"]) for row in rows if row.get("repository")), subject)
    service = next((str(row["service"]) for row in rows if row.get("service")), "")
    for key, team in services.setup.teams.items():
        if service.removeprefix("service:") in team.services or any(
            fnmatchcase(repository, glob) or fnmatchcase(subject, f"{glob}#*") for glob in team.repositories
        ):
            return f"team:{key}"
    return ""


def calls_of(services: Services, act: Act, tool: str, *, by: str) -> Sequence[Call]:
    """The exact requests that an act would send, for a look before somebody proposes it."""
    hands = ToolHands(services)
    if refused := hands.refused(act, tool):
        raise Skip(refused)
    return hands.planned(proposing.wished(desk(services), act, tool, by=by)[0], tool, "action:0")


@dataclass(frozen=True, slots=True)
class ToolHands:
    """The connectors, with the settings and secrets of a home."""

    services: Services

    def refused(self, act: Act, tool: str) -> str:
        """Why this home does no such thing there; empty if it does."""
        try:
            able = writer(self.services, tool)
        except Fault as fault:
            return fault.message
        if kind_of(act) not in able.acts:
            return f"{tool} does no `{kind_of(act)}`"
        if tool != WEBHOOKS and tool not in self.services.settings.actions.sources:
            return f'{tool} is not written to: sources = ["{tool}"] in [actions] switches it on'
        return ""

    def plan(self, action: Row) -> Sequence[Call]:
        """The exact requests of an action."""
        return self.planned(act_of(action), action["tool"], action["id"])

    def planned(self, act: Act, tool: str, key: str) -> Sequence[Call]:
        """The exact requests of an act under a key."""
        request = self._request(act, tool, key, tried=False)
        with closing(_client_of(request)):
            return writer(self.services, tool).plan(request)

    def act(self, action: Row, tried: bool) -> Outcome:
        """Does an action, once."""
        request = self._request(act_of(action), action["tool"], action["id"], tried=tried)
        with closing(_client_of(request)):
            return writer(self.services, action["tool"]).act(request)

    def _request(self, act: Act, tool: str, key: str, *, tried: bool) -> ActRequest:
        made = act_request(self.services, tool, act, key, facts=self._facts(act), tried=tried)
        source = None if tool == WEBHOOKS else self.services.source(tool)
        if source is None or source.write_token is None:
            return made
        # a right of its own: what reads every repository need not be able to write to any
        return replace(made, secrets={**made.secrets, "token": resolve(source.write_token, self.services.places)})

    def title(self, act: Act, tool: str) -> str:
        """What will be done, in a sentence."""
        return title(act, tool)

    def _facts(self, act: Act) -> dict[str, Row]:
        with self.services.database.read() as tx:
            found = _rows(tx, set(_ids(msgspec.to_builtins(act))))
            homes = {str(row["repository"]) for row in found.values() if row.get("repository")}
            return {**found, **_rows(tx, homes - found.keys())}


def _rows(tx: Any, ids: Collection[str]) -> dict[str, Row]:
    return {row["id"]: row for table in _FACTS for row in records.rows(tx, table, ids)} if ids else {}


def _ids(said: Any) -> Iterator[str]:
    """Whatever in an act could be the id of a record."""
    if isinstance(said, str):
        if ":" in said and " " not in said and len(said) < 500:
            yield said
    elif isinstance(said, Mapping):
        for one in said.values():
            yield from _ids(one)
    elif isinstance(said, list | tuple):
        for one in said:
            yield from _ids(one)


def _client_of(request: ActRequest) -> Any:
    assert request.client is not None
    return request.client
