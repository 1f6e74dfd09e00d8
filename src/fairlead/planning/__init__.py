"""What will be done by when, told as chances from what was done before, and how well such answers held in the past.

Imports `metrics` and `model`; answers are made by counting and drawing lots, and no estimate of anybody goes in.
Start at `montecarlo.py`; `history.py` reads what was done, `backtest.py` replays forecasts at past moments.
"""
