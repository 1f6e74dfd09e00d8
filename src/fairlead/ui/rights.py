"""Who may read and do what on a page; the gateway has already found out who asks."""

from __future__ import annotations

from typing import Any

from fairlead.model.errors import Denied
from fairlead.ui.visit import Visit

RANK = ("anyone", "viewer", "member", "manager", "owner")
"""Roles from the least to the most."""


def demand(visit: Visit, role: str) -> None:
    """Raises `Denied` unless the reader has at least that role."""
    if not allowed(visit, role):
        raise Denied(
            visit.words("This needs the role {role} or more.", role=visit.words(role)),
            hint=visit.words("Owners change roles on the page People."),
        )


def allowed(visit: Visit, role: str) -> bool:
    """Whether the reader has at least that role."""
    return reaches(getattr(visit.request.state, "viewer", None), role)


def reaches(viewer: Any, role: str) -> bool:
    """Whether somebody has at least that role; `None` is who is not signed in."""
    held = str(getattr(viewer, "role", "") or "") if viewer is not None else "anyone"
    # A role of a later version counts as the least: nothing opens by not being known.
    return RANK.index(held if held in RANK else "viewer") >= RANK.index(role)


def sees_people(visit: Visit) -> bool:
    """Whether names and addresses of people may be listed: owners with the scope to do so."""
    return bool(getattr(getattr(visit.request.state, "viewer", None), "sees_people", False))
