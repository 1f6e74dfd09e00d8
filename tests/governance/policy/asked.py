"""Input documents as tests say them: usual ones, of which a test names what matters to it."""

from __future__ import annotations

from typing import Any

from fairlead.governance.policy import document as d

DIGEST = "5c1f"
NOW_NS = 1_795_255_200_000_000_000


def kim(role: d.Role = "member") -> d.Proposer:
    return d.Proposer(id="person:kim", kind="person", role=role, roles={"team:payments": role})


def word(by: str, role: d.Role = "member", digest: str = DIGEST, **more: Any) -> d.ApprovalSaid:
    return d.ApprovalSaid(by=by, role=role, digest=digest, **more)


def asked(
    kind: str = "comment", *, proposer: d.Proposer | None = None, act: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A member's act on an open change, in working hours, on what was read from the tool."""
    said = {
        "kind": kind, "tool": "github", "subject": "github:acme/payments#42", "team": "team:payments",
        "digest": DIGEST, **(act or {}),
    }  # fmt: skip
    usual: dict[str, Any] = {
        "subject": d.Subject(
            known=True, id="github:acme/payments#42", kind="change", state="open", repository="github:acme/payments"
        ),
        "source": d.Evidence(trust="read"),
        "time": d.Moment(now_ns=NOW_NS, hour=11),
    }
    return d.plain(d.Input(act=d.ActSaid(**said), proposer=proposer or kim(), **{**usual, **more}))
