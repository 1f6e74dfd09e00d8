"""The ledger's rows: entries in the order of their index, tiles of the tree, checkpoints, and what may be erased.

What is written here is added and never changed: triggers of the database refuse the rest. The two tables of personal
data are the exception; their rows may go.

Whoever has the file in their hands can put anything anywhere. So a value of another kind than its column's is read as
an empty one, which no hash confirms, and reading never fails.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Integer,
    LargeBinary,
    Select,
    Table,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    select,
    text,
    type_coerce,
)
from sqlalchemy.types import TypeDecorator

from fairlead.store.columns import Moment
from fairlead.store.database import Transaction
from fairlead.store.tables import (
    ledger_anchors,
    ledger_checkpoints,
    ledger_entries,
    ledger_people,
    ledger_personal,
    ledger_tiles,
)

_TURN = 0x6C65_6467
"""Advisory lock of PostgreSQL under which entries get their index."""
_AT_ONCE = 20_000
_LAST_US = 253_402_300_799_999_999
"""The last moment that Python has."""


class _Decoded(TypeDecorator[str]):
    """Bytes as the text that they were meant to be."""

    impl = LargeBinary
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002
        """On the way out."""
        return bytes(value).decode(errors="replace")


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as it is stored."""

    idx: int
    content: bytes
    leaf: bytes
    """Hash of the content as a leaf of the tree."""
    at: str
    kind: str
    subject: str
    by_whom: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement about the first `size` entries."""

    size: int
    key_id: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A checkpoint that somebody outside has seen."""

    size: int
    place: str
    at: datetime
    receipt: bytes


@dataclass(frozen=True, slots=True)
class Personal:
    """A value of which the entry holds only a commitment."""

    idx: int
    name: str
    salt: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class Veiled:
    """A name of a person, and what entries call it."""

    veil: str
    name: str
    salt: bytes


def take_turn(tx: Transaction) -> None:
    """Until this transaction ends nobody else gets an index; on SQLite `begin` has seen to that."""
    # Not the lock of those who write records: who reads a page of people is recorded too, and must not wait for an
    # import. Whoever needs both takes that one first.
    if tx.dialect.name == "postgresql":
        tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TURN})


def size(tx: Transaction) -> int:
    """How many entries there are."""
    last: int | None = tx.execute(select(func.max(ledger_entries.c.idx))).scalar()
    return 0 if last is None else last + 1


def ends(tx: Transaction) -> int:
    """Up to where entries follow one another, give or take some that are missing: no index far beyond counts."""
    whole, count = size(tx), _count(tx)
    if whole - count <= _AT_ONCE:
        return whole
    follower = ledger_entries.alias()
    after = select(follower.c.idx).where(follower.c.idx == ledger_entries.c.idx + 1).exists()
    return (
        tx.execute(select(func.min(ledger_entries.c.idx)).where(ledger_entries.c.idx >= 0, ~after)).scalar() or 0
    ) + 1


def strays(tx: Transaction) -> bool:
    """Whether something calls itself an entry before the first."""
    return tx.execute(select(ledger_entries.c.idx).where(ledger_entries.c.idx < 0).limit(1)).first() is not None


def _count(tx: Transaction) -> int:
    return tx.execute(select(func.count()).select_from(ledger_entries)).scalar() or 0


def append(tx: Transaction, rows: Sequence[Row]) -> None:
    """Adds entries whose index follows the last."""
    tx.execute(ledger_entries.insert(), [{name: getattr(row, name) for name in Row.__slots__} for row in rows])


def entries(tx: Transaction, first: int, until: int) -> Iterator[Row]:
    """Entries from an index until before another, in order."""
    # in ranges: no driver keeps a million rows while they are looked at
    for start in range(first, until, _AT_ONCE):
        ours = ledger_entries.c.idx.between(start, min(start + _AT_ONCE, until) - 1)
        for row in tx.execute(_reading(tx, ledger_entries).where(ours).order_by(ledger_entries.c.idx)):
            yield Row(*row)


def newest(
    tx: Transaction,
    *,
    kind: str = "",
    subject: str = "",
    by_whom: str = "",
    before: int | None = None,
    limit: int = 50,
) -> list[Row]:
    """The newest entries of a kind, about a subject or by somebody; a kind that ends in a dot means all below it."""
    parts: list[ColumnElement[bool]] = []
    if kind.endswith("."):
        parts += [ledger_entries.c.kind >= kind, ledger_entries.c.kind < kind + "\U0010ffff"]
    elif kind:
        parts.append(ledger_entries.c.kind == kind)
    if subject:
        parts.append(ledger_entries.c.subject == subject)
    if by_whom:
        parts.append(ledger_entries.c.by_whom == by_whom)
    if before is not None:
        parts.append(ledger_entries.c.idx < before)
    chosen = _reading(tx, ledger_entries).where(*parts).order_by(ledger_entries.c.idx.desc()).limit(limit)
    return [Row(*row) for row in tx.execute(chosen)]


def tells(tx: Transaction, kind: str, subject: str, name: str, value: str) -> bool:
    """Whether an entry of this kind about this subject says so."""
    ours = (ledger_entries.c.kind == kind, ledger_entries.c.subject == subject)
    # JSON of one form only: a name and its value always stand there in the same bytes
    said = f'"{name}":"{value}"'.encode()
    return any(said in bytes(content) for (content,) in tx.execute(select(ledger_entries.c.content).where(*ours)))


def concerning(tx: Transaction, veil: str) -> list[Row]:
    """All entries by or about somebody."""
    ours = (ledger_entries.c.by_whom == veil) | (ledger_entries.c.subject == veil)
    chosen = _reading(tx, ledger_entries).where(ours).order_by(ledger_entries.c.idx)
    return [Row(*row) for row in tx.execute(chosen)]


def kinds(tx: Transaction) -> list[str]:
    """All kinds of entries, by name."""
    # From one to the next by the index: a list of distinct ones would read all entries.
    found: list[str] = []
    while one := tx.execute(select(func.min(ledger_entries.c.kind)).where(_after(found))).scalar():
        if not isinstance(one, str) or one in found:  # what is no text comes after all texts
            break
        found.append(one)
    return found


def _after(found: Sequence[str]) -> ColumnElement[bool]:
    return ledger_entries.c.kind > (found[-1] if found else "")


def leaves(tx: Transaction, first: int, until: int) -> dict[int, bytes]:
    """Leaf hashes of a range of entries by index."""
    ours = ledger_entries.c.idx.between(first, until - 1)
    found = tx.execute(select(ledger_entries.c.idx, _sound(tx, ledger_entries.c.leaf)).where(ours))
    return {idx: bytes(leaf) for idx, leaf in found}


def put_tiles(tx: Transaction, tiles: Mapping[tuple[int, int], tuple[bytes, bytes]]) -> None:
    """Adds full tiles by level and index: hashes and the root over them."""
    rows = [{"level": at[0], "idx": at[1], "hashes": said[0], "root": said[1]} for at, said in tiles.items()]
    if rows:
        tx.execute(ledger_tiles.insert(), rows)


def tile(tx: Transaction, level: int, idx: int) -> bytes | None:
    """The hashes of a full tile."""
    chosen = select(_sound(tx, ledger_tiles.c.hashes)).where(ledger_tiles.c.level == level, ledger_tiles.c.idx == idx)
    found = tx.execute(chosen).scalar()
    return None if found is None else bytes(found)


def tiles(tx: Transaction, level: int, first: int, until: int) -> dict[int, tuple[bytes, bytes]]:
    """Full tiles of a level by index, of a range: hashes and root."""
    chosen = select(ledger_tiles.c.idx, *(_sound(tx, one) for one in (ledger_tiles.c.hashes, ledger_tiles.c.root)))
    ours = (ledger_tiles.c.level == level) & ledger_tiles.c.idx.between(first, until - 1)
    return {idx: (bytes(hashes), bytes(root)) for idx, hashes, root in tx.execute(chosen.where(ours))}


def tile_roots(tx: Transaction, level: int, first: int, until: int) -> dict[int, bytes]:
    """Roots of the full tiles of a range by index."""
    ours = (ledger_tiles.c.level == level) & ledger_tiles.c.idx.between(first, until - 1)
    found = tx.execute(select(ledger_tiles.c.idx, _sound(tx, ledger_tiles.c.root)).where(ours))
    return {idx: bytes(root) for idx, root in found}


def put_checkpoint(tx: Transaction, checkpoint: Checkpoint) -> None:
    """Adds a checkpoint."""
    tx.execute(ledger_checkpoints.insert(), {name: getattr(checkpoint, name) for name in Checkpoint.__slots__})


def checkpoints(tx: Transaction, after: int = -1, limit: int | None = None) -> list[Checkpoint]:
    """Checkpoints of more than `after` entries, smallest first."""
    chosen = _reading(tx, ledger_checkpoints).where(ledger_checkpoints.c.size > after)
    return [Checkpoint(*row) for row in tx.execute(chosen.order_by(ledger_checkpoints.c.size).limit(limit))]


def last_checkpoint(tx: Transaction) -> Checkpoint | None:
    """The checkpoint of most entries."""
    # a text is greater than all numbers; nothing signs so many entries
    some = ledger_checkpoints.c.size < 2**62
    chosen = _reading(tx, ledger_checkpoints).where(some)
    chosen = chosen.order_by(ledger_checkpoints.c.size.desc(), ledger_checkpoints.c.at.desc())
    row = tx.execute(chosen.limit(1)).first()
    return None if row is None else Checkpoint(*row)


def put_anchor(tx: Transaction, anchor: Anchor) -> None:
    """Adds what a place outside has answered."""
    tx.execute(ledger_anchors.insert(), {name: getattr(anchor, name) for name in Anchor.__slots__})


def anchors(tx: Transaction, limit: int | None = None) -> list[Anchor]:
    """What was shown outside, newest first."""
    chosen = _reading(tx, ledger_anchors).order_by(ledger_anchors.c.size.desc(), ledger_anchors.c.place)
    return [Anchor(*row) for row in tx.execute(chosen.limit(limit))]


def anchored(tx: Transaction, place: str) -> int:
    """How many entries a place outside has seen the root of."""
    ours = (ledger_anchors.c.place == place) & (ledger_anchors.c.size < 2**62)
    chosen = select(func.max(ledger_anchors.c.size)).where(ours)
    return tx.execute(chosen).scalar() or 0


def put_personal(tx: Transaction, rows: Sequence[Personal]) -> None:
    """Adds the values behind commitments, in place of what is left of entries that somebody cut off."""
    if rows:
        tx.execute(delete(ledger_personal).where(ledger_personal.c.idx >= rows[0].idx))
        tx.execute(ledger_personal.insert(), [_plain(row) for row in rows])


def personal(tx: Transaction, first: int, until: int) -> Iterator[Personal]:
    """What is still held behind the commitments of a range of entries."""
    for start in range(first, until, _AT_ONCE):
        ours = ledger_personal.c.idx.between(start, min(start + _AT_ONCE, until) - 1)
        chosen = _reading(tx, ledger_personal).where(ours).order_by(ledger_personal.c.idx, ledger_personal.c.name)
        for row in tx.execute(chosen):
            yield Personal(*row)


def drop_personal(tx: Transaction, rows: Collection[Personal]) -> None:
    """Deletes values with their salts: what remains of them is a hash that nobody can guess behind."""
    for row in rows:
        mine = (ledger_personal.c.idx == row.idx) & (ledger_personal.c.name == row.name)
        tx.execute(delete(ledger_personal).where(mine))


def put_people(tx: Transaction, rows: Sequence[Veiled]) -> None:
    """Adds names that were not veiled before."""
    if rows:
        tx.execute(ledger_people.insert(), [_plain(row) for row in rows])


def veiled(tx: Transaction, names: Collection[str]) -> dict[str, Veiled]:
    """Names by themselves, as far as they are veiled."""
    return {row.name: row for row in _people(tx, ledger_people.c.name, names)}


def unveiled(tx: Transaction, veils: Collection[str]) -> dict[str, Veiled]:
    """Who is behind veils, as far as that was not erased."""
    return {row.veil: row for row in _people(tx, ledger_people.c.veil, veils)}


def people(tx: Transaction) -> list[Veiled]:
    """All who are veiled and not erased, by name."""
    return [Veiled(*row) for row in tx.execute(_reading(tx, ledger_people).order_by(ledger_people.c.name))]


def drop_people(tx: Transaction, names: Collection[str]) -> None:
    """Nobody can tell any more who was behind their veils."""
    tx.execute(delete(ledger_people).where(ledger_people.c.name.in_(names)))


def _people(tx: Transaction, column: ColumnElement[str], wanted: Collection[str]) -> Iterator[Veiled]:
    listed = list(wanted)
    # SQLite takes some thousand values in one statement, no more
    for start in range(0, len(listed), 500):
        for row in tx.execute(_reading(tx, ledger_people).where(column.in_(listed[start : start + 500]))):
            yield Veiled(*row)


def _plain(row: Personal | Veiled) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).__slots__}


def _reading(tx: Transaction, table: Table) -> Select[Any]:
    return select(*(_sound(tx, column) for column in table.c))


def _sound(tx: Transaction, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as it is read: on SQLite any kind of value may stand in it, and one of another kind is empty."""
    if tx.dialect.name != "sqlite":
        return column
    kind = func.typeof(column)
    if isinstance(column.type, Moment):
        number = type_coerce(column, BigInteger)
        good = and_(kind == "integer", number.between(0, _LAST_US))
        return type_coerce(case((good, number), else_=0), Moment)
    if isinstance(column.type, Integer):
        return case((kind == "integer", column), else_=-1)
    # texts too as bytes: the driver gives up at one that is no UTF-8
    wanted = "blob" if isinstance(column.type, LargeBinary) else "text"
    raw = type_coerce(case((kind == wanted, cast(column, LargeBinary)), else_=literal(b"", LargeBinary)), LargeBinary)
    return raw if wanted == "blob" else type_coerce(raw, _Decoded)
