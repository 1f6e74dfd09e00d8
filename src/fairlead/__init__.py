"""Fairlead, a self-hosted chief of staff for engineering teams of people and AI agents.

Rooms import downwards only; `docs/architecture.md` draws the floors and walks one event through them.
Start at `cli/main.py` for what a person types, at `wiring/` for how the parts are put together.
"""
