"""Generic: any tool that can send JSON, understood by a mapping file of the team's own.

May import `connectors.kit` and `model`; jmespath lives here. Start at `connector.py`; `read.py` is pure.
"""
