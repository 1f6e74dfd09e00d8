"""What will be done by when: schedules of plans, their risk, and forecasts from what was done before.

Imports `metrics` and `model`; the only owner of the solver, which runs in a process of its own (`solving.py`).
Start at `answering.py` for a plan (`loading`, `building`, `scheduling`), at `outlook.py` for a forecast.
"""
