"""The conditions of rules, filters, saved views and policies: one grammar, one meaning, compiled to SQL.

Imports `metrics` and what lies below. Start at `parse.py`; `check.py` gives types, `compile.py` the SELECT,
`filters.py: filter_of` a predicate over plain rows or a WHERE clause.
"""
