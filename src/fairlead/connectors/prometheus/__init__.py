"""Prometheus: what objectives measure, asked at its HTTP API; Thanos, Mimir and VictoriaMetrics speak it too.

May import `connectors.kit` and `model`. Start at `connector.py`.
"""
