"""The event log: raw events appended durably, followed by consumers in order.

Imports `model` and `config`; knows neither records nor offsets, which the store keeps.
Start at `log.py` (the interface); `sql.py` is the embedded log.
"""
