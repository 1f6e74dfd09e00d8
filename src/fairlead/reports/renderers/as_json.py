"""The document as JSON: every claim with its evidence, every figure whole."""

from __future__ import annotations

from typing import Any

from fairlead.model.times import iso
from fairlead.reports.document import Block, Chart, Claim, Document, Empty, FigureBlock, Notice, Table
from fairlead.reports.plain import json_text
from fairlead.reports.renderers.walk import numbered


def render(document: Document) -> str:
    """Indented JSON."""
    return json_text(to_plain(document))


def to_plain(document: Document) -> dict[str, Any]:
    """Plain values, for an API that answers with more than the document."""
    return {
        "kind": document.kind,
        "language": document.language,
        "team": document.team,
        "scope": document.scope,
        "as_of": iso(document.as_of),
        "freshness": document.freshness,
        "title": _claim(document.title),
        "sections": [
            {
                "key": section.key,
                "heading": section.heading,
                "aside": section.aside,
                "blocks": [_block(number, block) for number, block in blocks],
            }
            for section, blocks in numbered(document)
        ],
    }


def _block(number: int | None, block: Block) -> dict[str, Any]:
    match block:
        case Claim():
            return {"kind": "claim", "number": number, **_claim(block)}
        case FigureBlock():
            # beside the numbers, so that whoever shows the JSON need not word them again
            words = {"value": block.value, "change": block.change, "band": block.band, "basis": block.basis}
            return {
                "kind": "figure",
                **block.figure.to_json(),
                "words": {**words, "parts": block.parts, "notes": block.notes},
            }
        case Table():
            return {"kind": "table", **_table(block)}
        case Chart():
            return {"kind": "chart", "name": block.name, **_table(block.table), "spec": block.spec}
        case Notice():
            return {"kind": "notice", "level": block.level, **_claim(block.claim)}
        case Empty():
            return {"kind": "empty", **_claim(block.claim)}


def _table(table: Table) -> dict[str, Any]:
    return {
        "caption": _claim(table.caption),
        "columns": table.columns,
        "rows": [
            # to a program an empty cell is no empty text
            {name: cell.text or None for name, cell in zip(table.columns, row, strict=True)}
            for row in table.rows
        ],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    said: dict[str, Any] = {
        "key": claim.key,
        "text": claim.text,
        "tone": claim.tone,
        "evidence": {
            "ids": list(claim.evidence.ids),
            "count": claim.evidence.count,
            "query": claim.evidence.query,
        },
    }
    # what is empty is left out: most claims have few of these parts
    if claim.title:
        said["title"] = claim.title
    if claim.refs:
        said["refs"] = [{"id": ref.id, "label": ref.label, "url": ref.url} for ref in claim.refs]
    if claim.reasons:
        said["reasons"] = [_claim(reason) for reason in claim.reasons]
    if claim.score:
        said["score"] = {
            "value": claim.score.value,
            "most": claim.score.most,
            "parts": [{"key": part.key, "points": part.points, "most": part.most} for part in claim.score.parts],
        }
    if claim.basis:
        said["basis"] = claim.basis
    if claim.act:
        said["act"] = {"label": claim.act.label, "command": claim.act.command, "url": claim.act.url}
    return said
