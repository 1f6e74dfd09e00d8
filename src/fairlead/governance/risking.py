"""Risks of a home: proposed from open signals, accepted and watched by people, closed with evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairlead.connectors.kit.decided import risk_entered
from fairlead.connectors.kit.entered import meant
from fairlead.governance import clusters, entering
from fairlead.governance.clusters import Proposal, trend
from fairlead.governance.entering import Home
from fairlead.governance.ledger.entries import Entry
from fairlead.model.errors import Skip
from fairlead.model.patch import Patch
from fairlead.model.records.judgement import Risk
from fairlead.model.times import entered_at, iso
from fairlead.store import decided, records, signals
from fairlead.store.database import Transaction
from fairlead.store.decided import Row
from fairlead.store.statements import prepare

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

RESPONSES = ("avoid", "mitigate", "transfer", "accept")
CATEGORIES = ("delivery", "quality", "operation", "security", "people", "dependency")
_TOLD = (
    "id", "title", "category", "state", "likelihood", "impact", "score", "owner", "team", "service", "response",
    "mitigation", "signals", "made_from", "scores", "review_at", "reviewed_at", "accepted_until", "closed_at",
    "evidence",
)  # fmt: skip
_MOST_SIGNALS = 100_000
WATCHED = ("open", "accepted")
"""States of a risk that somebody looks after."""


def propose(home: Home, folders: Iterable[Path] = ()) -> list[str]:
    """Proposes what open signals add up to; gives the ids of risks that are new or have grown.

    Of a cluster and its place there is one risk at a time: one that is watched stays as its owner has it, one that
    was refused is not proposed again while it does not score higher.
    """
    found, _ = clusters.read(folders)
    now = home.clock.now()
    with home.database.read() as tx:
        heard = signals.listed(tx, signals.Wanted(), now, limit=_MOST_SIGNALS)
    made = clusters.proposals(found.values(), heard)
    told = []
    with home.database.begin() as tx:
        home.database.take_turn(tx)
        for proposal in made:
            if record := _put(home, tx, proposal, now):
                told.append(record)
    return told


def _put(home: Home, tx: Transaction, made: Proposal, now: datetime) -> str:
    """Writes a proposal, unless it says nothing new; gives the id of its risk."""
    held = [row for row in decided.made_from(tx, [made.made_from]) if row["state"] != "closed"]
    score = made.likelihood * made.impact
    fields: dict[str, Any] = {
        "title": made.title, "category": made.category, "team": made.team or None, "service": made.service or None,
        "likelihood": made.likelihood, "impact": made.impact, "score": float(score), "signals": made.signals,
        "updated_at": now,
    }  # fmt: skip
    if not held:
        record = decided.record_id("risks", decided.next_number(tx, "risks"))
        scores = (_scored(now, made.likelihood, made.impact),)
        risk = Risk(id=record, source="fairlead", created_at=now, made_from=made.made_from, state="proposed",
                    scores=scores, **fields)  # fmt: skip
        records.apply(tx, [Patch(risk, now)])
    else:
        row = held[-1]
        record = row["id"]
        refused = row["state"] == "refused" and score > (row["score"] or 0)
        if row["state"] != "proposed" and not refused:
            return ""
        if row["state"] == "proposed" and row["signals"] == made.signals and row["score"] == score:
            return ""
        scores = (*(row["scores"] or ()), _scored(now, made.likelihood, made.impact))
        again = Risk(id=record, state="proposed", scores=scores, **fields)
        # set whatever was said before: a refusal was of less than this
        records.overrule(tx, [prepare(Patch(again, now))])
    said = {"from": made.made_from, "score": score, "signals": len(made.signals)}
    home.ledger.record(tx, Entry("risk.proposed", record, f"cluster:{made.made_from.partition('/')[0]}", said))
    return record


def add(home: Home, said: Mapping[str, Any], by: str) -> str:
    """Enters a risk by hand; gives its id."""
    if not str(said.get("title") or "").strip():
        raise Skip("a risk needs a title", hint="say cause, event and effect in a sentence")
    record = decided.record_id("risks", entering.number(home, "risks"))
    usual: dict[str, Any] = {"state": "open"}
    if (person := meant(by)).startswith("person:"):
        usual["owner"] = person
    _enter(home, record, None, {**usual, **said}, by, "added")
    return record


def change(home: Home, risk: str, said: Mapping[str, Any], by: str, what: str = "edited") -> str:
    """Sets fields of a risk; gives its id."""
    row = entering.one(home, "risks", risk)
    if not {name for name, value in said.items() if value is not None}:
        raise Skip("nothing to change was said", hint="name a field, like --likelihood 2")
    _enter(home, row["id"], row, said, by, what)
    return str(row["id"])


def accept(home: Home, risk: str, said: Mapping[str, Any], by: str) -> str:
    """A person takes a proposed risk on: it is watched from now on, or accepted as it is until a day."""
    row = entering.one(home, "risks", risk)
    if row["state"] not in ("proposed", "open", "accepted", "refused"):
        raise Skip(f"{row['id']} is {row['state']}", hint="add a new one")
    owner = said.get("owner") or row["owner"] or (meant(by) if meant(by).startswith("person:") else "")
    if not owner:
        raise Skip("a risk needs an owner", hint="say who watches it: --owner person:noor")
    state = "accepted" if said.get("accepted_until") else "open"
    # all that the proposal said goes along: a replay into an empty store has no signals to propose it from
    kept = {name: row[name] for name in ("title", "category", "team", "service", "likelihood", "impact", "signals",
                                         "made_from", "scores") if row[name] not in (None, (), "")}  # fmt: skip
    given = {name: value for name, value in said.items() if value is not None}
    _enter(home, row["id"], row, {**kept, **given, "owner": owner, "state": state}, by, "accepted")
    return str(row["id"])


def refuse(home: Home, risk: str, reason: str, by: str) -> str:
    """A person says that it is no risk, and why; it is proposed again only if it gets worse."""
    row = entering.one(home, "risks", risk)
    if row["state"] != "proposed":
        raise Skip(f"{row['id']} is {row['state']}", hint="only a proposed risk is refused; close it with evidence")
    if not reason.strip():
        raise Skip("say why it is none", hint="--reason 'covered by the freeze'")
    return change(home, row["id"], {"state": "refused", "evidence": [reason]}, by, "refused")


def close(home: Home, risk: str, evidence: Sequence[str], by: str) -> str:
    """A person says that it is over, with the records that show it."""
    row = entering.one(home, "risks", risk)
    if row["state"] not in WATCHED:
        raise Skip(f"{row['id']} is {row['state']}, it is not watched")
    shown = [one.strip() for one in evidence if one.strip()]
    if not shown:
        raise Skip("a risk closes with evidence", hint="name records or addresses that show it: --evidence ID")
    said = {"state": "closed", "closed_at": entered_at(home.clock), "evidence": shown}
    return change(home, row["id"], said, by, "closed")


def review(home: Home, risk: str, said: Mapping[str, Any], by: str) -> str:
    """A person has looked at it again, perhaps with another score; gives its id."""
    return change(home, risk, {**said, "reviewed_at": entered_at(home.clock)}, by, "reviewed")


def _enter(home: Home, record: str, row: Row | None, said: Mapping[str, Any], by: str, what: str) -> None:
    given = {name: value for name, value in said.items() if value is not None}
    for name, known in (("response", RESPONSES), ("category", CATEGORIES)):
        if given.get(name) and given[name] not in known:
            raise Skip(f"no {name} {given[name]!r:.80}", hint=f"there are: {', '.join(known)}")
    likelihood, impact = (given.get(name, row[name] if row else None) for name in ("likelihood", "impact"))
    # what is no number of the scale is refused by whoever reads it
    if ("likelihood" in given or "impact" in given) and type(likelihood) is int and type(impact) is int:
        before = tuple(given.get("scores") or (row["scores"] if row else None) or ())
        scored = _scored(entered_at(home.clock), likelihood, impact)
        given["score"] = float(likelihood * impact)
        # a score that is confirmed is no step of the trend
        same = bool(before) and before[-1].rpartition(" ")[2] == scored.rpartition(" ")[2]
        given["scores"] = before if same else (*before, scored)
    entering.enter(home, risk_entered, record, what, given, by)


def _scored(at: datetime, likelihood: int, impact: int) -> str:
    return f"{at:%Y-%m-%d} {likelihood}x{impact}"


def told(row: Row) -> dict[str, Any]:
    """A risk as plain values."""
    found = {name: row[name] for name in _TOLD}
    plain_values = {name: iso(value) if isinstance(value, datetime) else value for name, value in found.items()}
    return {**plain_values, "trend": trend(row["scores"] or ()), "band": band(row["score"])}


def band(score: float | None) -> str:
    """`low` up to 6, `medium` up to 12, `high` above; empty without a score."""
    return "" if not score else "low" if score <= 6 else "medium" if score <= 12 else "high"


_BLAST = """
with known as (
    select service as id, repository, team from setup_services
    union all
    select id, repository, team from services
    where deleted_at is null and id not in (select service from setup_services)
), mine as (
    select * from known where id = $service or ($service = '' and team = $team and $team <> '')
)
select s.id, 'service' as kind, 'shares ' || s.repository as why
from known s join mine on mine.repository = s.repository and mine.id <> s.id and s.repository <> ''
union
select d.from_team, 'team', coalesce(d.title, d.work_item, 'a dependency') from team_dependencies d
where d.deleted_at is null and d.delivered_at is null
    and d.to_team in (select $team union select team from mine where team is not null)
union
select i.id, 'incident', 'is open' from incidents i join mine on mine.id = i.service
where i.deleted_at is null and i.resolved_at is null
order by 2, 1
"""


def blast(warehouse: Warehouse, row: Row) -> list[dict[str, Any]]:
    """What else is hit when it happens: services of the same repository, teams that wait, incidents that run."""
    return warehouse.rows(_BLAST, {"service": row["service"] or "", "team": row["team"] or ""})
