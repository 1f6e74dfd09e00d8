"""The vocabulary: records, patches, events, ids, figures, time and business time; pure, no I/O.

Imports nothing of Fairlead. Every other room may import it.
Start at `records/` (the public data contract) and `patch.py` (how observations become a record).
"""
