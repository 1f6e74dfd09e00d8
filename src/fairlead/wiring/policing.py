"""Facts that policies read of a proposed act, gathered from the store and the warehouse."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import msgspec

from fairlead.governance.ledger.entries import Entry
from fairlead.governance.policy import document as d
from fairlead.governance.policy.moments import Quiet, moment_of
from fairlead.governance.policy.screening import screen
from fairlead.model.acts import Act, kind_of, subject_of
from fairlead.model.calendar.resolve import Calendars, PeopleRows
from fairlead.model.times import iso
from fairlead.store import access, records, state
from fairlead.wiring import policy_facts

if TYPE_CHECKING:
    from fairlead.governance.verdict import Verdict
    from fairlead.governance.voting import Word
    from fairlead.store.database import Transaction
    from fairlead.wiring.services import Services

log = logging.getLogger(__name__)

_KINDS = {
    "changes": "change", "work_items": "work_item", "incidents": "incident", "builds": "build",
    "deployments": "deployment", "repositories": "repository", "services": "service", "messages": "message",
}  # fmt: skip
"""Table -> what a policy calls its records."""
_TRUST: Mapping[str, Any] = {"verified": "signed", "token": "signed", "local": "read", "unverified": "unsigned"}
OPERATOR = "operator"
_IN_FORCE = "policy/in-force"


@dataclass(frozen=True, slots=True)
class Asked:
    """An act that is to be judged, whether it is an action already or not."""

    act: Act
    tool: str
    digest: str
    proposer: str
    team: str = ""
    signal: str = ""
    words: Sequence[Word] = ()
    emergency: Mapping[str, str] | None = None


def judge(services: Services, asked: Asked, now: datetime) -> Verdict:
    """What policy says of an act; where its facts cannot be gathered, no."""
    try:
        said = document(services, asked, now)
    # a store that does not answer must not let anything pass, nor stop the judging of what is next
    except Exception as fault:
        return services.policy.failed(fault)
    return services.policy.decide(said)


def note_version(services: Services, now: datetime) -> bool:
    """Writes into the ledger that other policies are in force than before; gives whether they are."""
    judge = services.policy
    with services.database.begin() as tx:
        services.database.take_turn(tx)
        before = state.get(tx, _IN_FORCE) or {}
        if before.get("version") == judge.version:
            return False
        held = {one.name: hashlib.sha256(one.text.encode()).hexdigest() for one in judge.policies.modules}
        said = {
            "version": judge.version,
            "before": before.get("version", ""),
            "engine": judge.engine.name,
            "policies": [
                {"policy": one.name, "own": not one.shipped, "sha256": held[one.name]}
                for one in judge.policies.deciding
            ],
            "changed": sorted(name for name in held if held[name] != before.get("held", {}).get(name)),
            "faults": [str(fault) for fault in judge.policies.faults],
        }
        services.ledger.record(tx, Entry("policy.in-force", "policy", "fairlead", said))
        state.put(tx, _IN_FORCE, {"version": judge.version, "held": held, "at": iso(now)})
    return True


def document(services: Services, asked: Asked, now: datetime) -> dict[str, Any]:
    """All that policies may know of it, as plain values."""
    with services.database.read() as tx:
        table, row = _subject(tx, subject_of(asked.act))
        proposer = proposer_of(tx, asked.proposer, asked.team)
        source = _evidence(services, tx, asked, proposer.kind)
        when = moment(services, tx, asked.team, now)
        words = [_word(tx, word) for word in asked.words]
        known = _known(services, tx, table, row, asked)
    return d.plain(
        d.Input(
            act=_act(services, asked),
            proposer=proposer,
            subject=_with_gates(services, known) if table == "changes" and row else known,
            source=source,
            time=when,
            approvals=tuple(words),
            emergency=_emergency(asked.emergency),
        )
    )


def moment(services: Services, tx: Transaction, team: str, now: datetime) -> d.Moment:
    """When it would be done, in the calendar of a team."""
    rows = PeopleRows(
        calendars=list(records.rows(tx, "calendars")),
        holidays=list(records.rows(tx, "holidays")),
        teams=list(records.rows(tx, "teams")),
    )
    settings = services.settings.policy
    quiet = Quiet.read(settings.quiet_hours, settings.quiet_days)
    calendar = Calendars(services.setup, rows).of_team(team)
    return moment_of(now, calendar, quiet, services.policy.policies.freezes)


def _act(services: Services, asked: Asked) -> d.ActSaid:
    said = msgspec.to_builtins(asked.act)
    arguments = {name: value for name, value in said.items() if name != "kind"}
    texts = tuple(d.texts_in(arguments))
    own = [domain.lower() for domain in services.settings.policy.own_domains]
    return d.ActSaid(
        kind=kind_of(asked.act),
        tool=asked.tool,
        subject=str(arguments.get("subject", "")),
        place=str(next((arguments[name] for name in ("place", "channel", "hook") if arguments.get(name)), "")),
        team=asked.team,
        arguments=arguments,
        digest=asked.digest,
        texts=texts,
        found=screen(services.policy.policies.patterns, texts, own),
    )


def proposer_of(tx: Transaction, who: str, team: str) -> d.Proposer:
    """Who proposes, with their roles; whoever is not known as a person is none."""
    user = access.user(tx, who)
    roles = dict(user.roles) if user and user.disabled_at is None else {}
    role: Any = (user.role_in(team or access.EVERYWHERE) if user and roles else None) or ""
    return d.Proposer(id=who, kind=_kind_of(tx, who), role=role, roles=roles)


def _kind_of(tx: Transaction, who: str) -> d.ProposerKind:
    if who == OPERATOR:
        return "operator"
    if who.startswith("rule:"):
        return "rule"
    person = records.get(tx, "people", who)
    return "person" if person is not None and (person["kind"] or "human") == "human" else "agent"


def _word(tx: Transaction, word: Word) -> d.ApprovalSaid:
    role: Any = word.role if word.role in access.ROLES else ""
    return d.ApprovalSaid(
        by=word.person,
        kind=_kind_of(tx, word.person),
        role=role,
        digest=word.digest,
        on_behalf_of=word.on_behalf_of,
    )


def _emergency(said: Mapping[str, str] | None) -> d.Emergency | None:
    return msgspec.convert(dict(said), d.Emergency) if said else None


def _subject(tx: Transaction, subject: str) -> tuple[str, dict[str, Any] | None]:
    for table in _KINDS if subject else ():
        if (row := records.get(tx, table, subject)) is not None and row.get("deleted_at") is None:
            return table, row
    return "", None


def _known(services: Services, tx: Transaction, table: str, row: dict[str, Any] | None, asked: Asked) -> d.Subject:
    """What the record itself says."""
    if row is None:
        return d.Subject(id=subject_of(asked.act))
    repository = row["id"] if table == "repositories" else row.get("repository") or ""
    home = records.get(tx, "repositories", repository) if repository else None
    base = row.get("base_branch") or ""
    account = records.get(tx, "accounts", row.get("author") or "")
    return d.Subject(
        known=True,
        id=row["id"],
        kind=_KINDS[table],
        state=str(row.get("state") or ""),
        repository=repository,
        service=str(row.get("service") or ""),
        team=asked.team,
        base_branch=base,
        protected=_protected(services, base, home) if table == "changes" else None,
        draft=bool(row.get("draft")),
        head_sha=str(row.get("head_sha") or ""),
        labels=tuple(row.get("labels") or ()),
        size_lines=(row.get("additions") or 0) + (row.get("deletions") or 0) if table == "changes" else None,
        # an account that belongs to nobody is named by itself: nobody's word then counts as another's
        author=str((account or {}).get("person") or row.get("author") or ""),
    )


def _protected(services: Services, base: str, home: Mapping[str, Any] | None) -> bool:
    named = any(fnmatchcase(base, glob) for glob in services.settings.policy.protected_branches)
    # of a branch and a repository of which nothing is known the stricter is taken
    return named or not base or home is None or base == home.get("default_branch")


def _with_gates(services: Services, known: d.Subject) -> d.Subject:
    try:
        return policy_facts.gates(services, known)
    except Exception as fault:
        # unknown gates pass nothing, and policies then say which
        log.warning("no facts about %s: %s", known.id, fault)
        return known


def _evidence(services: Services, tx: Transaction, asked: Asked, kind: d.ProposerKind) -> d.Evidence:
    """What a rule's proposal rests on; whoever was signed in answers for their own."""
    if kind != "rule":
        return d.Evidence(trust="entered", signal=asked.signal)
    signal = records.get(tx, "signals", asked.signal) if asked.signal else None
    ids = {str(signal["subject"])} if signal and signal.get("subject") else {subject_of(asked.act)} - {""}
    found = {one: _trust(services, tx, one) for one in ids}
    unsigned = tuple(sorted(one for one, trust in found.items() if trust == "unsigned"))
    trust: Any = "unsigned" if unsigned else next(iter(found.values()), "read")
    return d.Evidence(trust=trust, signal=asked.signal, unsigned=unsigned)


def _trust(services: Services, tx: Transaction, record: str) -> str:
    """How the event came that last changed a record; of one that the log dropped, as what it was kept: read."""
    _, row = _subject(tx, record)
    seq = row["raw_seq"] if row else None
    if not seq:
        return "read"
    stored = services.log.get(seq)
    if stored is None:
        return "read"
    return "entered" if stored.event.source == "fairlead" else str(_TRUST[stored.event.trust])
