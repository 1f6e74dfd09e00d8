"""GitHub: webhooks and API pages become records; sync, check and a fake GitHub.

Imports `model` and `connectors.kit` only.
Start at `connector.py`; `read.py` says which reader takes which event.
"""
