"""What connectors are made of and tested with: the protocol, the payload cursor, HTTP with limits, the suite.

Imports `model` only. Start at `connector.py`.
"""
