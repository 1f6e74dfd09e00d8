"""Rules of other tools as ours, with a list of what has no counterpart here.

Imports its room. Start at `files.py`, which sees whose file it is.
"""
