"""Alembic's entry: runs the scripts on the connection handed over by `fairlead.store.migrate`."""

from alembic import context

from fairlead.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
