"""Accounts into people: what proves that two are one, what only suggests it, and what people decided.

Imports `model`, `store` and the connector kit. Start at `resolve.py`; `clusters.py` is the pure heart.
"""
