"""What policies come to, and that whatever fails on the way is a no."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.governance.policy.asked import asked, word

from fairlead.config.settings import Policy
from fairlead.governance.policy import document as d
from fairlead.governance.policy import policies
from fairlead.governance.policy.embedded import Embedded
from fairlead.governance.policy.engine import VERDICT
from fairlead.governance.policy.judge import FAILED, NOBODY_ALLOWS, Judge
from fairlead.governance.verdict import Need
from fairlead.wiring.policies import values

SETTINGS = values(Policy())


def judge_of(*folders: Path, timeout_s: float = 5.0) -> Judge:
    loaded = policies.load(folders, SETTINGS)
    return Judge(loaded, Embedded(loaded.texts, loaded.data, [VERDICT], timeout_s=timeout_s))


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    made = judge_of()
    yield made
    made.close()


def test_rights_are_a_table(judge: Judge) -> None:
    alone = judge.decide(asked("comment"))
    assert (alone.effect, alone.reasons[0].rule, alone.engine) == ("allow", "rights/comment", "embedded")
    agent = d.Proposer(id="agent:mender", kind="agent")
    assert judge.decide(asked("comment", proposer=agent)).needs == (Need("member", 1, "rights/comment"),)
    assert judge.decide(asked("webhook", proposer=agent)).effect == "deny"
    nobody = judge.decide(asked("conquer"))
    assert (nobody.effect, nobody.reasons[0].rule) == ("deny", NOBODY_ALLOWS)


def test_a_word_counts_for_these_bytes_from_another_person_with_the_role(judge: Judge) -> None:
    first = judge.decide(asked("page"))
    assert (first.effect, first.needs) == ("ask", (Need("manager", 1, "rights/page"),))
    for refused in (
        word("person:kim", "manager"),
        word("person:noor", "member"),
        word("person:noor", "manager", digest="other bytes"),
        word("agent:mender", "manager", kind="agent"),
        word("person:noor", "manager", on_behalf_of="person:kim"),
    ):
        assert judge.decide(asked("page", approvals=(refused,))).effect == "ask"
    assert judge.decide(asked("page", approvals=(word("person:noor", "owner"),))).effect == "allow"


def test_whatever_fails_is_a_denial_that_says_so(judge: Judge, tmp_path: Path, caplog: Any) -> None:
    misspelt = asked() | {"acts": {}}
    verdict = judge.decide(misspelt)
    assert (verdict.effect, verdict.reasons[0].rule, verdict.version) == ("deny", FAILED, judge.version)
    (tmp_path / "broken.rego").write_text("package fairlead.policies.broken\n\ndeny contains x if {\n")
    (tmp_path / "conflict.rego").write_text(
        "package fairlead.policies.conflict\n\na := 1 if { input.version }\n\na := 2 if { input.version }\n\n"
        "deny contains a if { a == 3 }\n"
    )
    for name, words in (("conflict", "cannot be told"), ("broken", "compile")):
        kept = tmp_path / name
        kept.mkdir()
        (tmp_path / f"{name}.rego").rename(kept / f"{name}.rego")
        verdict = judge_of(kept).decide(asked())
        assert (verdict.effect, verdict.reasons[0].rule) == ("deny", FAILED)
        assert words in verdict.reasons[0].words
    assert "the act is denied" in caplog.text


def test_a_policy_that_takes_too_long_is_a_denial_and_the_next_are_answered(tmp_path: Path) -> None:
    loop = "sum([1 | some a in numbers.range(1, 1000); some b in numbers.range(1, 1000); a == b])"
    (tmp_path / "slow.rego").write_text(
        f'package fairlead.policies.slow\n\ndeny contains "slow" if {{ input.act.kind == "page"; {loop} < 0 }}\n'
    )
    judge = judge_of(tmp_path, timeout_s=0.3)
    judge.decide(asked())  # the first one builds
    assert "took longer" in judge.decide(asked("page")).reasons[0].words
    assert judge.decide(asked()).reasons


def test_a_text_that_would_end_the_engine_is_refused_where_a_policy_matches(judge: Judge, tmp_path: Path) -> None:
    long = asked(act={"arguments": {"body": ["x" * 40_000]}})
    assert judge.decide(long).effect == "allow"
    (tmp_path / "matching.rego").write_text(
        "package fairlead.policies.matching\n\n"
        'deny contains "no" if { regex.match("(x|y)*z", input.act.arguments.body[0]) }\n'
    )
    own = judge_of(tmp_path)
    verdict = own.decide(long)
    assert (verdict.effect, verdict.reasons[0].rule) == ("deny", FAILED)
    assert "40000 characters" in verdict.reasons[0].words
    assert own.decide(asked(act={"arguments": {"body": ["x" * 400]}})).effect == "allow"
    own.close()


def test_many_threads_get_the_answers_of_one(judge: Judge) -> None:
    cases = [asked("comment"), asked("page"), asked("conquer"), asked("merge", approvals=(word("person:noor"),))]
    expected = [judge.decide(one).effect for one in cases]
    found: list[list[str]] = []
    threads = [Thread(target=lambda: found.append([judge.decide(one).effect for one in cases * 5])) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected * 5] * 6
