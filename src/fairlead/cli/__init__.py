"""Words typed by people: parse, call a loader, show; starts processes.

Imports everything below. Heavy rooms are imported inside commands, so that `--help` stays quick.
Start at `main.py`; each file of `commands/` is one command, found by its name.
"""
