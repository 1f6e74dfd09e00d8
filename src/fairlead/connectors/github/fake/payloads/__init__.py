"""What GitHub's JSON looks like, one small file per object; the same builders serve webhooks and API.

It may import the fake's state; start at `wire.py`.
"""
