"""A person's word on what caused an incident, checked against what is known, as a raw event to append."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fairlead.connectors.fairlead import attribution_withdrawn, incident_attributed
from fairlead.model.errors import Skip
from fairlead.model.raw import RawEvent
from fairlead.store import records

if TYPE_CHECKING:
    from fairlead.store.database import Database

_INCIDENTS = ("incidents", "work_items")
"""Issues count as incidents too, by label or type."""
_DEPLOYMENTS = ("deployments", "releases", "builds", "changes", "commits")
"""What counts as a deployment is the team's choice; a tag or a merge has the id of its own record."""
_LONGEST = 1_000


def stated_cause(database: Database, incident: str, deployment: str, by: str, at: datetime) -> RawEvent:
    """This deployment caused the incident."""
    _demand(database, _INCIDENTS, incident, "incident", "`fairlead incidents list` shows them")
    _demand(database, _DEPLOYMENTS, deployment, "deployment", "`fairlead incidents explain ID` names the suspects")
    return incident_attributed(incident, by, at, deployment=deployment)


def stated_no_cause(database: Database, incident: str, reason: str, by: str, at: datetime) -> RawEvent:
    """No deployment caused the incident, for this reason."""
    _demand(database, _INCIDENTS, incident, "incident", "`fairlead incidents list` shows them")
    # the text goes on into reports of one line each
    said = " ".join(reason.split())[:_LONGEST]
    if not said:
        raise Skip("a reason is missing", hint="say in a few words what caused it instead")
    return incident_attributed(incident, by, at, reason=said)


def withdrawn_cause(database: Database, incident: str, by: str, at: datetime) -> RawEvent:
    """What was stated no longer holds: the score decides again."""
    _demand(database, _INCIDENTS, incident, "incident", "`fairlead incidents list` shows them")
    return attribution_withdrawn(incident, by, at)


def _demand(database: Database, tables: tuple[str, ...], record: str, what: str, hint: str) -> None:
    # A raw event stays for ever: an id with a typing error would wait for a record that never comes.
    with database.read() as tx:
        if not any(records.get(tx, table, record) for table in tables):
            raise Skip(f"no {what} `{record}`", hint=hint)
