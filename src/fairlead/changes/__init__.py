"""Changes, open and past: whose turn it is since when, in which order to look at them, who fits as reviewer.

Pure over records; imports `model` and `connectors.kit`, reads no store: callers hand rows in and get rows back.
Start at `turns.py`; `review_state.py` holds the rules, `queue.py` the order, `reviewers.py` the suggestions.
"""
