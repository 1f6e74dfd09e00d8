"""Tables, migrations and transactions on SQLite and PostgreSQL; the only owner of SQLAlchemy.

Imports `config` and `model`. Every other module here is a table family: functions that take a transaction first.
Start at `database.py` (opening, `begin`, `read`), then `records.py` (how statements become rows).
"""
