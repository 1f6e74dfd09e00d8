"""The input document of policies, version 1: everything that a policy may know of a proposed act.

Field names are a contract: teams write policies against them. A new field is an addition; a changed meaning is a new
version, and policies see which one they were handed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, get_args

import msgspec

from fairlead.model.acts import ACTS
from fairlead.model.typed import ready

VERSION = 1
SUBSCRIPTIONS = ("deliver", "digest")
"""Kinds beside those of acts: a report that comes by itself, and a person's digest; judged where they are ordered."""
KINDS = (*ACTS, *SUBSCRIPTIONS)
_RUN = 40
"""Of the same sign: a pattern that tries all ways to part them has 2 to the 40th."""
RECORDS = ("change", "work_item", "incident", "build", "deployment", "repository", "service", "message")

ProposerKind = Literal["person", "agent", "rule", "operator"]
Role = Literal["", "viewer", "member", "manager", "owner"]
State = Literal["passed", "failed", "pending", "none", "unknown"]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the document."""


class Found(Part, frozen=True, kw_only=True):
    """Something in its texts that must not leave."""

    kind: Literal["secret", "personal"]
    """`secret`, or `personal`: what is known of somebody."""
    name: str
    """What it looks like, like `github-token` or `mail-address`."""
    text: str = ""
    """The words themselves; empty of a secret."""


class ActSaid(Part, frozen=True, kw_only=True):
    """What is to be done, exactly."""

    kind: Annotated[str, msgspec.Meta(examples=list(KINDS))]
    """Kind of act, like `merge`; `deliver` and `digest` are reports and digests, judged where they are ordered."""
    tool: str
    """Source in which it is to be done, like `github`."""
    subject: str = ""
    """Id of the record that it is done to; empty where it makes something new."""
    place: str = ""
    """Repository, project, channel or hook that something new goes to."""
    team: str = ""
    """Id of the team concerned, like `team:payments`."""
    arguments: Mapping[str, Any] = {}
    """All of it, as the act has it."""
    digest: str = ""
    """Hash of act and tool: what an approval is bound to."""
    texts: tuple[str, ...] = ()
    """Every text among the arguments."""
    found: tuple[Found, ...] = ()
    """Secrets and personal data in those texts."""


class Proposer(Part, frozen=True, kw_only=True):
    """Who wants it."""

    id: str
    """Person, agent or `rule:<id>`."""
    kind: ProposerKind
    """`person`, `agent`, `rule`, or `operator`: whoever owns the files."""
    role: Role = ""
    """Highest role for the act's team."""
    roles: Mapping[str, Annotated[str, msgspec.Meta(examples=list(get_args(Role)))]] = {}
    """Team or `*` -> role."""


class Checks(Part, frozen=True, kw_only=True):
    """Builds and checks of the change's head."""

    state: State = "unknown"
    """`passed`, `failed`, `pending`, `none` where nothing ran, or `unknown`."""
    failed: tuple[str, ...] = ()
    """Names of what failed."""
    pending: tuple[str, ...] = ()
    """Names of what still runs."""


class Review(Part, frozen=True, kw_only=True):
    """Reviews by people of the change as it is now."""

    state: Literal["approved", "changes_requested", "waiting", "none", "unknown"] = "unknown"
    """What they come to."""
    approved_by: tuple[str, ...] = ()
    """People who approved; its author and agents never stand here."""
    refused_by: tuple[str, ...] = ()
    """People whose request for changes still stands."""


class Coverage(Part, frozen=True, kw_only=True):
    """Test coverage."""

    percent: float | None = None
    """Lines covered at the head; null where nobody measured."""
    before_percent: float | None = None
    """The same on the base branch."""


class Subject(Part, frozen=True, kw_only=True):
    """The record that it is done to, as it was last seen."""

    known: bool = False
    """Whether there is such a record: of an unknown one every other fact is empty."""
    id: str = ""
    """Its id."""
    kind: Annotated[str, msgspec.Meta(examples=["", *RECORDS])] = ""
    """`change`, `work_item`, `incident`, `build`, `deployment`, `repository`, `service` or `message`."""
    state: str = ""
    """Its state, like `open`."""
    repository: str = ""
    """Id of its repository, like `github:acme/payments`."""
    service: str = ""
    """Id of its service."""
    team: str = ""
    """Id of its team."""
    base_branch: str = ""
    """Branch that a change goes to."""
    protected: bool | None = None
    """Whether that branch is protected; null where it is no change."""
    draft: bool = False
    """Whether a change is still a draft."""
    head_sha: str = ""
    """Head of a change, as last seen."""
    labels: tuple[str, ...] = ()
    """Its labels."""
    size_lines: int | None = None
    """Lines added and removed by a change."""
    author: str = ""
    """Person or account that made it."""
    author_kind: Literal["human", "bot", "agent", "unknown"] = "unknown"
    """Who made it; a change with commits of an agent is an agent's."""
    checks: Checks = Checks()
    """Builds and checks."""
    review: Review = Review()
    """Reviews by people."""
    coverage: Coverage = Coverage()
    """Test coverage."""
    documentation: State = "unknown"
    """Whether documentation came along: `passed` if a file of documentation is touched, `none` if not."""
    performance: State = "unknown"
    """What benchmark checks of the head say, by their name."""
    security_alerts: int | None = None
    """Open security alerts of the repository from the severity of `[thresholds]` on; null where none are read."""


class Evidence(Part, frozen=True, kw_only=True):
    """What the proposal rests on."""

    trust: Literal["signed", "read", "entered", "unsigned"] = "unsigned"
    """`signed` webhook, `read` by ourselves from the tool, `entered` by a person who was signed in, or `unsigned`."""
    signal: str = ""
    """Signal that it answers."""
    unsigned: tuple[str, ...] = ()
    """Records that came unsigned."""


class Excepted(Part, frozen=True, kw_only=True):
    """What goes on in spite of a freeze: all that is named here has to hold."""

    reason: str
    """Why."""
    label: str = ""
    """Label that the subject carries."""
    repository: str = ""
    """Glob of repository ids."""
    team: str = ""
    """Id of a team."""
    kind: str = ""
    """Kind of act."""


class Freeze(Part, frozen=True, kw_only=True):
    """A freeze that is in force now."""

    name: str
    """Name, which is told as `freeze/<name>`."""
    reason: str
    """Why."""
    until_ns: int
    """When it ends."""
    kinds: tuple[str, ...] = ()
    """Kinds of act that it stops."""
    repositories: tuple[str, ...] = ()
    """Globs of repository ids; empty means all."""
    teams: tuple[str, ...] = ()
    """Ids of teams; empty means all."""
    exceptions: tuple[Excepted, ...] = ()
    """What goes on in spite of it."""


class Moment(Part, frozen=True, kw_only=True):
    """When it would be done."""

    now_ns: int
    """Nanoseconds since 1970."""
    time_zone: str = "UTC"
    """Zone of the team."""
    weekday: Annotated[int, msgspec.Meta(ge=1, le=7)] = 1
    """1 for Monday to 7 for Sunday, in that zone."""
    hour: Annotated[int, msgspec.Meta(ge=0, le=23)] = 0
    """Hour there."""
    minute: Annotated[int, msgspec.Meta(ge=0, le=59)] = 0
    """Minute there."""
    working: bool = True
    """Whether the team works now, by its calendar."""
    quiet: bool = False
    """Whether these are quiet hours of `[policy]`."""
    loud_ns: int = 0
    """When quiet hours end; 0 outside them."""
    freezes: tuple[Freeze, ...] = ()
    """Freezes in force."""


class ApprovalSaid(Part, frozen=True, kw_only=True):
    """A word that was given so far."""

    by: str
    """Who."""
    kind: ProposerKind = "person"
    """Whoever is no person does not count."""
    role: Role = ""
    """Role by which they may."""
    digest: str = ""
    """Digest of what they were shown."""
    on_behalf_of: str = ""
    """Who had handed the right over."""


class Emergency(Part, frozen=True, kw_only=True):
    """Somebody breaks the glass."""

    by: str
    """Who."""
    kind: ProposerKind = "person"
    """Nobody but a person can."""
    role: Role
    """Their role for the team."""
    reason: str
    """Why."""


class Input(Part, frozen=True, kw_only=True):
    """All that a policy is handed, as `input`."""

    version: int = VERSION
    """Version of this document."""
    act: ActSaid
    """What is to be done."""
    proposer: Proposer
    """Who wants it."""
    subject: Subject = Subject()
    """What it is done to."""
    source: Evidence = Evidence()
    """What it rests on."""
    time: Moment
    """When."""
    approvals: tuple[ApprovalSaid, ...] = ()
    """Approvals so far."""
    emergency: Emergency | None = None
    """Null, unless somebody breaks the glass."""


ready(Input)


def plain(document: Input) -> dict[str, Any]:
    """The document as plain values, which is what engines take."""
    said = msgspec.to_builtins(document)
    assert isinstance(said, dict)
    return said


def read(said: Mapping[str, Any]) -> Input:
    """A document from plain values; raises `msgspec.ValidationError` with the path of what is wrong."""
    return msgspec.convert(said, Input)


def inputs_hash(said: Mapping[str, Any]) -> str:
    """SHA-256 of a document: the same values give the same hash in whatever order they stand."""
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


def texts_in(arguments: Any) -> Iterator[str]:
    """Every text in an act's arguments, however deep: a token in a block of a message leaves as well as one in it."""
    if isinstance(arguments, str):
        if arguments:
            yield arguments
    elif isinstance(arguments, Mapping):
        for key, value in arguments.items():
            yield from texts_in(key)
            yield from texts_in(value)
    elif isinstance(arguments, list | tuple):
        for value in arguments:
            yield from texts_in(value)


def json_schema() -> dict[str, Any]:
    """JSON Schema of the document, for whoever hands one over."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Fairlead policy input, version {VERSION}",
        **msgspec.json.schema(Input),
    }


def trying(usual: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A document of each kind of act, to try policies on, with texts on which a careless pattern never ends."""
    runs = [sign * _RUN + "!" for sign in "a1 "]
    texts = ["".join(runs), *runs]
    held = dict.fromkeys(("body", "text", "title"), texts[0])
    act = {**usual["act"], "texts": texts, "arguments": {**usual["act"]["arguments"], **held}}
    return [{**usual, "act": {**act, "kind": kind}} for kind in KINDS]
