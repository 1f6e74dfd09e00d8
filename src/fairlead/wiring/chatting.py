"""The chat put together: the workspace that the settings name, who is who there, and what it is given of ours."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from fairlead.chat import questions
from fairlead.chat.hands import Asker, Item, Queue, Sheet, Verdict, Waiting
from fairlead.config.secrets import resolve
from fairlead.connectors.kit.connector import Finding, Syncs
from fairlead.connectors.kit.registry import connector
from fairlead.connectors.slack import blocks as kit
from fairlead.connectors.slack.answers import PUBLIC
from fairlead.connectors.slack.manifest import COMMANDS
from fairlead.connectors.slack.payloads import account_key
from fairlead.connectors.slack.web import Limits, Web
from fairlead.model.calendar.working import read_zone
from fairlead.model.counting import counted
from fairlead.model.errors import Abort, Fault, Skip
from fairlead.model.raw import RawEvent, Trust
from fairlead.model.times import SystemClock, entered_at
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.wording import Wording
from fairlead.store import access, actions, records, state
from fairlead.store.access import EVERYWHERE
from fairlead.wiring import governing, slackfake
from fairlead.wiring.hands import desk
from fairlead.wiring.services import Services
from fairlead.wiring.syncing import sync_request

if TYPE_CHECKING:
    import httpx

    from fairlead.chat.app import Door

_SEEN = "slack:seen"
_REMEMBERED_S = 1200.0
"""Longer than a signature holds on any clock, and than Slack tries a delivery again within its retries of minutes."""
_MOST_READERS = 1000
"""Readers of a channel that are looked at one by one; a larger one has to be opened by the settings."""


def door(services: Services) -> Door | None:
    """Where requests of Slack come in over HTTP; nowhere unless the settings say so."""
    if services.settings.slack.mode != "http":
        return None
    # late: Slack's SDK takes a tenth of a second that no other server pays
    from fairlead.chat.app import Door

    return Door(ChatHands(services), SystemClock().now)


@dataclass
class ChatHands:
    """What the chat is given in one home."""

    services: Services
    _client: httpx.Client | None = None
    _home: dict[str, str] = field(default_factory=dict)
    _limits: Limits = field(default_factory=Limits)
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

    @property
    def commands(self) -> Sequence[str]:
        """Names of the commands as they are typed here."""
        return [f"/{self.prefix}{name}" for name in COMMANDS]

    def web(self) -> Web:
        """Slack's Web API, signed in by the token as it is now: a rotated one holds without a restart."""
        found = self.services.source(self.source)
        if found is None:
            raise Abort(f"no source `{self.source}`", hint="the page /setup/slack tells how it is made")
        with self._guard:
            if self._client is None:
                self._client = client(self.services)
        token = self.services.credentials(self.source).get("token", "")
        return Web(self._client, token, (found.url or PUBLIC).rstrip("/"), self._limits)

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

    @property
    def read_channels(self) -> Collection[str]:
        """As the source's options name them."""
        found = self.services.source(self.source)
        chosen = found.options.get("channels") if found else None
        return [str(one) for one in chosen] if isinstance(chosen, list | tuple) else ()

    def heard(self, kind: str, delivery: str, body: bytes, trust: Trust) -> bool:
        """By the raw log where it is kept, else by a note that outlives every signature."""
        at = entered_at(self.services.clock)
        if not body:
            return self._is_new(delivery)
        event = RawEvent(self.source, self.services.tool(self.source), kind, delivery, body, at, {}, trust)
        (appended,) = self.services.log.append([event])
        return not appended.duplicate

    def _is_new(self, delivery: str) -> bool:
        """Whether a request comes for the first time, whichever process it reaches."""
        now = time.time()
        with self.services.database.begin() as tx:
            self.services.database.take_turn(tx)
            seen: dict[str, float] = state.get(tx, _SEEN) or {}
            if delivery in seen:
                return False
            fresh = {one: at for one, at in seen.items() if now - at < _REMEMBERED_S}
            state.put(tx, _SEEN, {**fresh, delivery: now})
            return True

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

    def whom_to_ask(self, asker: Asker | None) -> Sequence[str]:
        """The lead of the asker's team and owners, two names at most beside it."""
        stated = self.services.setup.teams.get(asker.team.removeprefix("team:")) if asker else None
        lead = f"person:{stated.lead}" if stated and stated.lead else ""
        with self.services.database.read() as tx:
            owners = [one.person for one in access.all_users(tx) if one.roles.get(EVERYWHERE) == "owner"]
            ids = [
                one
                for one in dict.fromkeys((lead, *owners))
                if one.startswith("person:") and not (asker and one == asker.person)
            ]
            rows = {row["id"]: row["name"] for row in records.rows(tx, "people", ids[:3])}
        return [plain(rows[one]) for one in ids[:3] if rows.get(one)]

    def report(self, verb: str, words: Mapping[str, str]) -> Sheet:
        """The same verb as on the command line, as blocks."""
        found = self._ask(verb, {**words, "form": "slack"})
        return Sheet(found["text"], found["blocks"], shareable=True)

    def draft(self, asker: Asker) -> Mapping[str, Sequence[str]]:
        """The asker's own lines, for nobody else."""
        from fairlead.reports.asked import Asked
        from fairlead.reports.standup_draft import draft

        services = self.services
        team, language = asker.team or None, services.setup.organisation.language
        asked = Asked(services.warehouse, services.setup, services.clock.now(), team, language)
        found: dict[str, list[str]] = msgspec.to_builtins(draft(asked.teller(), asker.person))
        return found

    def blockers(self, team: str) -> Sheet:
        """Open signals that name a class of blocker, the root of each chain with it."""
        found = self._ask("signals", {"form": "json", "limit": "1000", **({"team": team} if team else {})})
        rows = [row for row in found["signals"] if row.get("blocker")]
        words, address = self.words, self.services.settings.server.public_url.rstrip("/")
        text = words("chat.blockers", n=len(rows)) if rows else words("chat.not_blocked")
        lines = []
        for row in rows:
            url = f"{address}/signals/{row['id']}" if address else ""
            cause = f" ({words('chat.root', id=short_name(row['cause']))})" if row.get("cause") else ""
            lines.append(
                [kit.stretch(f"{row['blocker']}: ", bold=True), kit.link(url, row["title"]), kit.stretch(cause)]
            )
        return Sheet(
            text, kit.within([kit.header(text), *kit.lines(lines)], kit.MOST_BLOCKS - 1, text), shareable=True
        )

    def queue(self, asker: Asker) -> Queue:
        """Approvals that wait for the asker, changes whose turn is theirs, signals of their team."""
        rows = governing.waiting_for(self.services, asker.person, asker.roles)
        turns = self.services.warehouse.rows(
            "select t.change, t.title, t.url from open_change_turns t join accounts a on a.id = t.account "
            "where a.person = ? order by t.since, t.change",
            [asker.person],
        )
        return Queue(
            tuple(self.waiting(row["id"]) for row in rows),
            tuple(
                Item(f"{short_name(row['change'])}: {plain(row['title'] or '')}", row["url"] or "") for row in turns
            ),
            tuple(self._signals(asker.team)) if asker.team else (),
        )

    def _signals(self, team: str) -> Iterator[Item]:
        address = self.services.settings.server.public_url.rstrip("/")
        for row in self._ask("signals", {"form": "json", "team": team})["signals"]:
            yield Item(row["title"], f"{address}/signals/{row['id']}" if address else "")

    def waiting(self, action: str) -> Waiting:
        """An action with the exact requests that it would send now, and the words on it."""
        with self.services.database.read() as tx:
            row = actions.one(tx, action)
            said = actions.approvals(tx, [action]) if row else []
            people = {one["person"] for one in said} | {row["proposed_by"] if row else ""}
            names = {one["id"]: one["name"] for one in records.rows(tx, "people", sorted(filter(None, people)))}
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
            proposed_by=plain(names.get(row["proposed_by"]) or row["proposed_by"] or ""),
            acts_as=f"[sources.{row['tool']}]",
            reasons=tuple(plain(reason) for reason in row["reasons"] or ()),
            policy_version=row["policy_version"] or "",
            calls=tuple(self._calls(row)) if row["state"] == "waiting" else (),
            expires_at=row["expires_at"],
            page=f"{address}/actions/{action}" if address else "",
            words=tuple(
                (one["verdict"], plain(names.get(one["person"]) or one["person"]), one["at"]) for one in said
            ),
        )

    def _calls(self, row: Mapping[str, Any]) -> Iterator[str]:
        try:
            for call in desk(self.services).hands.plan(dict(row)):
                body = "" if call.body is None else "\n" + json.dumps(call.body, indent=1, ensure_ascii=False)
                yield plain_lines(f"{call.method} {call.url}{body}")
        except Fault as fault:
            yield plain_lines(fault.message)

    def decide(self, asker: Asker, action: str, digest: str, verdict: Verdict, reason: str) -> Waiting:
        """The asker's word, bound to what they were shown."""
        governing.decide(
            self.services, action, person=asker.person, roles=asker.roles, digest=digest, verdict=verdict,
            reason=reason, how="slack",
        )  # fmt: skip
        return self.waiting(action)

    def kept_from(self, channel: str) -> str:
        """Looks at every reader: a guest or somebody without a role keeps the answer from all."""
        if channel in self.services.settings.slack.open_channels:
            return ""
        web, words = self.web(), self.words
        shown = web.call("conversations.info", {"channel": channel}).get("channel") or {}
        if shown.get("is_ext_shared") or shown.get("is_shared"):
            return words("chat.readers_shared")
        unknown = sum(1 for user in self._readers(web, channel) if not self._may_read(user))
        return words("chat.readers_unknown", n=unknown) if unknown else ""

    def _readers(self, web: Web, channel: str) -> Iterator[str]:
        cursor, seen = "", 0
        while True:
            found = web.call("conversations.members", {"channel": channel, "limit": 200, "cursor": cursor or None})
            yield from (str(one) for one in found.get("members") or () if one != self.home().get("user_id"))
            seen += len(found.get("members") or ())
            cursor = str((found.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return
            if seen >= _MOST_READERS:
                raise Skip(f"more than {_MOST_READERS} people read this channel", hint="open_channels in [slack]")

    def _may_read(self, user: str) -> bool:
        mine = self.home()
        one = self.asker(mine.get("enterprise_id", ""), mine.get("team_id", ""), user)
        return bool(one.person and one.roles and not one.stranger)

    def acknowledge(self, asker: Asker, signal: str) -> None:
        """A raw event like the same button of the page."""
        from fairlead.signals.entering import acknowledged

        services = self.services
        at = entered_at(services.clock)
        services.log.append([acknowledged(services.database, signal, asker.person, at)])

    def answered(self, asker: Asker, text: str) -> Sheet | None:
        """An answer to a question of the standup."""
        return questions.answered(questions.Desk(self.services, self), asker, text)

    def pressed(self, asker: Asker, action: str, value: str) -> Sheet | None:
        """A button of the standup's questions."""
        return questions.pressed(questions.Desk(self.services, self), asker, action, value)

    def _ask(self, verb: str, words: Mapping[str, str]) -> Any:
        # late: the answers pull in all of reports and metrics
        from fairlead.wiring.verbs import ask

        return msgspec.json.decode(ask(self.services, verb, words).text)


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


def findings(services: Services) -> Iterator[Finding]:
    """How the workspace is: by the connector's own look, and by what only the settings and the store tell."""
    said = services.settings.slack
    if services.source(said.source) is None:
        yield Finding("slack", False, f"no source `{said.source}`", "the page /setup/slack tells how it is made")
        return
    try:
        tool = connector(services.tool(said.source))
        assert isinstance(tool, Syncs)
        request = sync_request(services, said.source)
        yield from tool.check(request)
        if request.client:
            request.client.close()
    except Fault as fault:
        yield Finding("slack", False, fault.message, fault.hint)
    yield from mode_findings(services)
    yield _people(services)


def mode_findings(services: Services) -> Iterator[Finding]:
    """Whether requests can come in: what `doctor` says beside the look of the source itself."""
    said = services.settings.slack
    try:
        if said.mode == "socket":
            right = bool(said.app_token) and resolve(said.app_token, services.places).startswith("xapp-")  # type: ignore[arg-type]
            remedy = "" if right else "app_token in [slack]: one that begins with xapp-"
            yield Finding("slack: mode", right, "Socket Mode", remedy)
        elif said.mode == "http":
            address = services.settings.server.public_url.rstrip("/") or "<your address>"
            there = bool(services.webhook_secrets(said.source))
            remedy = "" if there else f"webhook_secrets in [sources.{said.source}]: the app's signing secret"
            yield Finding("slack: mode", there, f"HTTP at {address}/slack/events", remedy)
        elif services.source(said.source) is not None:
            yield Finding("slack: mode", None, "off: nothing answers in Slack", 'mode = "socket" in [slack]')
    except Fault as fault:
        yield Finding("slack: mode", False, fault.message, fault.hint)


def _people(services: Services) -> Finding:
    """How many of the workspace are known as people: the others are asked to be tied."""
    prefix = f"{services.settings.slack.source}:@"
    with services.database.read() as tx:
        everybody = [row for row in records.rows(tx, "accounts") if row["id"].startswith(prefix)]
    rows = [row for row in everybody if not row["deleted_at"] and row["tool_kind"] == "User"]
    unknown = [row for row in rows if not row["person"]]
    detail = f"{counted(len(rows), 'member')}, {len(unknown)} of them nobody that is known"
    return Finding("people", not unknown or None, detail, "tie them on the page People" if unknown else "")
