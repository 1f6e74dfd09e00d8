"""A person's own word on how they want to be told: what it orders is judged before it is entered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fairlead.connectors.kit.entered import meant
from fairlead.governance import preferring
from fairlead.governance.ledger.entries import Entry
from fairlead.model.errors import Denied
from fairlead.model.times import entered_at
from fairlead.wiring import subscribing
from fairlead.wiring.directory import Directory

if TYPE_CHECKING:
    from fairlead.wiring.services import Services


def prefer(services: Services, by: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Enters how a person wants to be told, if policy lets a digest go to them by the channels that they name."""
    if channels := said.get("channels") or ():
        _demand(services, meant(by), channels)
    return preferring.prefer(services, by, said)


def _demand(services: Services, person: str, channels: Sequence[str]) -> None:
    with services.database.read() as tx:
        team = Directory.load(services, tx).team_of(person)
    moment = subscribing.moment(services, team, entered_at(services.clock))
    for channel in channels:
        verdict = subscribing.judge(
            services, "digest", by=person, tool=channel, place=person, moment=moment, team=team
        )
        if why := subscribing.refused(verdict):
            with services.database.begin() as tx:
                told = {"channel": channel, "rules": [one.rule for one in verdict.reasons]}
                services.ledger.record(tx, Entry("digest.refused", "", person, told))
            raise Denied(f"policy lets no digest go to {person} by {channel}: {why}", hint="fairlead policy list")
