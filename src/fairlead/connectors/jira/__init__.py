"""Jira Cloud and Data Center: issues with their whole changelog, sprints, versions, links, comments.

May import `connectors.kit` and `model`. Start at `connector.py`.
"""
