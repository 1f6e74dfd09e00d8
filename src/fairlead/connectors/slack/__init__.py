"""Slack: people, messages of chosen channels, and messages that we post.

May import `connectors.kit`, `model` and Slack's SDK. Start at `connector.py`.
"""
