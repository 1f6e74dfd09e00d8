"""Evidence as pages show it: the first records with links, how many more, where all of them are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fairlead.model.figures import Evidence
from fairlead.ui.views.links import Known, known, page_for, short
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


def proof(visit: Visit, evidence: Evidence, found: Mapping[str, Known], everything: str) -> Proof:
    """Evidence with the addresses found before; `everything` is where all rows are shown."""
    first = evidence.ids[:FIRST]
    records = tuple(_record(visit, record, found.get(record)) for record in first)
    return Proof(evidence.count, records, max(evidence.count - len(first), 0), everything)


def _record(visit: Visit, record: str, found: Known | None) -> ProofRecord:
    # A definition or a report is no record: it is named, and its page is where its rows are.
    if found is None:
        return ProofRecord(record, "")
    return ProofRecord(short(record), found.url or page_for(visit, record))


def addresses(visit: Visit, proofs: list[Evidence]) -> Mapping[str, Known]:
    """Addresses of all records that a page will show, in few queries."""
    # Only what will be shown: evidence may hold fifty ids, a page shows eight.
    wanted = {record for evidence in proofs for record in evidence.ids[:FIRST]}
    return known(visit.services.warehouse, sorted(wanted))
