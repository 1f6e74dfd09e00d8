"""CDEvents over CloudEvents: builds, tests, deployments, incidents, changes and tickets of any producer.

Imports `model` and `connectors.kit` only.
Start at `connector.py`.
"""
