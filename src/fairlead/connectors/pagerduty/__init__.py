"""PagerDuty: incidents with their log, services, teams, on-call.

May import `connectors.kit` and `model`. Start at `connector.py`.
"""
