"""Moving in from Apache DevLake: its domain tables, from CSV files or its database, as records.

May import what `ingest` may. Start at `importing.py`; `tables.py` says what is read, `names.py` by which ids it goes.
"""
