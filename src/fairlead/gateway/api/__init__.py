"""The REST API under `/api/v1`, described by its own OpenAPI document.

Imports what the gateway may; a route parses, asks a service and shows, nothing else.
Start at `app.py`; every other module is one family of routes with a `routes(api)` of its own.
"""
