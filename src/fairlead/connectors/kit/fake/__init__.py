"""Fakes: what every fake server of a tool shares; product code, for local work, demo and tests.

May import `connectors.kit` and `model`. Start at `tool.py`.
"""
