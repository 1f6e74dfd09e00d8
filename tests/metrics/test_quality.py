"""Findings about the data: each lack is named with its rows, and goes once the data are there."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.metrics.quality import Finding, findings
from fairlead.metrics.warehouse import Warehouse


@pytest.fixture(scope="module")
def lacking(shared_company: Any) -> Warehouse:
    """A repository with one of each lack, and one that nobody deploys."""
    company = shared_company
    for day in range(1, 6):
        company.change(day)
        company.deployment(day, company.merge(day), company.at(day, 20))
    company.change(6, first_commit_at=None)
    company.change(7, author=None)
    company.change(8, author="github:@stranger")
    company.deployment(9, None, company.at(9, 20))
    company.source.put("changes", {
        "id": "github:acme/site#1", "repository": "github:acme/site", "number": 1, "title": "feat: page",
        "author": "github:@kim", "state": "merged", "created_at": company.at(1), "merged_at": company.at(2),
        "base_branch": "main", "head_branch": "page", "source": "github",
    })  # fmt: skip
    company.source.put(
        "incidents",
        {"id": "pager:1", "started_at": company.at(3), "source": "pager"},
        {"id": "pager:2", "started_at": company.at(4), "caused_by_deployment": "no/such", "source": "pager"},
    )
    company.source.put("sources", {
        "id": "github", "tool": "github", "name": "github", "last_event_at": company.at(9),
    })  # fmt: skip
    company.source.put("sync_runs", {
        "id": "sync:1", "source": "github", "started_at": company.at(9), "finished_at": company.at(9, 1),
        "result": "partial",
    })  # fmt: skip
    return company.warehouse()  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def found(lacking: Warehouse) -> list[Finding]:
    """All findings of it."""
    return findings(lacking)


@pytest.mark.parametrize(("kind", "subject", "identity"), [
    ("repository-without-deployments", "github:acme/site", "github:acme/site#1"),
    ("deployments-without-commit", "github:acme/pay", "github:acme/pay/deployment/9"),
    ("changes-without-commits", "github:acme/pay", "github:acme/pay#6"),
    ("changes-without-author", "github:acme/pay", "github:acme/pay#7"),
    ("unresolved-authors", "accounts", "github:@stranger"),
    ("incidents-without-service", "pager", "pager:1"),
    ("incident-names-unknown-deployment", "pager", "pager:2"),
    ("source-silent", "github", "github"),
])  # fmt: skip
def test_each_lack_is_named(kind: str, subject: str, identity: str, found: list[Finding]) -> None:
    mine = [finding for finding in found if (finding.kind, finding.subject) == (kind, subject)]
    assert len(mine) == 1, sorted((finding.kind, finding.subject) for finding in found)
    assert identity in mine[0].evidence.ids


def test_every_finding_gives_its_rows(lacking: Warehouse, found: list[Finding]) -> None:
    for finding in found:
        rows = lacking.readonly(finding.evidence.query, owner=True).rows
        assert len(rows) == finding.evidence.count, finding.kind
        assert finding.effect and finding.evidence.ids


def test_findings_name_figures_that_exist(lacking: Warehouse, found: list[Finding]) -> None:
    assert {name for finding in found for name in finding.figures} <= lacking.catalogue.keys()


def test_the_worst_stand_first(found: list[Finding]) -> None:
    order = [("wrong", "partial", "note").index(finding.severity) for finding in found]
    assert order == sorted(order)


def test_absent_kinds_of_records_are_said(found: list[Finding]) -> None:
    kinds = {finding.kind for finding in found}
    assert {"no-builds", "no-coverage"} <= kinds
    assert not kinds & {"no-incidents", "no-changes"}
