"""Who may use Fairlead: users tied to people, roles in teams, one-time links, sessions, tokens, and the access log.

Secrets are made here and shown once; what is kept is their SHA-256, so that a copy of the store opens no door.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, func, or_, select, update

from fairlead.store.database import Transaction
from fairlead.store.statements import clean
from fairlead.store.tables import access_log, grants, links, sessions, tokens, users
from fairlead.store.upserts import upsert

Role = Literal["owner", "manager", "member", "viewer"]
EVERYWHERE = "*"
"""Team of a role that holds for all teams."""
ROLES: tuple[Role, ...] = ("owner", "manager", "member", "viewer")
"""From most to least."""

_NONE = ""
"""Role of a grant that was taken back."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in."""

    person: str
    """Person id, like `person:kim`."""
    created_at: datetime
    disabled_at: datetime | None
    seen_at: datetime | None
    roles: dict[str, Role]
    """Team id, or `*` for everywhere -> role."""

    def role_in(self, team: str = EVERYWHERE) -> Role | None:
        """The higher of the role in a team and the one held everywhere."""
        held = [role for role in (self.roles.get(team), self.roles.get(EVERYWHERE)) if role is not None]
        return min(held, key=ROLES.index, default=None)


@dataclass(frozen=True, slots=True)
class Token:
    """A personal or API token without its secret."""

    id: str
    person: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One entry of the access log: somebody read person columns, or was refused."""

    at: datetime
    who: str
    """Person id, or `operator` for whoever owns the files."""
    how: str
    """`sql`, `export`, `page` or `api`."""
    what: str
    """Statement, route or folder."""
    columns: tuple[str, ...]
    """Person columns, like `commits.author_email`."""
    row_count: int
    allowed: bool = True


def digest(secret: str) -> str:
    """What is kept of a secret; secrets are random and long, so no slow hash is needed."""
    # what a stranger sends may hold lone surrogates: it is an unknown secret then, not a fault
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def add_user(tx: Transaction, person: str, now: datetime) -> None:
    """Lets a person sign in, again if they were disabled before that moment."""
    if tx.execute(select(users.c.person).where(users.c.person == person)).first() is None:
        upsert(tx, users, {"person": person, "created_at": now})
    # a replay comes past old invitations: they must not let somebody in who was shut out since
    tx.execute(update(users).where(users.c.person == person, users.c.disabled_at <= now).values(disabled_at=None))


def disable_user(tx: Transaction, person: str, now: datetime) -> None:
    """Ends every session, link and token of a person and lets nobody in under their name.

    Without effect if somebody has let them in again since: a replay must not end the sessions of today.
    """
    since = tx.execute(select(func.max(grants.c.granted_at)).where(grants.c.person == person)).scalar()
    if since is not None and since > now:
        return
    tx.execute(update(users).where(users.c.person == person).values(disabled_at=now))
    tx.execute(delete(sessions).where(sessions.c.person == person))
    tx.execute(delete(links).where(links.c.person == person))
    # revoked, not deleted: the list of tokens still tells when each one ended
    tx.execute(update(tokens).where(tokens.c.person == person, tokens.c.revoked_at.is_(None)).values(revoked_at=now))


def user(tx: Transaction, person: str) -> User | None:
    """One user with their roles, also a disabled one."""
    return next((found for found in all_users(tx, [person])), None)


def all_users(tx: Transaction, people: Sequence[str] | None = None) -> list[User]:
    """Users with their roles, by person id."""
    chosen, granted = select(users).order_by(users.c.person), select(grants)
    if people is not None:
        chosen = chosen.where(users.c.person.in_(people))
        granted = granted.where(grants.c.person.in_(people))
    roles: dict[str, dict[str, Role]] = {}
    for row in tx.execute(granted.where(grants.c.role != _NONE)):
        roles.setdefault(row.person, {})[row.team] = row.role
    return [User(**row._mapping, roles=roles.get(row.person, {})) for row in tx.execute(chosen)]


def grant(tx: Transaction, person: str, role: Role, now: datetime, by: str, team: str = EVERYWHERE) -> None:
    """Gives a role in a team, over one that was given there before that moment."""
    # the empty role means taken back, which only `withdraw` may write
    assert role in ROLES, role
    _set_role(tx, person, team, role, now, by)


def withdraw(tx: Transaction, person: str, now: datetime, by: str, team: str = EVERYWHERE) -> None:
    """Takes a role away; that it was taken stays known, so that a replay does not give it again meanwhile."""
    _set_role(tx, person, team, _NONE, now, by)


def new_link(tx: Transaction, person: str, purpose: str, now: datetime, valid_for: timedelta) -> str:
    """Secret of a one-time link; `purpose` is `invite` or `login`."""
    secret = secrets.token_urlsafe(32)
    row = {"hash": digest(secret), "person": person, "purpose": purpose}
    upsert(tx, links, {**row, "created_at": now, "expires_at": now + valid_for})
    return secret


def use_link(tx: Transaction, secret: str, now: datetime) -> str | None:
    """Person whom a link lets in, once; `None` if it is unknown, used, expired or of a disabled user."""
    free = (links.c.hash == digest(secret)) & links.c.used_at.is_(None) & (links.c.expires_at > now)
    # The update itself decides, so that of two clicks at the same moment one wins.
    if tx.execute(update(links).where(free).values(used_at=now)).rowcount != 1:
        return None
    person: str = tx.execute(select(links.c.person).where(links.c.hash == digest(secret))).scalar_one()
    # disabling deletes links, but one may have been made for somebody who was disabled already
    return person if _enabled(tx, person) else None


def new_session(tx: Transaction, person: str, now: datetime, valid_for: timedelta) -> str:
    """Secret for the cookie of a browser."""
    secret = secrets.token_urlsafe(32)
    row = {"hash": digest(secret), "person": person, "created_at": now, "seen_at": now, "expires_at": now + valid_for}
    upsert(tx, sessions, row)
    return secret


def session_person(tx: Transaction, secret: str, now: datetime) -> str | None:
    """Person behind a cookie; `None` if it is unknown, expired or of a disabled user."""
    chosen = select(sessions.c.person).where(sessions.c.hash == digest(secret), sessions.c.expires_at > now)
    person = tx.execute(chosen).scalar()
    return person if person is not None and _enabled(tx, person) else None


def touch_session(tx: Transaction, secret: str, now: datetime) -> None:
    """Notes that a browser was seen; call it now and then, not at each request."""
    tx.execute(update(sessions).where(sessions.c.hash == digest(secret)).values(seen_at=now))
    chosen = select(sessions.c.person).where(sessions.c.hash == digest(secret)).scalar_subquery()
    tx.execute(update(users).where(users.c.person == chosen).values(seen_at=now))


def end_session(tx: Transaction, secret: str) -> None:
    """Signs a browser out."""
    tx.execute(delete(sessions).where(sessions.c.hash == digest(secret)))


def forget_expired(tx: Transaction, now: datetime) -> None:
    """Drops sessions and links whose time is over."""
    tx.execute(delete(sessions).where(sessions.c.expires_at <= now))
    tx.execute(delete(links).where(or_(links.c.expires_at <= now, links.c.used_at.is_not(None))))


def new_token(
    tx: Transaction, person: str, name: str, scopes: Iterable[str], now: datetime, valid_for: timedelta | None = None
) -> tuple[Token, str]:
    """A token and its secret, which starts with `fl_` so that secret scanners find it in a leak."""
    secret = f"fl_{secrets.token_urlsafe(32)}"
    token = Token(
        # the id is shown and typed to revoke the token: it tells nothing of the secret
        id=secrets.token_hex(6),
        person=person,
        name=clean(name),
        scopes=tuple(sorted(set(scopes))),
        created_at=now,
        expires_at=now + valid_for if valid_for else None,
        used_at=None,
        revoked_at=None,
    )
    upsert(tx, tokens, {"hash": digest(secret), **{part: getattr(token, part) for part in Token.__slots__}})
    return token, secret


def check_token(tx: Transaction, secret: str, now: datetime) -> Token | None:
    """The token of a secret; `None` if it is unknown, expired, revoked or of a disabled user."""
    row = tx.execute(select(tokens).where(tokens.c.hash == digest(secret))).first()
    if row is None:
        return None
    token = _token(dict(row._mapping))
    expired = token.expires_at is not None and token.expires_at <= now
    return None if expired or token.revoked_at is not None or not _enabled(tx, token.person) else token


def touch_token(tx: Transaction, token_id: str, now: datetime) -> None:
    """Notes that a token was used."""
    tx.execute(update(tokens).where(tokens.c.id == token_id).values(used_at=now))


def revoke_token(tx: Transaction, token_id: str, now: datetime) -> bool:
    """Ends a token; false if there is none with this id that was still valid."""
    chosen = update(tokens).where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None))
    return tx.execute(chosen.values(revoked_at=now)).rowcount == 1


def tokens_of(tx: Transaction, person: str | None = None) -> list[Token]:
    """Tokens of a person, or of everybody, newest first."""
    chosen = select(tokens).order_by(tokens.c.created_at.desc(), tokens.c.id)
    if person is not None:
        chosen = chosen.where(tokens.c.person == person)
    return [_token(dict(row._mapping)) for row in tx.execute(chosen)]


def note_reading(tx: Transaction, reading: Reading) -> None:
    """Writes to the access log; nothing ever changes or removes an entry."""
    row = {part: getattr(reading, part) for part in Reading.__slots__}
    tx.execute(access_log.insert().values(**row | {"what": clean(reading.what)}))


def readings(tx: Transaction, limit: int = 1000) -> list[Reading]:
    """The access log, newest first."""
    # by position, not by time: two readings of one moment keep their order
    chosen = select(access_log).order_by(access_log.c.position.desc()).limit(limit)
    found = ({name: row._mapping[name] for name in Reading.__slots__} for row in tx.execute(chosen))
    return [Reading(**{**row, "columns": tuple(row["columns"])}) for row in found]


def _set_role(tx: Transaction, person: str, team: str, role: str, at: datetime, by: str) -> None:
    held = select(grants.c.granted_at).where(grants.c.person == person, grants.c.team == team)
    latest = tx.execute(held).scalar()
    # the later decision holds, in whatever order a replay comes past them
    if latest is None or latest <= at:
        upsert(tx, grants, {"person": person, "team": team, "role": role, "granted_at": at, "granted_by": by})


def _enabled(tx: Transaction, person: str) -> bool:
    return (
        tx.execute(select(users.c.person).where(users.c.person == person, users.c.disabled_at.is_(None))).first()
        is not None
    )


def _token(row: Mapping[Any, Any]) -> Token:
    found: dict[str, Any] = {name: row[name] for name in Token.__slots__}
    return Token(**{**found, "scopes": tuple(found["scopes"])})
