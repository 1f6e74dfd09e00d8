"""Slack and Teams as faces: commands, approvals, App Home, questions, notices; it words facts and computes nothing.

May import `reports` and below; it alone uses Slack's SDK, beside the connector. Start at `app.py`.
"""
