"""What is known of renames: those that tools told, and under which ids one immutable id was seen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from fairlead.store.database import Transaction
from fairlead.store.tables import names, renames


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """A rename as a tool told it."""

    old: str
    new: str
    at: datetime


@dataclass(frozen=True, slots=True, order=True)
class Seen:
    """A stretch of time in which a tool called the thing with an immutable id by an id of ours."""

    source: str
    external_id: str
    id: str
    first_at: datetime
    last_at: datetime


def tell(tx: Transaction, told: Iterable[Told]) -> bool:
    """Keeps renames; says whether any was not known yet."""
    insert = postgresql.insert(renames) if tx.dialect.name == "postgresql" else sqlite.insert(renames)
    rows = [{"old": one.old, "new": one.new, "at": one.at} for one in told]
    # a sum, for `any` would stop at the first new one and leave the rest unwritten
    return sum(tx.execute(insert.on_conflict_do_nothing(), row).rowcount for row in rows) > 0


def see(tx: Transaction, seen: Iterable[Seen]) -> None:
    """Widens what is known by what was seen; order does not matter."""
    insert = postgresql.insert(names) if tx.dialect.name == "postgresql" else sqlite.insert(names)
    first, last = insert.excluded.first_at, insert.excluded.last_at
    statement = insert.on_conflict_do_update(
        index_elements=["source", "external_id", "id"],
        set_={
            # CASE, for the lesser of two values is `min` on one database and `least` on the other
            "first_at": case((first < names.c.first_at, first), else_=names.c.first_at),
            "last_at": case((last > names.c.last_at, last), else_=names.c.last_at),
        },
    )
    for one in seen:
        tx.execute(statement, {name: getattr(one, name) for name in Seen.__slots__})


def all_told(tx: Transaction) -> list[Told]:
    """All renames that tools told."""
    return [Told(row.old, row.new, row.at) for row in tx.execute(select(renames))]


def all_seen(tx: Transaction) -> list[Seen]:
    """All stretches."""
    return [Seen(**row._mapping) for row in tx.execute(select(names))]


def called_now(tx: Transaction, words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Word -> what goes by another id since, where a word is a former id, its end after the source, or below one.

    An old key stands in commits and bookmarks for years; that somebody else may bear it now is the reader's matter.
    """
    return {word: found for word in words if (found := tuple(sorted(_now(tx, word))))}


def _now(tx: Transaction, word: str) -> set[str]:
    # `acme/pricing#12` goes with its repository
    places = [match.start() for match in re.finditer("[#!@/]", word)][:8]
    found = {
        new + word[at:]
        for at in (len(word), *places)
        if at and (new := _last(tx, renames.c.new, _ends(renames.c.old, word[:at])))
    }
    return {_followed(tx, one) for one in found} - {word}


def _followed(tx: Transaction, name: str) -> str:
    """The last name of a chain of renames; a circle is left where it was begun."""
    seen = [name]
    while (new := _last(tx, renames.c.new, renames.c.old == seen[-1])) and new not in seen:
        seen.append(new)
    return seen[-1]


def _last(tx: Transaction, column: ColumnElement[str], condition: ColumnElement[bool]) -> str | None:
    return tx.execute(select(column).where(condition).order_by(renames.c.at.desc()).limit(1)).scalar()


def _ends(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    low = func.lower(column)
    return or_(low == word.lower(), low.endswith(f":{word.lower()}", autoescape=True))
