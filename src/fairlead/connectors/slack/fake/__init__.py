"""A fake of Slack: a workspace whose conversations can be watched, typed into and clicked.

May import `connectors.kit`, `connectors.slack` and `model`. Start at `slack.py`.
"""
