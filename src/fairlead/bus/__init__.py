"""The event log: raw events appended durably, followed by consumers in order.

Imports `model` and `config`; knows neither records nor offsets, which the store keeps.
Start at `log.py` (the interface); `grouped.py` writes it in groups to a shelf: SQLite, PostgreSQL or NATS.
"""
