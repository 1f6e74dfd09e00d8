"""What an act does, in a sentence that whoever decides can read before the exact requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fairlead.model.acts import Act, kind_of

_LONGEST = 160


def title(act: Act, tool: str) -> str:
    """The sentence."""
    said = _SENTENCES.get(kind_of(act), lambda one: kind_of(one).replace("_", " "))(act)
    words = " ".join(str(said).split())
    return f"{words[: _LONGEST - 1]}…" if len(words) > _LONGEST else words or f"{kind_of(act)} in {tool}"


def _both(verb: str, names: Sequence[str]) -> str:
    return f"{verb} {', '.join(names)}" if names else ""


def _changed(act: Any, put: str, take: str) -> str:
    parts = (_both(put, act.add), _both(take, act.remove))
    return f"{' and '.join(filter(None, parts))} on {act.subject}"


_SENTENCES: dict[str, Any] = {
    "comment": lambda act: f"comment on {act.subject}: {act.body}",
    "delete_comment": lambda act: f"delete our comment on {act.subject}",
    "label": lambda act: _changed(act, "put label", "take label"),
    "request_review": lambda act: f"ask {', '.join((*act.reviewers, *act.teams))} to review {act.subject}",
    "withdraw_review": lambda act: (
        f"take the request to {', '.join((*act.reviewers, *act.teams))} back on {act.subject}"
    ),
    "assign": lambda act: _changed(act, "assign", "unassign"),
    "transition": lambda act: f"move {act.subject} to {act.to}",
    "create_issue": lambda act: f"create an issue in {act.place}: {act.title}",
    "edit_issue": lambda act: f"edit {act.subject}{f', due {act.due}' if act.due else ''}",
    "move_into": lambda act: (
        f"take {act.subject} out of its {act.into}"
        if act.into in ("sprint", "milestone")
        else f"move {act.subject} into {act.into}"
    ),
    "post_message": lambda act: f"post to {act.channel}: {act.text}",
    "update_message": lambda act: f"change our message in {act.channel} to: {act.text}",
    "open_incident": lambda act: f"open an incident for {act.place}: {act.title}",
    "page": lambda act: f"page whoever is on call for {act.place}: {act.title}",
    "rerun": lambda act: f"run {act.subject} again{', what failed alone' if act.failed_only else ''}",
    "merge": lambda act: f"merge {act.subject} at {act.head_sha[:12]} ({act.method})",
    "webhook": lambda act: f"call the webhook {act.hook}: {act.event}",
}
