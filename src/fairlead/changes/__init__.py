"""Open changes: in which order to look at them, and who fits as reviewer. Whose turn it is `metrics/turns/` says.

Pure over records; imports `model` and `connectors.kit`, reads no store: callers hand rows in and get rows back.
Start at `queue.py`, which holds the order; `reviewers.py` makes the suggestions, `codeowners.py` says whose files.
"""
