"""One module a page, each with its `PAGE`; a newcomer adds a page by adding a file here and a template.

Imports the rooms below `ui` for facts and `fairlead.ui.visit` to answer.
Start at `quality.py`, the shortest that shows everything: figures, a table, an empty state.
"""
