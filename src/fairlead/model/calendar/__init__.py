"""Business time, the only calendar arithmetic in Fairlead: working hours, zones, holidays, absences.

Imports nothing of Fairlead but `model.setup` and `model.errors`.
Start at `working.py` (one calendar), `slots.py` (the same as rows for SQL), `resolve.py` (whose calendar holds).
"""
