"""Whatever runs by time or must survive a crash: followers of the log, schedules, syncs.

Imports everything but `cli` and `gateway`; nobody but `cli` imports it.
Start at `run.py` (the loop of the process), then `followers.py`, `schedule.py` and `syncs.py`.
"""
