"""One module a form: how the tree looks as terminal text, Markdown, HTML and JSON.

Imports `reports.document` and `reports.wording` only; each escapes its own markup and drops nothing.
Start at `walk.py`, which says in which order everything is shown.
"""
