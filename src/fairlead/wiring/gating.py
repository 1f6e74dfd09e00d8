"""The verb `gates`: what a change, or each change of a sprint, has to show and does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.governance.gates import NAMES, Gate, gates_of, of_sprint, told
from fairlead.model.errors import Abort
from fairlead.reports import render
from fairlead.reports.plain import plain
from fairlead.wiring.replies import Reply, Verb, Words, reply_json
from fairlead.wiring.services import Services


def gates(services: Services, change: str) -> tuple[Gate, ...]:
    """All gates of a change by id, or by how people write it, like `acme/payments#42`."""
    found = gates_of(services.warehouse, change, services.setup)
    if not found:
        sql = "select id from changes where id like '%:' || $said and deleted_at is null order by id limit 2"
        ids = [row["id"] for row in services.warehouse.rows(sql, {"said": change})]
        found = gates_of(services.warehouse, ids[0], services.setup) if len(ids) == 1 else ()
    if not found:
        raise Abort(f"no change `{plain(change)}`", hint="name it like github:acme/payments#42")
    return found


def answer_gates(services: Services, words: Words) -> Reply:
    """Gates of one change, or a line for each change of a sprint."""
    as_json = words.get("form") == "json"
    if sprint := words.get("sprint", ""):
        found = {
            change: gates_of(services.warehouse, change, services.setup) for change in _of_sprint(services, sprint)
        }
        if as_json:
            return reply_json([{"change": change, "gates": told(held)} for change, held in found.items()])
        rows = [{"change": change, **{gate.name: gate.state for gate in held}} for change, held in found.items()]
        return Reply(_table(("change", *NAMES), rows, words) if rows else "no change closes an item of this sprint")
    change = words.get("change", "")
    if not change:
        raise Abort("say which", hint="a change like github:acme/payments#42, or --sprint")
    held = gates(services, change)
    if as_json:
        return reply_json({"change": change, "gates": told(held)})
    shown = [
        {"gate": gate.name, "state": gate.state, "why": plain(gate.why), "evidence": _evidence(gate)} for gate in held
    ]
    return Reply(_table(("gate", "state", "why", "evidence"), shown, words))


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], words: Words) -> str:
    return render.rows(columns, rows, cut=False, width=int(words.get("width") or 0), colour=bool(words.get("colour")))


def _of_sprint(services: Services, sprint: str) -> list[str]:
    sql = "select id from sprints where (id = $said or name = $said) and deleted_at is null order by id limit 2"
    ids = [row["id"] for row in services.warehouse.rows(sql, {"said": sprint})]
    if len(ids) != 1:
        raise Abort(
            f"{'two sprints are' if ids else 'no sprint is'} called `{plain(sprint)}`", hint="name it by its id"
        )
    return of_sprint(services.warehouse, ids[0])


def _evidence(gate: Gate) -> str:
    more = len(gate.evidence) - 2
    return ", ".join(gate.evidence[:2]) + (f" and {more} more" if more > 0 else "")


VERBS: Mapping[str, Verb] = {"gates": answer_gates}


def as_facts(found: tuple[Gate, ...]) -> dict[str, Any]:
    """Name -> state and numbers: how a policy's input names them."""
    return {gate.name: {"state": gate.state, **gate.values} for gate in found}
