"""What Fairlead concludes, proposes and does, and what people decide: written by its own rooms, never by a tool.

No connector and no import fills the tables of signals, actions and approvals: whoever may bring records in must not
thereby give a permission.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET

from fairlead.model.records.kinds import (
    Flag,
    Number,
    OneOf,
    PersonId,
    PersonText,
    Record,
    Refers,
    ServiceId,
    TeamId,
    Text,
    Texts,
    Time,
    Whole,
)
from fairlead.model.records.operation import SEVERITIES

SIGNAL_STATES = ("pending", "open", "unknown", "resolved")
"""`pending` until it has held for the rule's `for`; `unknown` where what the rule needs is not known or not fresh."""
ACTION_STATES = (
    "proposed", "waiting", "approved", "denied", "expired", "withdrawn", "executing", "done", "failed", "unknown",
    "undone",
)  # fmt: skip
"""`waiting` for approvals; `unknown` where nobody can tell whether the tool did it: a person has to look."""
RISK_STATES = ("proposed", "open", "accepted", "closed", "refused")
DECISION_STATES = ("proposed", "accepted", "superseded", "withdrawn")
SignalId = Annotated[Text, Refers("signals")]
ActionId = Annotated[Text, Refers("actions")]


class Signal(Record, frozen=True):
    """Something that a rule holds of a subject: one row for each rule and fingerprint."""

    rule: Text = UNSET
    """Id of the rule."""
    rule_version: Text = UNSET
    """Version of the rule that last judged it."""
    monitored: Flag = UNSET
    """Whether the rule is only watched: such a signal is told to nobody."""
    subject_kind: Text = UNSET
    """Subject of the rule, like `change`."""
    subject: Text = UNSET
    """Id of the record that it is about."""
    fingerprint: Text = UNSET
    """What makes it the same signal when it is judged again."""
    team: TeamId = UNSET
    """Team concerned."""
    owner: Text = UNSET
    """Who answers for the rule."""
    title: Text = UNSET
    """What is the matter, in a sentence."""
    severity: Annotated[Text, OneOf(SEVERITIES)] = UNSET
    """`critical`, `high`, `medium` or `low`."""
    urgency: Annotated[Text, OneOf(("high", "low"))] = UNSET
    """Whether it has to be seen to at once."""
    impact: Annotated[Text, OneOf(("high", "low"))] = UNSET
    """How much hangs on it."""
    response: Text = UNSET
    """What urgency and impact ask for: `escalate`, `quick_fix`, `plan` or `backlog`."""
    blocker: Text = UNSET
    """Class of a blocker: `technical`, `decision`, `capacity` or `dependency`; else empty."""
    state: Annotated[Text, OneOf(SIGNAL_STATES)] = UNSET
    """`pending`, `open`, `unknown` or `resolved`."""
    reason: Text = UNSET
    """Of an unknown one: what is not known. Of a resolved one: how it ended."""
    values: Text = UNSET
    """What the rule read, as JSON."""
    cause: SignalId = UNSET
    """Signal at the root of the chain that this one belongs to."""
    pending_at: Time = UNSET
    """Since when the condition has held."""
    opened_at: Time = UNSET
    """When it was last opened."""
    clearing_at: Time = UNSET
    """Since when the condition has no longer held, until that has lasted for `clear_for`."""
    resolved_at: Time = UNSET
    """When it was resolved."""
    times_opened: Whole = UNSET
    """How often it has been opened."""
    acknowledged_at: Time = UNSET
    """When somebody took it on."""
    acknowledged_by: PersonId = UNSET
    """Who."""
    snoozed_until: Time = UNSET
    """Until when nobody wants to hear of it."""
    snoozed_by: PersonId = UNSET
    """Who said so."""
    snooze_reason: Text = UNSET
    """Why."""
    level: Whole = UNSET
    """Step of the escalation that was last reached; 0 at the first."""
    chain: Text = UNSET
    """The escalation as it was when the signal was opened, as JSON."""
    next_level_at: Time = UNSET
    """When the next step is due."""


class SignalEvent(Record, frozen=True):
    """Something that happened to a signal."""

    signal: SignalId = UNSET
    """The signal."""
    at: Time = UNSET
    """When."""
    kind: Text = UNSET
    """`opened`, `changed`, `acknowledged`, `snoozed`, `woken`, `escalated`, `resolved`, `reopened`, `unknown` ..."""
    by: PersonId = UNSET
    """Who did it; empty where a rule did."""
    detail: Text = UNSET
    """More about it, as JSON."""


class Action(Record, frozen=True):
    """A write to the outside world, from its proposal to its result."""

    kind: Text = UNSET
    """What is to be done, like `comment` or `merge`."""
    tool: Text = UNSET
    """Source in which it is to be done, like `github`."""
    subject: Text = UNSET
    """Id of the record that it is done to; empty where it makes something new."""
    team: TeamId = UNSET
    """Team concerned."""
    title: Text = UNSET
    """What will be done, in a sentence."""
    arguments: Text = UNSET
    """All of it, as canonical JSON."""
    digest: Text = UNSET
    """SHA-256 of kind, tool and arguments: what an approval is bound to."""
    asked: Text = UNSET
    """The same hash of what was asked for, before policies took anything out of it."""
    why: Text = UNSET
    """Reason given by who proposed it."""
    signal: SignalId = UNSET
    """Signal that it answers."""
    opening: Whole = UNSET
    """Which opening of that signal, counted from 1."""
    proposed_by: PersonText = UNSET
    """Person, agent or `rule:<id>`."""
    proposed_at: Time = UNSET
    """When."""
    state: Annotated[Text, OneOf(ACTION_STATES)] = UNSET
    """How far it has come."""
    needs: Text = UNSET
    """Approvals that policy asks for, as JSON."""
    reasons: Texts = UNSET
    """What policy said, by rule."""
    policy_version: Text = UNSET
    """Policies that judged it."""
    expires_at: Time = UNSET
    """When the proposal lapses."""
    not_before: Time = UNSET
    """Before when it must not be done."""
    attempts: Whole = UNSET
    """How often it was tried."""
    started_at: Time = UNSET
    """When the last try began."""
    finished_at: Time = UNSET
    """When it was done or given up."""
    result: Text = UNSET
    """What the tool answered, as JSON."""
    calls: Text = UNSET
    """The requests to the tool as they were shown to whoever approved, as JSON."""
    undo: Text = UNSET
    """The act that takes it back, as JSON; empty where the tool cannot."""
    error: Text = UNSET
    """Why the last try failed."""
    undoes: ActionId = UNSET
    """Action that this one takes back."""


class Approval(Record, frozen=True):
    """A person's word on an action."""

    action: ActionId = UNSET
    """The action."""
    digest: Text = UNSET
    """Digest of what was shown when the word was given."""
    person: PersonId = UNSET
    """Who."""
    role: Text = UNSET
    """Role by which they may."""
    on_behalf_of: PersonId = UNSET
    """Who had handed the right over."""
    verdict: Annotated[Text, OneOf(("approved", "refused", "rejected"))] = UNSET
    """`approved`, `refused`, or `rejected` where the word did not count."""
    reason: Text = UNSET
    """Why, in the person's words, or why it did not count."""
    how: Text = UNSET
    """`web`, `slack`, `cli` or `api`."""
    broke_glass: Flag = UNSET
    """Whether it overrode policy in an emergency."""
    at: Time = UNSET
    """When."""


class Decision(Record, frozen=True):
    """A decision with its context."""

    number: Whole = UNSET
    """Number within the log."""
    title: Text = UNSET
    """What was decided."""
    state: Annotated[Text, OneOf(DECISION_STATES)] = UNSET
    """`proposed`, `accepted`, `superseded` or `withdrawn`."""
    context: Text = UNSET
    """What made it necessary."""
    options: Texts = UNSET
    """What was weighed."""
    rationale: Text = UNSET
    """Why this one."""
    owner: PersonId = UNSET
    """Who answers for it."""
    team: TeamId = UNSET
    """Team concerned."""
    links: Texts = UNSET
    """Ids and addresses that belong to it."""
    decided_at: Time = UNSET
    """When."""
    review_at: Time = UNSET
    """When to look at it again."""
    reviewed_at: Time = UNSET
    """When somebody last did."""
    superseded_by: Annotated[Text, Refers("decisions")] = UNSET
    """Decision that took its place."""


class Risk(Record, frozen=True):
    """Something that may happen, who watches it and what is done about it."""

    title: Text = UNSET
    """Cause, event and effect in a sentence."""
    category: Text = UNSET
    """`delivery`, `quality`, `operation`, `security`, `people` or `dependency`."""
    state: Annotated[Text, OneOf(RISK_STATES)] = UNSET
    """`proposed`, `open`, `accepted`, `closed` or `refused`."""
    likelihood: Whole = UNSET
    """1 to 5."""
    impact: Whole = UNSET
    """1 to 5."""
    score: Number = UNSET
    """Likelihood times impact."""
    owner: PersonId = UNSET
    """Who watches it."""
    team: TeamId = UNSET
    """Team concerned."""
    service: ServiceId = UNSET
    """Service concerned."""
    response: Text = UNSET
    """`avoid`, `mitigate`, `transfer` or `accept`."""
    mitigation: Text = UNSET
    """What is done about it."""
    signals: Texts = UNSET
    """Signals that it was proposed from."""
    made_from: Text = UNSET
    """Cluster of signals that proposed it; empty where a person wrote it."""
    scores: Texts = UNSET
    """Every score that it was given, the oldest first, like `2026-11-21 4x3`."""
    review_at: Time = UNSET
    """When to look at it again."""
    reviewed_at: Time = UNSET
    """When somebody last did."""
    accepted_until: Time = UNSET
    """Until when it is accepted as it is."""
    closed_at: Time = UNSET
    """When it was closed."""
    evidence: Texts = UNSET
    """Ids that show why it was closed."""
