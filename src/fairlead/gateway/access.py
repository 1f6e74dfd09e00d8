"""Letting people in: links that work once, sessions, tokens. The store keeps only hashes of secrets."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from fairlead.bus.log import EventLog
from fairlead.connectors.fairlead import role_given, role_taken, user_disabled
from fairlead.gateway.viewer import OPERATOR, SCOPES, Viewer
from fairlead.governance.ledger import readings
from fairlead.governance.ledger.entries import Entry
from fairlead.governance.ledger.recording import record
from fairlead.metrics.segments import whole_id
from fairlead.model.errors import Denied, Skip
from fairlead.model.setup import Setup
from fairlead.model.times import Clock
from fairlead.store import access, records
from fairlead.store.access import EVERYWHERE, ROLES, Reading, Role, Token
from fairlead.store.database import Database, Transaction

LINK_LASTS = timedelta(hours=24)
INVITATION_LASTS = timedelta(days=7)
SESSION_LASTS = timedelta(days=14)
TOKEN_LASTS = timedelta(days=90)

_SEEN_EVERY = timedelta(minutes=5)
"""How often it is noted that a session or token is in use: a write at each page would queue behind ingestion."""


class Access:
    """Sign-in, roles and tokens of one home."""

    def __init__(self, database: Database, log: EventLog, clock: Clock, setup: Setup | None = None) -> None:
        self._teams = frozenset(f"team:{key}" for key in (setup or Setup()).teams)
        self._database = database
        self._log = log
        self._clock = clock
        self._noted: dict[str, datetime] = {}

    def operator(self) -> Viewer:
        """Whoever reached the home's socket owns its files."""
        return Viewer(OPERATOR, "Operator", {EVERYWHERE: "owner"}, "socket")

    def operator_link(self) -> str:
        """Secret of the link that is printed at start: lets the operator's browser in, once."""
        now = self._clock.now()
        with self._database.begin() as tx:
            access.forget_expired(tx, now)
            access.add_user(tx, OPERATOR, now)
            access.grant(tx, OPERATOR, "owner", now, by=OPERATOR)
            return access.new_link(tx, OPERATOR, "login", now, LINK_LASTS)

    def invite(self, person: str, role: Role, team: str = EVERYWHERE, by: str = OPERATOR) -> str | None:
        """Gives a known person a role and the secret of a link that lets them in once.

        A link signs in as the person with all their roles. So for somebody who is a user already only the operator
        and owners everywhere get one; others just add to the roles, and the answer is `None`.
        """
        if role not in ROLES:
            raise Skip(f"no role `{role}`", hint=f"there are: {', '.join(ROLES)}")
        now, team = self._clock.now(), whole_team(team)
        with self._database.begin() as tx:
            if records.get(tx, "people", person) is None:
                raise Skip(f"no person `{person}`", hint="`fairlead people list` shows them")
            if team not in {EVERYWHERE, *self._teams} and records.get(tx, "teams", team) is None:
                raise Skip(f"no team `{team}`", hint="teams are configured under [teams]")
            user = access.user(tx, person)
            if user is not None and not _owns_everything(tx, by):
                if user.disabled_at is not None:
                    raise Denied(f"{person} may no longer sign in", hint="an owner everywhere can let them in again")
                held = user.roles.get(team)
                if held is None or ROLES.index(role) < ROLES.index(held):
                    self._give(tx, person, role, now, by, team)
                    self._book(tx, "role.given", person, by, {"role": role, "team": team})
                return None
            self._give(tx, person, role, now, by, team)
            self._book(tx, "person.invited", person, by, {"role": role, "team": team})
            return access.new_link(tx, person, "invite", now, INVITATION_LASTS)

    def _book(self, tx: Transaction, kind: str, person: str, by: str, said: Mapping[str, Any]) -> None:
        # whoever owns the files can come in as anybody: that a way in was made stays for whoever audits
        record(tx, [Entry(kind, person, by, said)], self._clock)

    def _give(self, tx: Transaction, person: str, role: Role, now: datetime, by: str, team: str) -> None:
        # into the log first: what the store then lacks, because we were killed, ingestion brings
        self._log.append([role_given(team, person, role, by, now)])
        access.add_user(tx, person, now)
        access.grant(tx, person, role, now, by, team)

    def withdraw(self, person: str, team: str = EVERYWHERE, by: str = OPERATOR) -> None:
        """Takes the role of a person in a team away; with their last one they can still sign in, and see nothing."""
        now, team = self._clock.now(), whole_team(team)
        with self._database.begin() as tx:
            user = access.user(tx, person)
            if user is None or team not in user.roles:
                raise Skip(f"{person} has no role there", hint="GET /users lists roles by team")
            self._log.append([role_taken(team, person, by, now)])
            access.withdraw(tx, person, now, by, team)
            self._book(tx, "role.taken", person, by, {"team": team})

    def disable(self, person: str, by: str = OPERATOR) -> None:
        """Ends every session, link and token of a person; nobody signs in under their name until invited again."""
        now = self._clock.now()
        with self._database.begin() as tx:
            self._log.append([user_disabled(person, by, now)])
            access.disable_user(tx, person, now)
            self._book(tx, "user.disabled", person, by, {})

    def sign_in(self, link_secret: str) -> str | None:
        """Uses a link up; gives the secret of a new session, or `None` if the link opens nothing (any more)."""
        now = self._clock.now()
        with self._database.begin() as tx:
            # In one transaction with the session: a link is spent only by whoever came in.
            person = access.use_link(tx, link_secret, now)
            if person is None:
                return None
            self._book(tx, "session.opened", person, person, {"by": "link"})
            return access.new_session(tx, person, now, SESSION_LASTS)

    def sign_out(self, session_secret: str) -> None:
        """Ends a session."""
        with self._database.begin() as tx:
            access.end_session(tx, session_secret)

    def by_session(self, secret: str) -> Viewer | None:
        """Who a cookie stands for."""
        now = self._clock.now()
        with self._database.read() as tx:
            person = access.session_person(tx, secret, now)
            viewer = None if person is None else _viewer(tx, person, "session", SCOPES)
        if viewer is not None and self._due(access.digest(secret), now):
            with self._database.begin() as tx:
                access.touch_session(tx, secret, now)
        return viewer

    def by_token(self, secret: str) -> Viewer | None:
        """Who a bearer token stands for; it can do no more than its person may now."""
        now = self._clock.now()
        with self._database.read() as tx:
            token = access.check_token(tx, secret, now)
            viewer = None if token is None else _viewer(tx, token.person, "token", token.scopes)
        if token is not None and self._due(token.id, now):
            with self._database.begin() as tx:
                access.touch_token(tx, token.id, now)
        return viewer

    def mint(
        self, viewer: Viewer, name: str, scopes: Iterable[str], valid_for: timedelta | None = TOKEN_LASTS
    ) -> tuple[Token, str]:
        """A token for the viewer's own use and its secret, which is shown once; never wider than what made it."""
        wanted = set(scopes)
        if unknown := sorted(wanted - SCOPES.keys()):
            raise Skip(f"no scope `{unknown[0]}`", hint=f"there are: {', '.join(SCOPES)}")
        if beyond := sorted(wanted - viewer.scopes):
            raise Denied(f"a token cannot give the scope `{beyond[0]}`, which it lacks itself")
        now = self._clock.now()
        with self._database.begin() as tx:
            if viewer.person == OPERATOR:
                access.add_user(tx, OPERATOR, now)
                access.grant(tx, OPERATOR, "owner", now, by=OPERATOR)
            made = access.new_token(tx, viewer.person, name, wanted, now, valid_for)
            said = {"token": made[0].id, "scopes": sorted(wanted)}
            self._book(tx, "token.made", viewer.person, viewer.person, said)
            return made

    def tokens(self, viewer: Viewer) -> list[Token]:
        """The viewer's own tokens."""
        with self._database.read() as tx:
            return access.tokens_of(tx, viewer.person)

    def revoke(self, viewer: Viewer, token_id: str) -> bool:
        """Ends a token of the viewer's own, or for owners anybody's."""
        now = self._clock.now()
        with self._database.begin() as tx:
            mine = any(token.id == token_id for token in access.tokens_of(tx, viewer.person))
            if not mine:
                viewer.demand("owner", "admin")
            ended = access.revoke_token(tx, token_id, now)
            if ended:
                self._book(tx, "token.revoked", "", viewer.person, {"token": token_id})
            return ended

    def note_reading(
        self, viewer: Viewer, how: str, what: str, columns: Iterable[str], rows: int, allowed: bool
    ) -> None:
        """Records that person columns were read, or refused."""
        reading = Reading(self._clock.now(), viewer.person, how, what, tuple(columns), rows, allowed)
        with self._database.begin() as tx:
            readings.note(tx, reading, self._clock)

    def _due(self, key: str, now: datetime) -> bool:
        if now - self._noted.get(key, now - _SEEN_EVERY) < _SEEN_EVERY:
            return False
        self._noted[key] = now
        return True


def csrf_token(session_secret: str, salt: str = "") -> str:
    """The word that forms of a session carry: made from its secret, so that nothing needs to be kept.

    Each page has another one: pages are compressed, and a word that stayed could be guessed by their length.
    """
    salt = salt or secrets.token_hex(8)
    made = hmac.new(session_secret.encode(), f"fairlead csrf {salt}".encode(), hashlib.sha256).hexdigest()
    return salt + made[: 64 - len(salt)]


def csrf_fits(given: str, session_secret: str) -> bool:
    """Whether a form carries a word of this session."""
    expected = csrf_token(session_secret, given[:16] if len(given) == 64 else "")
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))


def whole_team(team: str) -> str:
    """A team by its key or id as roles name it: a role under another word would open nothing."""
    return team if team == EVERYWHERE else whole_id("team", team)


def _owns_everything(tx: Transaction, person: str) -> bool:
    if person == OPERATOR:
        return True
    user = access.user(tx, person)
    return user is not None and user.disabled_at is None and user.roles.get(EVERYWHERE) == "owner"


def _viewer(tx: Transaction, person: str, how: str, scopes: Iterable[str]) -> Viewer | None:
    user = access.user(tx, person)
    if user is None or user.disabled_at is not None:
        return None
    if person == OPERATOR:
        name = "Operator"
    else:
        found = records.get(tx, "people", person)
        name = str((found or {}).get("name") or person.removeprefix("person:"))
    return Viewer(person, name, user.roles, "session" if how == "session" else "token", frozenset(scopes))
