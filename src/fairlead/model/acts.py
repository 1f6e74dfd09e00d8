"""Acts: every kind of write to the outside world, with exactly what it needs. An approval is bound to these bytes.

What an act is done to is named by record id, people by account id (`github:@kim`): the connector of the source turns
both into the tool's own words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias, cast, get_args

import msgspec

from fairlead.model.typed import ready

Said = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000_000)]
"""What is said to people: something, and no more than any tool takes; each tool's own limit its connector knows."""
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
LabelName = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    pass


class Comment(_Act, frozen=True, kw_only=True, tag="comment"):
    """A comment on a change, an issue or an incident."""

    subject: str
    body: Said


class DeleteComment(_Act, frozen=True, kw_only=True, tag="delete_comment"):
    """A comment taken back: how `Comment` is undone, and no other comment than one of ours is meant."""

    subject: str
    comment: str
    """The tool's own id of it."""


class Label(_Act, frozen=True, kw_only=True, tag="label"):
    """Labels put on and taken off."""

    subject: str
    add: tuple[LabelName, ...] = ()
    remove: tuple[LabelName, ...] = ()


class RequestReview(_Act, frozen=True, kw_only=True, tag="request_review"):
    """People and teams asked for a review."""

    subject: str
    reviewers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


class WithdrawReview(_Act, frozen=True, kw_only=True, tag="withdraw_review"):
    """Requests for a review taken back: how `RequestReview` is undone."""

    subject: str
    reviewers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


class Assign(_Act, frozen=True, kw_only=True, tag="assign"):
    """Who has a work item, a change or an incident."""

    subject: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class Transition(_Act, frozen=True, kw_only=True, tag="transition"):
    """A work item or incident moved to another status."""

    subject: str
    to: str


class CreateIssue(_Act, frozen=True, kw_only=True, tag="create_issue"):
    """A new issue in a repository or project."""

    place: str
    """Id of the repository, or of the project like `jira:ACME`."""
    title: Title
    body: str = ""
    type: str = ""
    labels: tuple[LabelName, ...] = ()
    assignees: tuple[str, ...] = ()


class EditIssue(_Act, frozen=True, kw_only=True, tag="edit_issue"):
    """Fields of an issue set anew; what is empty stays."""

    subject: str
    title: str = ""
    body: str = ""
    due: str = ""
    """Day, like `2026-10-14`."""


class MoveInto(_Act, frozen=True, kw_only=True, tag="move_into"):
    """A work item put into a sprint or under a milestone, or taken out of where it is."""

    subject: str
    into: str
    """Id of the sprint or milestone; `sprint` and `milestone` alone take it out of the one that it is in."""


class PostMessage(_Act, frozen=True, kw_only=True, tag="post_message"):
    """A message to a channel or a person."""

    channel: str
    text: str
    thread: str = ""
    blocks: tuple[Mapping[str, Any], ...] = ()


class UpdateMessage(_Act, frozen=True, kw_only=True, tag="update_message"):
    """A message that was posted before, set anew."""

    channel: str
    message: str
    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()


class OpenIncident(_Act, frozen=True, kw_only=True, tag="open_incident"):
    """An incident opened for a service."""

    place: str
    """Id of the tool's service, or of the repository that keeps incidents as issues."""
    title: Title
    body: str = ""
    urgency: Literal["high", "low"] = "high"


class PageSomebody(_Act, frozen=True, kw_only=True, tag="page"):
    """Whoever is on call is woken."""

    place: str
    title: Title
    body: str = ""
    severity: Literal["critical", "error", "warning", "info"] = "critical"


class Rerun(_Act, frozen=True, kw_only=True, tag="rerun"):
    """A build run again."""

    subject: str
    failed_only: bool = True


class Merge(_Act, frozen=True, kw_only=True, tag="merge"):
    """A change merged at the head that was looked at, and at no other."""

    subject: str
    head_sha: str
    method: Literal["merge", "squash", "rebase"] = "squash"


class CallWebhook(_Act, frozen=True, kw_only=True, tag="webhook"):
    """A signed webhook (Standard Webhooks) to an address of the settings."""

    hook: str
    """Name in `[webhooks]`."""
    event: str
    data: Mapping[str, Any] = msgspec.field(default_factory=dict)


Act: TypeAlias = (
    Comment | DeleteComment | Label | RequestReview | WithdrawReview | Assign | Transition | CreateIssue | EditIssue
    | MoveInto     | PostMessage | UpdateMessage | OpenIncident | PageSomebody | Rerun | Merge | CallWebhook
)  # fmt: skip


ready(Act)

ACTS: Mapping[str, type[_Act]] = MappingProxyType({str(kind.__struct_config__.tag): kind for kind in get_args(Act)})
"""Kind -> act."""


def kind_of(act: Act) -> str:
    """Its kind, like `request_review`."""
    return str(act.__struct_config__.tag)


def read_act(said: Mapping[str, Any]) -> Act:
    """An act from plain values; raises `msgspec.ValidationError` with the path of what is wrong."""
    return cast(Act, msgspec.convert(said, Act))


def subject_of(act: Act) -> str:
    """Record that it is done to, else the place where it makes something new; empty for messages and webhooks."""
    return str(getattr(act, "subject", "") or getattr(act, "place", ""))


def canonical(act: Act, tool: str) -> bytes:
    """The bytes of an act in a source: the same values always give the same bytes."""
    # by RFC 8785: whoever verifies an export must come to the same bytes with tools of their own
    import rfc8785

    return rfc8785.dumps({"act": msgspec.to_builtins(act), "tool": tool})


def digest(act: Act, tool: str) -> str:
    """What an approval is bound to."""
    return hashlib.sha256(canonical(act, tool)).hexdigest()
