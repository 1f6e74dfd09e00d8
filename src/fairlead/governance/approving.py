"""A person's word on an action: bound to what they were shown, weighed by role, kept whether it counts or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from fairlead.governance.desk import Desk, move, there, word_of
from fairlead.governance.entitled import BARRED, is_barred, voter_of, weigh, yes
from fairlead.governance.judging import Judged, ask_workers, entry_of, judged, said_of, words_for_ledger
from fairlead.governance.voting import Refusal, Right, Word
from fairlead.model.acts import digest as digest_of
from fairlead.model.errors import Denied, Retry, Skip
from fairlead.store import access, actions, delegations, ledger, requests
from fairlead.store.access import EVERYWHERE
from fairlead.store.actions import Row
from fairlead.store.database import Transaction

Verdict = Literal["approved", "refused"]
How = Literal["web", "slack", "cli", "api"]
_TRIES = 5


def decide(
    desk: Desk,
    action: str,
    *,
    person: str,
    roles: Mapping[str, str],
    digest: str,
    verdict: Verdict,
    reason: str = "",
    how: How,
    break_glass: bool = False,
) -> Row:
    """Gives a person's word on an action; the click that completes it also asks the workers, in one transaction.

    A word that does not count is refused with its reason, which is kept and stands in the ledger.
    """
    reason = desk.clean(reason)
    # Policy is asked outside the transaction: where somebody else's word came meanwhile it is asked again.
    for _ in range(_TRIES):
        with desk.database.read() as tx:
            row = there(tx, action)
            given = actions.approvals(tx, [action])
            voter = voter_of(tx, person, roles, desk.now())
        word = Word(person, "", verdict, digest, broke_glass=break_glass, reason=reason)
        words = [word_of(one) for one in given]
        weighed = weigh(row, words, voter, word, desk.now())
        if isinstance(weighed, Right):
            word = replace(word, role=weighed.role, on_behalf_of=weighed.on_behalf_of)
        found = None
        if isinstance(weighed, Right) and verdict == "approved":
            emergency = {"by": person, "role": word.role, "reason": reason} if break_glass else {}
            found = judged(desk, row, [*words, word], emergency)
            weighed = _after_policy(person, weighed, row, found, break_glass)
        with desk.database.begin() as tx:
            desk.database.take_turn(tx)
            present = there(tx, action)
            if present["rev"] != row["rev"] or len(actions.approvals(tx, [action])) != len(given):
                continue
            after = _write(tx, desk, present, word, weighed, found, reason, how)
        # only now: the workers read what is committed
        requests.ring()
        if isinstance(weighed, Refusal):
            raise Denied(weighed.words, weighed.hint)
        return after
    raise Retry(f"{action} changes all the time", hint="try again")


def _after_policy(person: str, right: Right, row: Row, found: Judged, break_glass: bool) -> Right | Refusal:
    if found.verdict.effect == "deny":
        said = "; ".join(one.words for one in found.verdict.reasons[:1])
        return Refusal(f"policy denies it: {said}", "`fairlead policy explain` shows which rule and why")
    # policy may take something out of it now that it did not before: then this is not what was shown
    if digest_of(found.act, row["tool"]) != row["digest"]:
        return Refusal(f"{row['id']} would be sent otherwise than you were shown", "look at it again and decide anew")
    # whose account the author's is may be known only since it was proposed
    if not break_glass and is_barred(person, right, found.verdict.needs):
        return BARRED
    if break_glass and found.verdict.effect != "allow":
        return Refusal("policy lets nobody with your role break the glass here", "ask an owner")
    return right


def _write(
    tx: Transaction,
    desk: Desk,
    row: Row,
    word: Word,
    weighed: Right | Refusal,
    found: Judged | None,
    reason: str,
    how: str,
) -> Row:
    """The word, the state that follows, the request and the entries of the ledger: all or none."""
    now, action = desk.now(), row["id"]
    counts = isinstance(weighed, Right)
    kept = {
        "digest": word.digest,
        "person": word.person,
        "role": word.role or None,
        "on_behalf_of": word.on_behalf_of or None,
        "verdict": word.verdict if isinstance(weighed, Right) else "rejected",
        "reason": reason if isinstance(weighed, Right) else weighed.words,
        "how": how,
        "broke_glass": word.broke_glass,
    }
    made_at = way_made_by_operator(tx, word.person, row["proposed_at"])
    if made_at:
        # nobody can keep the owner of the files from coming in as somebody else; so that they could have, shows
        kept["reason"] = f"{kept['reason']} (the operator made a link to sign in as them at {made_at})".lstrip()
    row_of_word = actions.add_approval(tx, action, now, **kept)
    said: dict[str, Any] = {"word": row_of_word["id"], "digest": word.digest, "role": word.role, "how": how}
    if word.on_behalf_of:
        said["on_behalf_of"] = word.on_behalf_of
    kind = kept["verdict"] if not (counts and word.broke_glass) else "broke_glass"
    if made_at:
        said["operator_made_link_at"] = made_at
    desk.book(tx, f"approval.{kind}", action, word.person, said, {"reason": kept["reason"]})
    if not counts:
        return row
    if word.verdict == "refused":
        ended = move(tx, action, "denied", now, {"waiting", "denied"}, finished_at=now, error=reason or None)
        requests.drop(tx, action, now, "refused")
        return ended or row
    assert found is not None
    after = move(
        tx, action, found.state, now, {"waiting", "denied"}, finished_at=None, **said_of(desk, found, row["tool"])
    )
    assert after is not None
    entry = entry_of(found, row["tool"], state=found.state)
    desk.book(tx, "action.judged", action, "fairlead", entry, words_for_ledger(found, row["tool"]))
    if found.state == "approved":
        ask_workers(tx, after, now)
    return after


def way_made_by_operator(tx: Transaction, person: str, since: datetime) -> str:
    """When the operator last made a link that signs in as this person, if that was after a moment; else empty."""
    veil = ledger.veiled(tx, [person]).get(person)
    if veil is None:
        return ""
    rows = ledger.newest(tx, kind="person.invited", subject=veil.veil, by_whom="operator", limit=1)
    return rows[0].at if rows and datetime.fromisoformat(rows[0].at.replace("Z", "+00:00")) >= since else ""


def waiting_for(desk: Desk, person: str, roles: Mapping[str, str]) -> list[Row]:
    """What waits for a word that this person can give, the oldest first."""
    now = desk.now()
    with desk.database.read() as tx:
        rows = actions.in_states(tx, {"waiting"})
        said: dict[str, list[Word]] = {}
        for one in actions.approvals(tx, [row["id"] for row in rows]):
            said.setdefault(one["action"], []).append(word_of(one))
        voter = voter_of(tx, person, roles, now)
    return [row for row in rows if isinstance(yes(row, said.get(row["id"], []), voter, now), Right)]


def delegate(
    desk: Desk, giver: str, taker: str, *, team: str, until: datetime, reason: str = ""
) -> delegations.Delegation:
    """Hands a person's right to approve to somebody else for a while."""
    with desk.database.begin() as tx:
        now = desk.now()
        if not _has_right(access.user(tx, giver), team):
            raise Denied(
                f"{giver} has no right there to hand over", hint="owners give roles: `fairlead people invite`"
            )
        if giver == taker:
            raise Skip("a right is handed to somebody else")
        if not voter_of(tx, taker, {}, now).human:
            raise Skip(f"no person `{taker}`", hint="`fairlead people list` shows them; agents approve nothing")
        if until <= now:
            raise Skip("that moment is over", hint="say until when it holds, like 2026-12-24")
        made = delegations.put(tx, giver, taker, team, now, until, reason)
        said = {"delegation": made.id, "to": taker, "team": team, "until": until}
        desk.book(tx, "approval.delegated", made.id, giver, said, {"reason": reason})
        return made


def _has_right(giver: access.User | None, team: str) -> bool:
    if giver is None or giver.disabled_at is not None:
        return False
    held = [role for where, role in giver.roles.items() if team == EVERYWHERE or where in (team, EVERYWHERE)]
    return any(role != "viewer" for role in held)


def end_delegation(desk: Desk, delegation: str, *, giver: str) -> None:
    """Takes a right back."""
    with desk.database.begin() as tx:
        if not delegations.end(tx, delegation, giver, desk.now()):
            raise Skip(f"{giver} has handed over no `{delegation}`", hint="`fairlead approve delegations` shows them")
        desk.book(tx, "approval.delegation_ended", delegation, giver, {}, {})
