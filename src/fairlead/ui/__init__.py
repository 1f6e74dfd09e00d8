"""Pages: facts of the rooms below, worded as server-rendered HTML; computes nothing, works without script.

Imports `reports`, `metrics`, `changes`, `ingest`, `store`, `model`. Adding a page is adding one file to `pages/`.
Start at `app.py` for the routes, at `pages/delivery.py` for a page, at `templates/parts/` for what pages are made of.
"""
