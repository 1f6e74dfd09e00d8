"""Whose word counts on a signal: members of its team; of a team's attention who answers for it decides."""

from __future__ import annotations

from fairlead.gateway.viewer import Viewer
from fairlead.signals import entering
from fairlead.store.database import Database


def demand_member(viewer: Viewer, database: Database, signal: str) -> None:
    """Raises `Denied` unless they belong to the team that a signal concerns."""
    # before the signal is looked up: who may not write learns nothing of what there is
    viewer.demand("member", "write")
    team = entering.demanded(database, signal)["team"]
    viewer.demand("member", "write", team or None)


def demand_mute(viewer: Viewer, whom: str) -> None:
    """Raises `Denied` unless it is their own attention, that of a team that they manage, or they are an owner."""
    if whom == viewer.person:
        viewer.demand("viewer", "write")
    elif whom.startswith("team:"):
        viewer.demand("manager", "write", whom)
    else:
        viewer.demand("owner", "write")
