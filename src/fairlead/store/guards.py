"""Triggers that keep the ledger's rows as they were written: made by the migration, looked for, and put back.

Whoever owns the database may drop them; that is told, and what was done meanwhile is found by verification.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import text

from fairlead.store.database import Transaction

_FOR_GOOD: Mapping[str, tuple[str, str]] = {
    "ledger_entries": ("idx", "idx"),
    "ledger_tiles": ("level", "idx"),
    "ledger_checkpoints": ("size", "key_id"),
    "ledger_anchors": ("size", "place"),
}
"""Tables to which rows are added and nothing else is done, with the columns of their keys."""
_SAID = "the ledger is only added to"
_BODY = f" BEGIN RAISE EXCEPTION '{_SAID}' USING ERRCODE = 'integrity_constraint_violation'; END "
_ON_POSTGRESQL = """
SELECT trigger.tgname FROM pg_trigger AS trigger
JOIN pg_class AS kept ON kept.oid = trigger.tgrelid JOIN pg_proc AS does ON does.oid = trigger.tgfoid
WHERE trigger.tgname = kept.relname || '_kept' AND pg_table_is_visible(kept.oid) AND NOT trigger.tgisinternal
AND trigger.tgenabled IN ('O', 'A') AND trigger.tgtype = 58 AND trigger.tgqual IS NULL
AND trigger.tgattr::text = '' AND does.prosrc = :body
"""
"""58: before each statement that updates, deletes or truncates, whatever the row and the column."""


def wanted(dialect: str) -> Mapping[str, tuple[str, str]]:
    """Trigger -> its table and the statement that makes it."""
    if dialect == "postgresql":
        return {
            # TRUNCATE fires no trigger of rows
            f"{table}_kept": (
                table,
                (
                    f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION fairlead_ledger_kept()"
                ),
            )
            for table in _FOR_GOOD
        }
    made = {}
    for table, keys in _FOR_GOOD.items():
        for what in ("UPDATE", "DELETE"):
            name = f"{table}_no_{what.lower()}"
            made[name] = (
                table,
                f"CREATE TRIGGER {name} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END",
            )
        held = " AND ".join(f"{key} = NEW.{key}" for key in dict.fromkeys(keys))
        # INSERT OR REPLACE removes the row that was there without a word to the trigger of DELETE
        made[f"{table}_no_replace"] = (
            table,
            (
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {held}) BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
            ),
        )
    return made


def missing(tx: Transaction) -> list[str]:
    """Triggers that are not there, are switched off, or do something else by now."""
    asked = wanted(tx.dialect.name)
    if tx.dialect.name == "postgresql":
        there = {row[0] for row in tx.execute(text(_ON_POSTGRESQL), {"body": _BODY})}
    else:
        held = tx.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        there = {name for name, sql in held if name in asked and asked[name][1] == sql}
    return [name for name in asked if name not in there]


def protect(tx: Transaction, tables: Collection[str] = tuple(_FOR_GOOD)) -> list[str]:
    """Makes those that are missing; gives their names."""
    made_for = wanted(tx.dialect.name)
    gone = [name for name in missing(tx) if made_for[name][0] in tables]
    if gone and tx.dialect.name == "postgresql":
        tx.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION fairlead_ledger_kept() RETURNS trigger LANGUAGE plpgsql AS $${_BODY}$$"
        )
    for name in gone:
        table, made = made_for[name]
        on = f" ON {table}" if tx.dialect.name == "postgresql" else ""
        tx.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")
        tx.exec_driver_sql(made)
    return gone
