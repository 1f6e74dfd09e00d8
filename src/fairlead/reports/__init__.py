"""Facts become a tree of claims, each with its evidence, and the tree becomes text, Markdown, HTML or JSON.

Imports `metrics`, `changes`, `config`, `model`; computes no figure and knows no markup but in `renderers/`.
Start at `document.py` (the tree), `brief.py` and `triage.py` (what is said), `render.py` (how it is shown).
"""
