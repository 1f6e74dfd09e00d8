"""The chat put together: the workspace that the settings name, who is who there, and what it is given of ours."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from fairlead.chat import questions
from fairlead.chat.hands import Asker, Item, Queue, Sheet, Verdict, Waiting
from fairlead.config.secrets import resolve
from fairlead.connectors.slack import blocks as kit
from fairlead.connectors.slack.manifest import COMMANDS
from fairlead.connectors.slack.web import Web
from fairlead.governance import preferring, reviewing
from fairlead.governance.voting import reaches, role_in
from fairlead.model.errors import Denied, Skip
from fairlead.model.raw import RawEvent, Trust
from fairlead.model.times import SystemClock, entered_at
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.signals import entering
from fairlead.store import access, records, state
from fairlead.store.access import EVERYWHERE
from fairlead.wiring import governing, signalling, slackfake
from fairlead.wiring.services import Services
from fairlead.wiring.slackplace import Place

if TYPE_CHECKING:
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

    made = Door(ChatHands(services), SystemClock().now)
    if (fake := slackfake.workspace(services)) is not None:
        made.lend(fake)
    return made


class ChatHands(Place):
    """What the chat is given in one home."""

    @property
    def commands(self) -> Sequence[str]:
        """Names of the commands as they are typed here."""
        return [f"/{self.prefix}{name}" for name in COMMANDS]

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
            url = _page_of(address, row["id"])
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
            yield Item(row["title"], _page_of(address, row["id"]))

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
        services = self.services
        self._demand_signal(asker, signal)
        at = entered_at(services.clock)
        services.log.append([reviewing.acknowledged(services.database, signal, asker.person, at)])

    def snooze(self, asker: Asker, signal: str, until: str, reason: str) -> datetime:
        """A raw event too."""
        services = self.services
        self._demand_signal(asker, signal)
        end, at = signalling.until_of(services, until, asker.person), entered_at(services.clock)
        services.log.append([reviewing.snoozed(services.database, signal, end, reason, asker.person, at)])
        return end

    def mute(self, asker: Asker, topic: str, *, off: bool = False) -> None:
        """One's own wish, as on the page My notices."""
        preferring.mute(self.services, asker.person, topic, off=off)

    def mute_team(self, asker: Asker, topic: str, team: str, until: str, reason: str) -> datetime:
        """Of a team's attention who answers for it decides."""
        services = self.services
        _demand(asker, "manager", team)
        end, at = signalling.until_of(services, until, asker.person), entered_at(services.clock)
        names = signalling.rule_names(services)
        services.log.append([reviewing.muted(names, topic, team, end, reason, asker.person, at)])
        return end

    def _demand_signal(self, asker: Asker, signal: str) -> None:
        """Before it is looked up: who may do nothing at all learns nothing of what there is."""
        _demand(asker, "member")
        _demand(asker, "member", entering.demanded(self.services.database, signal)["team"] or "")

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


def _demand(asker: Asker, role: str, team: str = "") -> None:
    """Raises `Denied` unless the asker has at least this role in a team, or anywhere where none is named."""
    held = [role_in(asker.roles, team)] if team else list(asker.roles.values())
    if not any(reaches(one, role) for one in held):
        where = f" in {team}" if team else ""
        raise Denied(f"this needs the role {role}{where}", hint="owners give roles: `fairlead people invite`")


def follower(services: Services, stop: threading.Event) -> Callable[[], None] | None:
    """Holds the connection of Socket Mode until told to stop; nothing to hold unless the settings say so."""
    said = services.settings.slack
    if said.mode != "socket" or said.app_token is None:
        return None
    from fairlead.chat.sockets import SocketFollower

    reference, hands = said.app_token, ChatHands(services)
    # asked anew at each connection: a token that was rotated holds without a restart
    return SocketFollower(hands, lambda: resolve(reference, services.places), hands.base, stop).run


def ask_people(services: Services) -> list[str]:
    """Asks those whose hour has come for their standup; gives who they are."""
    if services.settings.slack.mode == "off":
        return []
    return questions.ask_due(questions.Desk(services, ChatHands(services)), entered_at(services.clock))


def _page_of(address: str, signal: str) -> str:
    # the id holds that of its subject, and in an address a `#` would end it
    return f"{address}/signals/{quote(signal, safe=':@/')}" if address else ""
