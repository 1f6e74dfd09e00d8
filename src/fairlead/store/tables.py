"""Every table of the store: the record tables made from the schema, and what the store keeps beside them.

A change here or in `fairlead.model.records` needs a migration; `tests/store/test_migrations.py` compares both.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from fairlead.model.schema import TABLES, columns
from fairlead.store.columns import SQL_TYPE, Id, Moment, Plain

metadata = MetaData()

BESIDE = ("rev", "raw_seq", "versions")
"""Columns that every record table has after those of the schema."""

INDEXES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "repositories": ("external_id",),
        "accounts": ("email", "handle"),
        "work_items": ("external_id",),
        "signals": ("state",),
        "signal_events": ("signal",),
        "actions": ("state", "signal"),
        "approvals": ("action",),
        "milestone_dates": ("milestone",),
        "key_results": ("objective",),
        "check_ins": ("key_result",),
        "objective_links": ("objective", "work_item"),
        "forecasts": ("given_at",),
    }
)
"""Columns looked up by ingestion, identity and whoever acts; pages read the warehouse, which needs none."""

REFERRING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "work_items": ("parent", "epic"),
        "work_item_transitions": ("work_item",),
        "work_item_changes": ("work_item",),
        "work_item_links": ("from_item", "to_item"),
        "messages": ("about", "thread"),
    }
)
"""Columns by which an item that got another id is followed: without an index each such move reads all history."""


def _record_table(name: str) -> Table:
    referring = REFERRING.get(name, ())
    # compared byte by byte, as prefixes of ids are looked for
    ids = ("id", *referring)
    own = [
        Column(column.name, Id() if column.name in ids else SQL_TYPE[column.kind](), primary_key=column.name == "id")
        for column in columns(name)
    ]
    told = {column.name: column.isnot(None) for column in own}
    return Table(
        name,
        metadata,
        *own,
        Column("rev", BigInteger, nullable=False),
        # empty where no raw event stands behind the row
        Column("raw_seq", BigInteger),
        # packed text beside the values: a row and what it knows of each field are read and written together
        Column("versions", Text, nullable=False),
        # incremental readers ask for what lies above a revision
        Index(f"{name}_rev", "rev"),
        *(Index(f"{name}_{column}", column) for column in INDEXES.get(name, ())),
        # most items have neither parent nor epic: what is empty takes no room
        *(Index(f"{name}_{one}", one, sqlite_where=told[one], postgresql_where=told[one]) for one in referring),
    )


RECORDS: Mapping[str, Table] = MappingProxyType({name: _record_table(name) for name in TABLES})
"""Record table by name."""

_position = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only for a column typed INTEGER."""

counters = Table(
    "counters",
    metadata,
    Column("name", Id(), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Numbers that only grow, like the revision of records."""

removed = Table(
    "removed",
    metadata,
    Column("record_table", Id(), nullable=False),
    Column("id", Id(), nullable=False),
    Column("rev", BigInteger, nullable=False),
    PrimaryKeyConstraint("record_table", "id"),
    Index("removed_rev", "rev"),
)
"""Rows that are gone for good (re-keyed or erased), so that incremental readers can follow."""

renames = Table(
    "renames",
    metadata,
    Column("old", Id(), nullable=False),
    Column("new", Id(), nullable=False),
    Column("at", Moment, nullable=False),
    # a name may be given back and taken again: each time is a rename of its own
    PrimaryKeyConstraint("old", "new", "at"),
)
"""Renames that tools told."""

names = Table(
    "names",
    metadata,
    Column("source", Id(), nullable=False),
    Column("external_id", Id(), nullable=False),
    Column("id", Id(), nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    PrimaryKeyConstraint("source", "external_id", "id"),
)
"""Under which ids a repository with one immutable id was seen, and from when to when."""

sweeps = Table(
    "sweeps",
    metadata,
    Column("record_table", Id(), nullable=False),
    Column("scope", Id(), nullable=False),
    Column("at", Moment, nullable=False),
    # compressed: a large repository has many thousand ids
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("record_table", "scope"),
)
"""The last full list of ids of each scope, for rows that arrive after it."""

events = Table(
    "events",
    metadata,
    Column("position", _position, primary_key=True, autoincrement=True),
    Column("id", Id(), nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("time", Moment, nullable=False),
    Column("data", Text, nullable=False),
    Column("raw_seq", BigInteger),
)
"""Outbox of normalised events."""

offsets = Table(
    "offsets",
    metadata,
    Column("consumer", Id(), primary_key=True),
    Column("position", BigInteger, nullable=False),
)
"""How far each consumer of a log has come."""

quarantine = Table(
    "quarantine",
    metadata,
    # the number comes from the log
    Column("raw_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("tool", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("delivery", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", Text, nullable=False),
)
"""Raw events that could not be read, and why."""

intake = Table(
    "intake",
    metadata,
    Column("source", Id(), nullable=False),
    Column("kind", Id(), nullable=False),
    Column("outcome", Id(), nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("last_at", Moment, nullable=False),
    PrimaryKeyConstraint("source", "kind", "outcome"),
)
"""How many raw events of each kind were read, carried nothing or were quarantined."""

state = Table(
    "state",
    metadata,
    Column("key", Id(), primary_key=True),
    Column("value", Plain, nullable=False),
)
"""JSON by key: sync cursors and the like."""

schedules = Table(
    "schedules",
    metadata,
    Column("name", Id(), primary_key=True),
    Column("what", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("arguments", Plain, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("error", Text, nullable=False),
    Index("schedules_next_at", "next_at"),
)
"""What runs by time."""

users = Table(
    "users",
    metadata,
    Column("person", Id(), primary_key=True),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    Column("seen_at", Moment),
)
"""Who may sign in; each is a person."""

grants = Table(
    "grants",
    metadata,
    Column("person", Id(), nullable=False),
    Column("team", Id(), nullable=False),
    # empty once taken back: the row stays, so that a replay does not give it again
    Column("role", Text, nullable=False),
    Column("granted_at", Moment, nullable=False),
    Column("granted_by", Text, nullable=False),
    PrimaryKeyConstraint("person", "team"),
)
"""Role of a person in a team; team `*` means everywhere."""

links = Table(
    "links",
    metadata,
    Column("hash", Id(), primary_key=True),
    Column("person", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)
"""One-time links; only the hash of the secret is kept."""

sessions = Table(
    "sessions",
    metadata,
    Column("hash", Id(), primary_key=True),
    Column("person", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
"""Signed-in browsers; only the hash of the secret is kept."""

tokens = Table(
    "tokens",
    metadata,
    Column("hash", Id(), primary_key=True),
    # the hash is what a request brings; the id is what people see and revoke by
    Column("id", Text, nullable=False, unique=True),
    Column("person", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Plain, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
)
"""Personal and API tokens; only the hash of the secret is kept."""

access_log = Table(
    "access_log",
    metadata,
    Column("position", _position, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("columns", Plain, nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column("allowed", Boolean, nullable=False),
)
"""Who read person columns, how and what."""

outbox = Table(
    "outbox",
    metadata,
    # made from what asked for it, so that the same message cannot be put in twice
    Column("id", Id(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("content", Id(), nullable=False),
    Column("made_from", Text, nullable=False),
    Column("team", Id(), nullable=False),
    Column("language", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("as_of", Moment, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("waiting_since", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("claimed_by", Text, nullable=False),
    Column("claimed_until", Moment),
    Column("done_at", Moment),
    Column("answer", Text, nullable=False),
    Column("error", Text, nullable=False),
    Index("outbox_next", "status", "next_at"),
    Index("outbox_made_at", "made_at"),
)
"""Messages that leave the program, with what became of each."""

outbox_contents = Table(
    "outbox_contents",
    metadata,
    Column("id", Id(), primary_key=True),
    Column("made_at", Moment, nullable=False),
    # a report goes to many and is kept once
    Column("content", LargeBinary, nullable=False),
)
"""What the messages say, by hash."""

requests = Table(
    "requests",
    metadata,
    Column("id", Id(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Id(), nullable=False),
    Column("arguments", Plain, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("claimed_by", Text, nullable=False),
    Column("claimed_until", Moment),
    Column("done_at", Moment),
    Column("outcome", Text, nullable=False),
    Index("requests_due", "state", "next_at"),
    Index("requests_subject", "subject"),
)
"""What a click asked the workers to do."""

delegations = Table(
    "delegations",
    metadata,
    Column("id", Id(), primary_key=True),
    Column("giver", Id(), nullable=False),
    Column("taker", Id(), nullable=False),
    Column("team", Id(), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("reason", Text, nullable=False),
    Index("delegations_taker", "taker"),
)
"""Who approves in whose place, and until when."""


notices = Table(
    "notices",
    metadata,
    # made from the event and the recipient: the same news is never told to somebody twice
    Column("id", Id(), primary_key=True),
    Column("recipient", Id(), nullable=False),
    Column("subject", Id(), nullable=False),
    Column("about", Id(), nullable=False),
    Column("topic", Id(), nullable=False),
    Column("kind", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("exempt", Boolean, nullable=False),
    Column("said", Plain, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("settled_at", Moment),
    Column("seen_at", Moment),
    Column("message", Id(), nullable=False),
    Column("day", Text, nullable=False),
    Index("notices_state", "state", "recipient"),
    Index("notices_recipient", "recipient", "made_at"),
    Index("notices_about", "about"),
)
"""What somebody is to be told, and what became of it."""

notice_posts = Table(
    "notice_posts",
    metadata,
    Column("recipient", Id(), nullable=False),
    Column("subject", Id(), nullable=False),
    Column("channel", Id(), nullable=False),
    Column("handle", Plain, nullable=False),
    Column("content", Text, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    # set where something has happened that the message does not say yet
    Column("stale", Boolean),
    PrimaryKeyConstraint("recipient", "subject", "channel"),
)
"""Where the one message about a subject stands in a channel that can edit it."""

notice_preferences = Table(
    "notice_preferences",
    metadata,
    Column("person", Id(), primary_key=True),
    Column("said", Plain, nullable=False),
    Column("at", Moment, nullable=False),
)
"""How people want to be told, as they last said it."""

ledger_entries = Table(
    "ledger_entries",
    metadata,
    # from 0 without a gap: the order of the tree's leaves
    Column("idx", _position, primary_key=True, autoincrement=False),
    # the very bytes that the leaf is made of; the texts beside them are for looking up, and verified against them
    Column("content", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("at", Text, nullable=False),
    Column("kind", Id(), nullable=False),
    Column("subject", Id(), nullable=False),
    Column("by_whom", Id(), nullable=False),
    Index("ledger_entries_kind", "kind", "idx"),
    Index("ledger_entries_subject", "subject", "idx"),
    Index("ledger_entries_by_whom", "by_whom", "idx"),
)
"""The ledger: what was decided and done; triggers forbid change and removal."""

ledger_tiles = Table(
    "ledger_tiles",
    metadata,
    Column("level", Integer, nullable=False),
    Column("idx", BigInteger, nullable=False),
    # 256 hashes; one that is not full yet is not here, so that none is ever changed
    Column("hashes", LargeBinary, nullable=False),
    # over these hashes: what the tile above holds, told without reading them
    Column("root", LargeBinary, nullable=False),
    PrimaryKeyConstraint("level", "idx"),
)
"""Hashes of the ledger's tree: of 256 entries at level 0, of 256 tiles below at each other."""

ledger_checkpoints = Table(
    "ledger_checkpoints",
    metadata,
    Column("size", BigInteger, nullable=False),
    Column("key_id", Id(), nullable=False),
    Column("at", Moment, nullable=False),
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("size", "key_id"),
)
"""Signed statements of how many entries there were and of the root of their tree."""

ledger_anchors = Table(
    "ledger_anchors",
    metadata,
    Column("size", BigInteger, nullable=False),
    Column("place", Id(), nullable=False),
    Column("at", Moment, nullable=False),
    # what the place answered, like the id of a commit or the token of an authority
    Column("receipt", LargeBinary, nullable=False),
    PrimaryKeyConstraint("size", "place"),
)
"""Checkpoints that were shown to somebody outside."""

ledger_personal = Table(
    "ledger_personal",
    metadata,
    Column("idx", BigInteger, nullable=False),
    Column("name", Id(), nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("idx", "name"),
)
"""What entries hold of people only as a commitment; may be deleted, and the chain stays valid."""

ledger_people = Table(
    "ledger_people",
    metadata,
    Column("veil", Id(), primary_key=True),
    Column("name", Id(), nullable=False, unique=True),
    Column("salt", LargeBinary, nullable=False),
)
"""Who is behind the names that entries call people by; a deleted row makes that name nobody's."""
