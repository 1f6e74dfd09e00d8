"""A fake GitLab: drive it, and it sends webhooks and answers the REST API about one and the same history.

May import `connectors.kit` and `model`. Start at `gitlab.py`.
"""
