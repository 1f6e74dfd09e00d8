"""GitHub's API over the fake's state: REST by a table of routes, GraphQL, limits, faults, sign-in.

It may import the fake's state and payloads; start at `desk.py`.
"""
