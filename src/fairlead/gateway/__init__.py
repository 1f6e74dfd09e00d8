"""The HTTP edge: webhook receivers, REST API, sign-in, roles, rate limits; mounts the pages.

Imports everything but `cli` and `workers`; computes no figure and words no fact.
Start at `app.py`, which assembles; `webhooks.py` is the way in for the tools.
"""
