"""GitLab: merge requests, issues, pipelines, deployments, releases.

May import `connectors.kit` and `model`. Start at `connector.py`.
"""
