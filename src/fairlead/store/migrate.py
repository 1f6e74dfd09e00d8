"""Brings a database to the present schema, with Alembic; the scripts lie in `migrations/versions`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from fairlead.model.errors import Abort
from fairlead.store.tables import metadata

_SCRIPTS = Path(__file__).parent / "migrations"


@cache
def revisions() -> tuple[str, ...]:
    """All revisions, oldest first: file names start with them."""
    return tuple(sorted(path.name.split("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*.py")))


def current(tx: Connection) -> str | None:
    """Revision of a database; `None` if it is new."""
    if not inspect(tx).has_table("alembic_version"):
        return None
    return tx.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(tx: Connection, to: str = "head") -> None:
    """Runs what is missing in the given transaction, so that a failed migration leaves nothing half done."""
    if tx.dialect.name == "postgresql":
        # Two processes that start at once must not both create the tables.
        tx.execute(text("SELECT pg_advisory_xact_lock(1835627624)"))
    found = current(tx)
    # the usual case, answered without loading Alembic
    if to == "head" and found == revisions()[-1]:
        return
    if found is not None and found not in revisions():
        raise Abort(
            f"the store has schema {found}, this version of Fairlead knows up to {revisions()[-1]}",
            hint="start the newer version, or restore the backup made before the upgrade",
        )
    _run(tx, to)


def _run(tx: Connection, to: str) -> None:
    # Alembic costs a tenth of a second to import: only databases that lack something pay for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    # the options go through configparser, to which `%` begins a placeholder
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    # `env.py` runs the scripts on it, in the transaction of the caller
    config.attributes["connection"] = tx
    command.upgrade(config, to)


def differences(tx: Connection) -> list[str]:
    """What a database lacks against the record schema, in words; empty after a complete set of migrations."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    context = MigrationContext.configure(tx, opts={"compare_type": True})
    return [str(difference) for difference in compare_metadata(context, metadata)]
