"""The life of an action on both stores, with a real ledger and a tool that counts what reached it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.clocks import SteppedClock
from tests.governance.desks import NUDGE, ONE_MANAGER, TEAM, LostAnswerError, Office, Rule, Shelf, shown

from fairlead.governance import approving, proposing
from fairlead.governance.executing import Try
from fairlead.governance.lifecycle import AFTER, OPEN
from fairlead.governance.verdict import Need
from fairlead.model.acts import Comment
from fairlead.model.errors import Denied, Retry, Skip
from fairlead.store import access, actions, requests
from fairlead.store.database import Database
from fairlead.store.holders import Holder

MEMBER = {TEAM: "member"}

KIM, LEE, NOOR = "person:kim", "person:lee", "person:noor"


@pytest.fixture
def office(database: Database, clock: SteppedClock) -> Office:
    made = Office(database, clock)
    made.people(kim="member", lee="manager", noor="owner", max="manager", robo="agent", eve="member")
    return made


def say(office: Office, action: str, person: str, verdict: str = "approved", **more: Any) -> dict[str, Any]:
    said = {"digest": office.action(action)["digest"], "how": "web", **more}
    return approving.decide(office.desk, action, person=person, roles=office.roles(person), verdict=verdict, **said)  # type: ignore[arg-type]


def test_from_a_wish_to_its_result(office: Office) -> None:
    row = proposing.propose(office.desk, NUDGE, "github", by=KIM, why="it waits since Friday")
    assert (row["id"], row["state"], row["team"]) == ("action:1", "waiting", TEAM)
    assert row["digest"] == shown()
    assert '"body":"Noor, could you look at this?"' in row["calls"]
    # the same wish of the same person is the same action; that of another is another
    assert proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"] == "action:1"
    assert proposing.propose(office.desk, NUDGE, "github", by=NOOR)["id"] == "action:2"
    assert not office.due()
    assert say(office, "action:1", LEE)["state"] == "approved"
    assert office.work() == ["done"]
    done = office.action("action:1")
    assert (done["state"], done["attempts"], done["url"]) == ("done", 1, "https://shelf.example/1")
    assert office.shelf.notes == [("action:1", NUDGE.body)]
    assert office.told("action:1") == [
        "action.proposed", "action.judged", "approval.approved", "action.judged", "action.judged",
        "action.executing", "action.done",
    ]  # fmt: skip
    # what is over is proposed anew
    assert proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"] == "action:3"


def test_what_policy_allows_alone_and_what_it_denies(office: Office) -> None:
    office.rule.needs = ()
    assert proposing.propose(office.desk, NUDGE, "github", by=KIM)["state"] == "approved"
    assert office.work() == ["done"]
    office.rule.denies = "nothing goes out before the release"
    denied = proposing.propose(office.desk, NUDGE, "github", by=LEE)
    assert (denied["state"], denied["reasons"]) == (
        "denied", ("freeze/release: nothing goes out before the release",)
    )  # fmt: skip
    office.rule.denies, office.shelf.closed = "", "github is not written to"
    assert proposing.propose(office.desk, NUDGE, "github", by=NOOR)["state"] == "denied"
    assert len(office.shelf.notes) == 1


@pytest.mark.parametrize(
    ("person", "changed", "why"),
    [
        (KIM, {}, "who proposed it"),
        ("person:eve", {}, "needs the role manager"),
        ("person:robo", {}, "no person of the team"),
        ("operator", {}, "no person of the team"),
        (LEE, {"digest": "0" * 64}, "it has changed"),
        (LEE, {"break_glass": True, "reason": " "}, "needs a reason"),
        ("person:eve", {"break_glass": True, "reason": "fire"}, "needs the role manager"),
        ("person:max", {}, "who wrote it"),
    ],
)
def test_a_word_that_does_not_count_is_refused_and_kept(
    office: Office, person: str, changed: dict[str, Any], why: str
) -> None:
    office.rule.needs = (Need("manager", 1, "four-eyes", ("person:max",)),)
    action = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    with pytest.raises(Denied, match=why):
        say(office, action, person, **changed)
    [word] = office.words(action)
    assert (word["verdict"], word["person"]) == ("rejected", person)
    assert office.told(action)[-1] == "approval.rejected"
    assert office.action(action)["state"] == "waiting"
    assert not office.due()


def test_who_turns_out_to_have_written_it_since_the_proposal_is_refused_too(office: Office) -> None:
    office.rule.needs = (Need("manager", 2, "four-eyes"),)
    action = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    office.rule.needs = (Need("manager", 2, "four-eyes", ("person:max",)),)
    with pytest.raises(Denied, match="who wrote it"):
        say(office, action, "person:max")
    assert [word["verdict"] for word in office.words(action)] == ["rejected"]
    assert office.told(action)[-1] == "approval.rejected"
    assert say(office, action, LEE)["state"] == "waiting"


def test_two_people_means_two_people(office: Office) -> None:
    office.rule.needs = (Need("manager", 2, "four-eyes"),)
    action = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    assert say(office, action, LEE)["state"] == "waiting"
    with pytest.raises(Denied, match="approved it already"):
        say(office, action, LEE)
    # a right that was handed over is used once, whoever uses it
    approving.delegate(
        office.desk, LEE, "person:eve", team=TEAM, until=office.clock.now() + timedelta(days=3), reason="away"
    )
    with pytest.raises(Denied, match="used already"):
        say(office, action, "person:eve")
    assert say(office, action, "person:max")["state"] == "approved"
    with pytest.raises(Denied, match="nothing is asked for"):
        say(office, action, NOOR)


def test_a_right_is_lent_for_a_while_and_goes_with_the_role(office: Office) -> None:
    lent = approving.delegate(
        office.desk, LEE, "person:eve", team=TEAM, until=office.clock.now() + timedelta(days=3), reason="away"
    )
    action = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    assert [row["id"] for row in approving.waiting_for(office.desk, "person:eve", office.roles("person:eve"))] == [
        action
    ]
    assert say(office, action, "person:eve")["state"] == "approved"
    [word] = office.words(action)
    assert (word["role"], word["on_behalf_of"]) == ("manager", LEE)
    # Lee's own proposal is not approved with Lee's right
    own = proposing.propose(office.desk, NUDGE, "github", by=LEE)["id"]
    with pytest.raises(Denied, match="needs the role manager"):
        say(office, own, "person:eve")
    approving.end_delegation(office.desk, lent.id, giver=LEE)
    assert not approving.waiting_for(office.desk, "person:eve", office.roles("person:eve"))
    assert office.told(lent.id) == ["approval.delegated", "approval.delegation_ended"]
    with pytest.raises(Denied, match="no right there"):
        approving.delegate(office.desk, "person:ghost", NOOR, team=TEAM, until=office.clock.now() + timedelta(days=1))
    with pytest.raises(Skip, match="no person"):
        approving.delegate(office.desk, LEE, "person:robo", team=TEAM, until=office.clock.now() + timedelta(days=1))


def test_any_change_voids_what_was_approved(office: Office) -> None:
    office.rule.needs = (Need("manager", 2, "four-eyes"),)
    action = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    say(office, action, LEE)
    before = office.action(action)["digest"]
    other = Comment(subject=NUDGE.subject, body="Merge this now")
    assert proposing.edit(office.desk, action, other, by=KIM, roles={})["state"] == "waiting"
    with pytest.raises(Denied, match="it has changed"):
        say(office, action, "person:max", digest=before)
    assert say(office, action, "person:max")["state"] == "waiting"
    assert say(office, action, LEE)["state"] == "approved"
    # approved and not begun: an edit still takes it back to those who approve
    proposing.edit(office.desk, action, NUDGE, by=KIM, roles={})
    assert office.work() == []
    assert office.shelf.notes == []


def test_whoever_changes_the_words_approves_them_no_more(office: Office) -> None:
    action = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    other = Comment(subject=NUDGE.subject, body="Merge this now")
    with pytest.raises(Denied, match="needs the role manager"):
        proposing.edit(office.desk, action, other, by=NOOR, roles={TEAM: "member"})
    edited = proposing.edit(office.desk, action, other, by=LEE, roles=office.roles(LEE))
    assert edited["proposed_by"] == LEE
    with pytest.raises(Denied, match="who proposed it does not approve it"):
        say(office, action, LEE)


def test_what_policy_takes_out_is_out_before_anybody_approves(office: Office) -> None:
    office.rule.obligations = ({"kind": "redact", "texts": ["s3cr3t-key"], "with": "[secret]"},)
    act = Comment(subject=NUDGE.subject, body="use s3cr3t-key for it")
    row = proposing.propose(office.desk, act, "github", by=KIM)
    assert row["digest"] == shown(Comment(subject=NUDGE.subject, body="use [secret] for it"))
    # asked for again with the secret in it, it is the same wish
    assert proposing.propose(office.desk, act, "github", by=KIM)["id"] == row["id"]
    say(office, row["id"], LEE)
    office.work()
    assert office.shelf.notes == [(row["id"], "use [secret] for it")]


def test_judged_again_with_the_facts_of_then(office: Office) -> None:
    action = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    say(office, action, LEE)
    office.rule.denies = "a freeze began"
    assert office.work() == ["not done"]
    assert (office.action(action)["state"], office.action(action)["error"]) == ("denied", "a freeze began")
    office.rule.denies = ""
    second = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    say(office, second, LEE)
    # whoever approved has lost the role since: their word carries it no further
    with office.database.begin() as tx:
        access.withdraw(tx, LEE, office.clock.now(), "operator", TEAM)
    assert office.work() == ["not done"]
    assert office.action(second)["state"] == "waiting"
    assert office.shelf.notes == []


def test_it_waits_for_its_hour_and_its_turn(office: Office) -> None:
    later = office.clock.now() + timedelta(hours=9)
    office.rule.needs, office.rule.obligations = (), ({"kind": "not_before", "at": later.isoformat()},)
    action = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    assert office.action(action)["not_before"] == later
    assert office.work() == []
    office.clock.pass_by(hours=9)
    office.rule.obligations = ({"kind": "at_most", "count": 1, "within_s": 3600},)
    assert office.work() == ["done"]
    second = proposing.propose(office.desk, NUDGE, "github", by=LEE)["id"]
    office.clock.pass_by(minutes=10)
    assert office.work() == ["not done"]
    assert office.action(second)["state"] == "approved"
    office.clock.pass_by(minutes=50, seconds=1)
    assert office.work() == ["done"]


def test_breaking_the_glass_overcomes_what_may_be_overcome(office: Office) -> None:
    office.rule.denies = "nothing goes out before the release"
    action = proposing.propose(office.desk, NUDGE, "github", by=LEE)["id"]
    # the requester may: in an emergency there may be nobody else, and the review sees it
    row = say(office, action, LEE, break_glass=True, reason="customers cannot pay")
    assert row["state"] == "approved"
    assert office.work() == ["done"]
    [word] = office.words(action)
    assert (word["broke_glass"], word["reason"]) == (True, "customers cannot pay")
    assert "approval.broke_glass" in office.told(action)
    office.rule.breakable = False
    other = proposing.propose(office.desk, NUDGE, "github", by=NOOR)["id"]
    with pytest.raises(Denied, match="policy denies it"):
        say(office, other, NOOR, break_glass=True, reason="customers cannot pay")
    assert len(office.shelf.notes) == 1


def test_ends_without_an_act(office: Office) -> None:
    first = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    assert say(office, first, LEE, "refused", reason="ask them yourself")["state"] == "denied"
    second = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    say(office, second, LEE)
    with pytest.raises(Denied, match=f"needs the role manager of {TEAM}"):
        proposing.withdraw(office.desk, second, by=NOOR, roles=MEMBER, why="it is not mine")
    assert proposing.withdraw(office.desk, second, by=KIM, roles={}, why="Noor has answered")["state"] == "withdrawn"
    assert office.work() == []
    third = proposing.propose(office.desk, NUDGE, "github", by=KIM, expires_in=timedelta(hours=2))["id"]
    office.clock.pass_by(hours=2)
    with pytest.raises(Denied, match="has expired"):
        say(office, third, LEE)
    assert proposing.lapse(office.desk) == 1
    assert office.action(third)["state"] == "expired"
    with pytest.raises(Skip, match="is expired by now"):
        proposing.withdraw(office.desk, third, by=KIM, roles={}, why="")
    assert office.shelf.notes == []


def test_a_tool_that_is_down_is_waited_for_until_the_approval_ends(office: Office) -> None:
    office.rule.needs = ()
    office.shelf.faults = [Retry("the shelf does not answer"), Retry("it says: in 5 minutes", after_s=300)]
    action = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    assert office.work() == ["approved"]
    row = office.action(action)
    assert (row["state"], row["error"]) == ("approved", "the shelf does not answer")
    assert office.work() == []
    office.clock.pass_by(hours=1)
    assert office.work() == ["approved"]
    office.clock.pass_by(seconds=299)
    assert office.work() == []
    office.clock.pass_by(hours=1)
    assert office.work() == ["done"]
    assert office.action(action)["attempts"] == 3
    office.shelf.faults = [Retry("the shelf does not answer")] * 99
    second = proposing.propose(office.desk, NUDGE, "github", by=LEE)["id"]
    office.work()
    office.clock.pass_by(days=7)
    assert proposing.lapse(office.desk) == 1
    assert office.action(second)["error"] == "the shelf does not answer"
    assert office.work() == []


@pytest.mark.parametrize(("looks", "ends"), [(True, "done"), (False, "unknown")])
def test_a_lost_answer_is_looked_for_or_said_to_be_unknown(
    office: Office, monkeypatch: pytest.MonkeyPatch, looks: bool, ends: str
) -> None:
    office.rule.needs, office.shelf.looks = (), looks
    action = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    [request] = office.due()
    dying = Try(office.desk, request.id, Holder("elsewhere", 1, "x"))
    assert dying.judge() == "go"
    dying.act()
    # it is on the shelf and nobody has written that down; its holder is on another machine and not known to be gone
    assert office.work() == []
    office.clock.pass_by(minutes=16)
    assert office.work() == [ends]
    assert len(office.shelf.notes) == 1
    # the one that was thought dead comes back too late
    assert dying.record({"went": "done"}) == "not done"
    if ends == "unknown":
        assert (
            proposing.settle(office.desk, action, done=True, by=LEE, roles=MEMBER, why="I saw it")["state"] == "done"
        )
    assert office.action(action)["state"] == "done"


def test_a_fault_of_ours_after_the_act_is_no_failure(office: Office) -> None:
    office.rule.needs, office.shelf.faults = (), [LostAnswerError("broken in the middle")]
    action = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    assert office.work() == ["unknown"]
    with pytest.raises(Skip, match="is unknown"):
        proposing.undo(office.desk, action, by=LEE, roles=MEMBER)


def test_taking_back_is_an_action_of_its_own(office: Office) -> None:
    office.rule.needs = ()
    action = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    office.work()
    back = proposing.undo(office.desk, action, by=LEE, roles=MEMBER)
    assert back["undoes"] == action
    assert office.work() == ["done"]
    assert office.action(action)["state"] == "undone"
    assert office.told(action)[-1] == "action.undone"


def test_of_two_who_work_one_does_it(office: Office) -> None:
    office.rule.needs = ()
    proposing.propose(office.desk, NUDGE, "github", by=KIM)
    [request] = office.due()
    one, two = (Try(office.desk, request.id, Holder.here()) for _ in range(2))
    assert one.judge() == "go"
    assert two.perform() == "not done"
    assert one.record(one.act()) == "done"
    assert two.perform() == "not done"
    assert len(office.shelf.notes) == 1


def test_a_proposal_of_a_process_that_died_is_judged_by_the_next(office: Office) -> None:
    with office.database.begin() as tx:
        said = {"kind": "comment", "tool": "github", "digest": shown(), "team": TEAM, "proposed_by": KIM}
        arguments = '{"body":"Noor, could you look at this?","kind":"comment","subject":"github:acme/payments#42"}'
        actions.add(tx, office.clock.now(), state="proposed", arguments=arguments, **said)
    assert proposing.judge_left(office.desk) == 1
    assert office.action("action:1")["state"] == "waiting"


def test_clocks_go_back_and_nothing_is_undone(office: Office) -> None:
    action = proposing.propose(office.desk, NUDGE, "github", by=KIM)["id"]
    office.clock.pass_by(hours=-5)
    assert say(office, action, LEE)["state"] == "approved"
    office.clock.pass_by(hours=6)
    assert office.work() == ["done"]


def test_the_shape_of_a_life() -> None:
    assert set(AFTER) >= OPEN
    assert all(following <= set(AFTER) for following in AFTER.values())
    # nothing that is over comes back
    for over in ("failed", "expired", "withdrawn", "undone"):
        assert not AFTER[over]  # type: ignore[index]


def test_a_thousand_waiting_proposals_need_no_worker_and_survive_one_of_another_version(
    database: Database, clock: SteppedClock
) -> None:
    office = Office(database, clock, Shelf(), Rule(ONE_MANAGER))
    office.people(kim="member", lee="manager")
    with office.database.begin() as tx:
        for number in range(1000):
            body = f'{{"body":"{number}","kind":"comment","subject":"github:acme/payments#1"}}'
            said = {"kind": "comment", "tool": "github", "digest": str(number), "team": TEAM, "proposed_by": KIM}
            actions.add(tx, clock.now(), state="proposed", arguments=body, **said)
    with office.database.read() as tx:
        assert requests.due(tx, clock.now(), ["act"]) == []
    # the program that comes after an upgrade finds rows, and nothing that was begun by the one before
    later = Office(database, clock, office.shelf, office.rule)
    last = proposing.judge(later.desk, "action:1000")
    assert last["state"] == "waiting"
    assert say(later, "action:1000", LEE)["state"] == "approved"
    assert later.work() == ["done"]
