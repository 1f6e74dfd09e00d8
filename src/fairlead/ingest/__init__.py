"""Raw events become records: in batches, exactly once, in whatever order; what cannot be read is kept apart.

Imports `connectors`, `bus`, `store`, `config`, `model`.
Start at `apply.py` (one batch), then `aliases.py` (names that changed) and `sweeps.py` (what was deleted).
"""
