"""The warehouse and all that is computed from it: lineage, marts, figures with their rows, data quality.

Imports `changes`, `ingest`, `store`, `config`, `model`; the only owner of duckdb.
Start at `warehouse.py` (load, refresh, rows), `models/` (the dbt project), `figures.py` (a figure and its evidence).
"""
