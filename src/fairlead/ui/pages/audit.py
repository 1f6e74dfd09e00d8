"""Audit: the ledger of what was decided and done, what the auditor saw of it, and the proof for one entry."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from fairlead.governance.ledger.auditing import Audit, last
from fairlead.governance.ledger.checkpoints import in_force
from fairlead.governance.ledger.proving import Proof, prove
from fairlead.governance.ledger.telling import COLUMNS, Told, entry, listed
from fairlead.model.errors import Fault, Skip
from fairlead.model.times import parse_time
from fairlead.store import ledger as kept
from fairlead.ui.misnamed import Misnamed, choice
from fairlead.ui.noted import note
from fairlead.ui.page import Page
from fairlead.ui.rights import allowed, sees_people
from fairlead.ui.views.grids import Cell, Column, Grid, grid
from fairlead.ui.visit import Visit

_PER_PAGE = 50


def show(visit: Visit) -> Response:
    """The newest entries, by kind, subject or person; of one of them everything."""
    people, number = sees_people(visit), _number(visit, "entry")
    with visit.services.database.read() as tx:
        size, seen, signed = kept.size(tx), last(tx), kept.last_checkpoint(tx)
        try:
            key = in_force(tx)
        except Fault:  # the auditor tells why; the page must still be there to say so
            key = None
        kinds = kept.kinds(tx)
        wanted: dict[str, Any] = {"kind": choice(visit, "kind", kinds), "subject": visit.said("subject").strip()}
        wanted["person"] = visit.said("person").strip()
        before = _number(visit, "before")
        found = listed(tx, **wanted, before=before, limit=_PER_PAGE, people=people)
        one = None if number is None else _one(visit, tx, number, people=people)
        proof = None if one is None else _proof(tx, one)
    if people:
        note(visit, COLUMNS, len(found) + (one is not None))
    older = visit.scope.link("/audit", **wanted, before=found[-1].index) if len(found) == _PER_PAGE else ""
    return visit.page(
        "pages/audit.html",
        _title(visit, size, seen),
        entries=_entries(visit, found),
        size=size,
        seen=seen,
        key=str(key.key) if key else "",
        signed=signed,
        kinds=kinds,
        wanted=wanted,
        filtered=any(wanted.values()) or before is not None,
        older=older,
        people=people,
        owner=allowed(visit, "owner"),
        one=one,
        said=json.dumps(one.said, indent=1, ensure_ascii=False) if one and one.said else "",
        proof=proof,
    )


def verify(visit: Visit) -> Response:
    """Looks at all of it now; the page shows what was found."""
    visit.services.ledger.verify()
    return visit.back("/audit")


def _title(visit: Visit, size: int, seen: Audit | None) -> str:
    words, number = visit.words, visit.shown.number(size)
    if not size:
        return words("Nothing was decided or done yet")
    if seen is not None and not seen.ok:
        return words("The ledger is not what was written")
    return words.plural("{n} entry in the ledger", "{n} entries in the ledger", size, n=number)


def _number(visit: Visit, word: str) -> int | None:
    said = visit.said(word)
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and len(said) < 16):
        raise Misnamed(word, said, ["0, 1, 2 …"])
    return int(said)


def _one(visit: Visit, tx: Any, number: int, *, people: bool) -> Told:
    found = entry(tx, number, people=people)
    if found is None:
        raise Misnamed("entry", str(number), [f"0 – {visit.shown.number(max(kept.size(tx) - 1, 0))}"])
    return found


def _proof(tx: Any, one: Told) -> Proof | None:
    try:
        return prove(tx, one.index)
    except Skip:
        # younger than the last checkpoint: the page says so
        return None


def _entries(visit: Visit, found: Sequence[Told]) -> Grid:
    words = visit.words

    def at(row: Mapping[str, Any]) -> Cell:
        moment = parse_time(row["one"].at)
        return Cell(visit.shown.moment(moment) if moment else None, at=moment)

    columns = [
        Column(
            words("Entry"),
            lambda row: Cell(str(row["one"].index), link=visit.scope.link("/audit", entry=row["one"].index)),
            number=True,
        ),
        Column(words("When"), at),
        Column(words("Kind"), lambda row: Cell(row["one"].kind, tight=True)),
        Column(words("About"), lambda row: Cell(row["one"].subject or None)),
        Column(words("By"), lambda row: Cell(row["one"].by, tight=True)),
    ]
    return grid(visit, "/audit", columns, [{"one": one} for one in found])


PAGE = Page(
    "/audit",
    "Audit",
    90,
    show,
    shown="more",
    role="manager",
    acts={"/audit/verify": verify},
    act_role="owner",
    scoped=False,
    reads=("kind", "subject", "person", "before", "entry"),
)
