"""The record types: the public contract for import, API and SQL, one module a family.

Each class is a table; each field's docstring is its documentation. Imports only `fairlead.model`.
Start at `kinds.py` for the field kinds; `fairlead.model.schema` gathers all types.
"""
