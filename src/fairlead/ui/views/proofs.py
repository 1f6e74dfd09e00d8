"""Evidence as pages show it: the first records with links, how many more, where all of them are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fairlead.model.figures import Evidence
from fairlead.ui.views.links import page_of, short, urls
from fairlead.ui.visit import Visit

FIRST = 8
"""Records shown at once; the rest waits behind a link."""


@dataclass(frozen=True)
class ProofRecord:
    """One record of the evidence."""

    title: str
    url: str


@dataclass(frozen=True)
class Proof:
    """The evidence of one claim."""

    count: int
    records: tuple[ProofRecord, ...]
    more: int
    all: str


def proof(evidence: Evidence, known: dict[str, str], everything: str) -> Proof:
    """Evidence with the addresses found before; `everything` is where all rows are shown."""
    first = evidence.ids[:FIRST]
    records = tuple(ProofRecord(short(record), known.get(record) or page_of(record)) for record in first)
    return Proof(evidence.count, records, max(evidence.count - len(first), 0), everything)


def addresses(visit: Visit, proofs: list[Evidence]) -> dict[str, str]:
    """Addresses of all records that a page will show, in few queries."""
    wanted: Any = {record for evidence in proofs for record in evidence.ids[:FIRST]}
    return dict(urls(visit.services.warehouse, sorted(wanted)))
