"""Reports and digests that somebody ordered: policy is asked what goes to whom, at the order and each time it goes.

Nobody approves a single one of them, so only what policy allows without the word of others goes out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from fairlead.governance.policy import document as d
from fairlead.governance.policy.judge import FAILED
from fairlead.model.errors import Retry
from fairlead.wiring import policing

if TYPE_CHECKING:
    from fairlead.governance.verdict import Verdict
    from fairlead.wiring.services import Services


def moment(services: Services, team: str, now: datetime) -> d.Moment:
    """When it would go, in the calendar of a team."""
    with services.database.read() as tx:
        return policing.moment(services, tx, team, now)


def judge(
    services: Services,
    kind: Literal["deliver", "digest"],
    *,
    by: str,
    tool: str,
    place: str,
    moment: d.Moment,
    team: str = "",
    arguments: Mapping[str, Any] | None = None,
) -> Verdict:
    """What policy says of something that goes to a place by itself; raises `Retry` where nobody could be asked.

    That is no refusal: what was ordered waits until policies load and their engine answers.
    """
    held = dict(arguments or {})
    shown = hashlib.sha256(msgspec.json.encode([kind, tool, place, held], order="sorted")).hexdigest()
    act = d.ActSaid(kind=kind, tool=tool, place=place, team=team, arguments=held, digest=shown)
    with services.database.read() as tx:
        proposer = policing.proposer_of(tx, by, team)
    said = d.Input(act=act, proposer=proposer, source=d.Evidence(trust="entered"), time=moment)
    verdict = services.policy.decide(d.plain(said))
    if failed := next((one.words for one in verdict.reasons if one.rule == FAILED), ""):
        raise Retry(f"policy could not be asked: {failed}", hint="fairlead policy check")
    return verdict


def refused(verdict: Verdict) -> str:
    """Why it does not go out; empty where it does."""
    if verdict.effect == "allow" and not verdict.obligations:
        return ""
    if verdict.effect == "deny":
        return verdict.reasons[0].words if verdict.reasons else "it is denied"
    asked = [one.words for one in verdict.reasons if one.rule in {need.rule for need in verdict.needs}]
    said = asked[0] if asked else f"it obliges to `{verdict.obligations[0].get('kind')}`"
    return f"{said}, and nobody is asked about what goes by itself"
