"""The conditions of rules, filters, saved views and policies: one grammar, one meaning, compiled to SQL.

Imports `model` and `config`. Start at `parse.py`; `check.py` gives types, `compile.py` the SELECT.
"""
