"""Settings of an installation and the one loader of user files: all faults at once, with path, line, column.

Imports `model` only; only `wiring` and `cli` may import it.
Start at `settings.py` (what can be set) and `load.py` (where it comes from).
"""
