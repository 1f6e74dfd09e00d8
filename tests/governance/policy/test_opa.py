"""The same cases for both engines: in our process, and on an OPA server over its REST API.

A real server is asked where `OPA_URL` names one; else the fake of its API is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from tests.governance.policy.asked import asked, kim, word

from fairlead.config.settings import Policy
from fairlead.connectors.kit.fake.call import Response
from fairlead.connectors.kit.fake.transport import FakeTransport
from fairlead.governance.policy import document as d
from fairlead.governance.policy import policies
from fairlead.governance.policy.embedded import Embedded
from fairlead.governance.policy.engine import VERDICT
from fairlead.governance.policy.fake_opa import FakeOpa
from fairlead.governance.policy.judge import FAILED, Judge
from fairlead.governance.policy.opa import Opa
from fairlead.wiring.policies import values

LOADED = policies.load([], values(Policy()))
AGENT = d.Proposer(id="agent:mender", kind="agent")
RULE = d.Proposer(id="rule:stale-change", kind="rule")
FROZEN = d.Moment(
    now_ns=1_795_255_200_000_000_000,
    freezes=(d.Freeze(name="release", reason="4.0 is cut", until_ns=1, kinds=("merge", "comment")),),
)
NIGHT = d.Moment(now_ns=1_795_255_200_000_000_000, quiet=True, loud_ns=1_795_327_200_000_000_001)
CASES = {
    "a member comments": asked(),
    "a rule comments": asked(proposer=RULE),
    "an agent pages": asked("page", proposer=AGENT),
    "a page, answered": asked("page", proposer=RULE, approvals=(word("person:noor", "manager"),)),
    "a merge of nothing known": asked("merge"),
    "nobody knows the kind": asked("conquer"),
    "frozen": asked("comment", time=FROZEN),
    "frozen, in an emergency": asked(
        time=FROZEN, emergency=d.Emergency(by="person:noor", role="owner", reason="it burns")
    ),
    "at night": asked("post_message", proposer=RULE, time=NIGHT),
    "unsigned": asked(source=d.Evidence(trust="unsigned")),
    "a secret": asked(act={"found": (d.Found(kind="secret", name="npm-token"),)}),
    "an address": asked(act={"found": (d.Found(kind="personal", name="mail-address", text="a@b.example"),)}),
    "a viewer": asked(proposer=kim("viewer")),
}


def served(opa: FakeOpa, *, load: bool = True, token: str = "") -> Judge:
    transport = None if os.environ.get("OPA_URL") else FakeTransport(opa)
    url = os.environ.get("OPA_URL", "http://opa.example:8181")
    return Judge(LOADED, Opa(LOADED, url, token=lambda: token, load=load, timeout_s=5, transport=transport))


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Judge, Judge]]:
    pair = Judge(LOADED, Embedded(LOADED.texts, LOADED.data, [VERDICT], timeout_s=5)), served(FakeOpa())
    yield pair
    for judge in pair:
        judge.close()


@pytest.mark.parametrize("case", CASES)
def test_both_engines_say_the_same(both: tuple[Judge, Judge], case: str) -> None:
    ours, theirs = (judge.decide(CASES[case]) for judge in both)
    assert (ours.engine, theirs.engine) == ("embedded", "opa")
    assert FAILED not in {reason.rule for reason in ours.reasons}
    # sets come in the order of each engine
    assert (ours.effect, set(ours.reasons), ours.needs) == (theirs.effect, set(theirs.reasons), theirs.needs)
    assert sorted(map(str, ours.obligations)) == sorted(map(str, theirs.obligations))
    assert (ours.version, ours.inputs) == (theirs.version, theirs.inputs)


def test_cases_come_to_different_ends(both: tuple[Judge, Judge]) -> None:
    found = {name: both[0].decide(said).effect for name, said in CASES.items()}
    assert found == {
        "a member comments": "allow", "a rule comments": "ask", "an agent pages": "deny", "a page, answered": "allow",
        "a merge of nothing known": "deny", "nobody knows the kind": "deny", "frozen": "deny",
        "frozen, in an emergency": "allow", "at night": "ask", "unsigned": "deny", "a secret": "deny",
        "an address": "allow", "a viewer": "deny",
    }  # fmt: skip
    night = both[1].decide(CASES["at night"]).obligations
    assert {"kind": "not_before", "at_ns": 1_795_327_200_000_000_001, "rule": "hours/quiet"} in night


needs_fake = pytest.mark.skipif(bool(os.environ.get("OPA_URL")), reason="what goes wrong is planned at the fake")


@needs_fake
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Response(500, b'{"code": "internal_error", "message": "eval_conflict_error"}'), "eval_conflict_error"),
        (Response(200, b"{}"), "other policies"),
        (Response(200, b'{"result": {"effect": "allow"}}'), "other policies"),
        (Response(200, b"<html>"), "cannot be asked"),
        (Response(200, b'"allow"'), "no object"),
        (Response(302, b"", {"location": "http://elsewhere.example/"}), "302"),
    ],
)
def test_whatever_a_server_answers_but_a_verdict_is_a_no(answer: Response, words: str) -> None:
    opa = FakeOpa()
    opa.fails = lambda request: answer if request.method == "POST" else None
    verdict = served(opa).decide(CASES["a member comments"])
    assert (verdict.effect, verdict.reasons[0].rule) == ("deny", FAILED)
    assert words in verdict.reasons[0].words


@needs_fake
def test_a_server_that_does_not_answer_is_a_no() -> None:
    class Silent(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout("silence", request=request)

    judge = Judge(LOADED, Opa(LOADED, "http://opa.example", timeout_s=0.2, transport=Silent()))
    assert "did not answer within 0.2 s" in judge.decide(CASES["a member comments"]).reasons[0].words


@needs_fake
def test_a_server_gets_these_policies_again_after_its_restart_and_keeps_those_of_others() -> None:
    opa = FakeOpa(token="s3cret")
    opa.policies |= {"theirs": "package theirs\n", "fairlead/gone.rego": "package fairlead.policies.gone\n"}
    judge = served(opa, token="s3cret")
    assert judge.decide(CASES["a member comments"]).effect == "allow"
    assert "theirs" in opa.policies
    assert "fairlead/gone.rego" not in opa.policies
    opa.policies.clear()
    assert judge.decide(CASES["a member comments"]).effect == "allow"
    assert "401" in served(opa).decide(CASES["a member comments"]).reasons[0].words


@needs_fake
def test_where_the_team_loads_them_other_policies_are_a_no() -> None:
    opa = FakeOpa()
    assert served(opa).decide(CASES["a member comments"]).effect == "allow"
    newer = replace(LOADED, version="0123")
    judge = Judge(newer, Opa(newer, "http://opa.example", load=False, transport=FakeTransport(opa)))
    verdict = judge.decide(CASES["a member comments"])
    assert (verdict.effect, verdict.reasons[0].rule) == ("deny", FAILED)
    assert "other policies" in verdict.reasons[0].words


def test_what_is_put_on_a_server_is_the_shipped_text(tmp_path: Path) -> None:
    assert {path.name for path in policies.SHIPPED.glob("*.rego")} >= {"main.rego", "rights.rego", "freezes.rego"}
    assert policies.load([tmp_path], values(Policy())).version == LOADED.version
