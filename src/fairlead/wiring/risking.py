"""The verb `risks`: the register, or one of it with what else it hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.governance import clusters, entering, risking
from fairlead.governance.clusters import trend
from fairlead.governance.risking import WATCHED, blast, told
from fairlead.model.errors import ConfigFault
from fairlead.reports import render
from fairlead.reports.plain import plain
from fairlead.store import decided
from fairlead.store.decided import Row
from fairlead.wiring.replies import Reply, Verb, Words, reply_json
from fairlead.wiring.services import Services

_LISTED = ("id", "state", "score", "trend", "title", "owner", "team", "review")


def propose(services: Services) -> list[str]:
    """Proposes what open signals add up to, by our clusters and the team's own."""
    return risking.propose(services, services.loaded.own_folders("clusters"))


def faults(services: Services) -> list[ConfigFault]:
    """What is wrong with a team's own clusters: a broken one proposes nothing."""
    return clusters.read(services.loaded.own_folders("clusters"))[1]


def answer_risks(services: Services, words: Words) -> Reply:
    """The register, or one risk with what else it hits."""
    as_json = words.get("form") == "json"
    if said := words.get("risk", ""):
        row = entering.one(services, "risks", said)
        hit = blast(services.warehouse, row)
        return reply_json({**told(row), "blast": hit}) if as_json else Reply(_shown(row, hit))
    with services.database.read() as tx:
        rows = decided.listed(tx, "risks")
    state, team = words.get("state", ""), entering.team_id(words.get("team", ""))
    # what is over is asked for by name
    wanted = (state,) if state else ("proposed", *WATCHED)
    rows = [row for row in rows if row["state"] in wanted and (not team or row["team"] == team)]
    rows.sort(key=lambda row: (-(row["score"] or 0), row["id"]))
    if as_json:
        return reply_json([told(row) for row in rows])
    shown = [_row(row) for row in rows]
    table = render.rows(
        _LISTED, shown, cut=False, width=int(words.get("width") or 0), colour=bool(words.get("colour"))
    )
    return Reply(
        table if rows else "no risk is known: `fairlead risks propose` looks for some among the open signals"
    )


def _row(row: Row) -> dict[str, Any]:
    score = f"{row['likelihood']}x{row['impact']}={row['score']:g}" if row["score"] else ""
    return {
        "id": row["id"], "state": row["state"], "score": score, "trend": trend(row["scores"] or ()),
        "title": plain(row["title"]), "owner": row["owner"], "team": (row["team"] or "").removeprefix("team:"),
        "review": f"{row['review_at']:%Y-%m-%d}" if row["review_at"] else "",
    }  # fmt: skip


def _shown(row: Row, hit: Sequence[Mapping[str, Any]]) -> str:
    lines = [f"{row['id']}: {plain(row['title'])} ({row['state']})", ""]
    for name, value in told(row).items():
        if name not in ("id", "title", "state") and value not in (None, "", (), []):
            shown = ", ".join(map(plain, value)) if isinstance(value, list | tuple) else plain(str(value), 2000)
            lines.append(f"{name + ':':16}{shown}")
    lines += [
        f"{'also hit:' if not index else '':16}{one['id']} ({plain(one['why'])})" for index, one in enumerate(hit)
    ]
    return "\n".join(lines)


VERBS: Mapping[str, Verb] = {"risks": answer_risks}
