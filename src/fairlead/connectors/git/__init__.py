"""Local git repositories: commits, files, tags, and the changes that merges tell of.

Imports `model` and the connector kit. Start at `connector.py`; `expand.py` is where history is read.
"""
