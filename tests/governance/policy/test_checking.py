"""What the embedded engine lets pass is told with its place, and nothing is told of what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.config.settings import Policy
from fairlead.governance.policy import checking, policies, testing
from fairlead.model.errors import ConfigFault
from fairlead.wiring.policies import values

WRONG = {
    'deny contains "x" if {\n\tinput.act.kind == "merge"\n': (3, 22, "never closed"),
    "deny contains x if {\n\tx := 1 1\n}\n": (4, 2, "invalid literal"),
    'deny contains "x" {\n\tinput.act.kind == "merge"\n}\n': (3, 1, "needs `if`"),
    'deny["x"] {\n\tinput.act.kind == "merge"\n}\n': (3, 1, "is a set"),
    'deny := "x" if {\n\tinput.act.kind == "merge"\n}\n': (3, 1, "is a set"),
    'denny contains "x" if {\n\tinput.act.kind == "merge"\n}\n': (3, 1, "did you mean `deny`"),
    'deny contains "x" if {\n\tinput.act.knid == "merge"\n}\n': (4, 2, "did you mean `input.act.kind`"),
    'deny contains "x" if {\n\tinput.subject.review.sate == "waiting"\n}\n': (4, 2, "no `input.subject.review.sate`"),
    'deny contains "x" if {\n\tstartwith(input.act.kind, "m")\n}\n': (4, 2, "no function `startwith`"),
    'deny contains "x" if {\n\tnet.cidr_contains("10.0.0.0/8", input.act.place)\n}\n': (4, 2, "net.cidr_contains"),
    'deny contains "x" if {\n\thttp.send({"url": "http://x"}).status_code == 200\n}\n': (4, 2, "http.send"),
    'deny contains "x" if {\n\ttime.now_ns() > 5\n}\n': (4, 2, "input.time.now_ns"),
    'deny contains "x" if {\n\tnot kind == "merge"\n}\n': (4, 6, "nothing binds `kind`"),
    'deny contains words if {\n\tinput.act.kind == "merge"\n}\n': (3, 15, "nothing binds `words`"),
    'deny contains "x" if {\n\tcount({one | two in input.approvals}) > 1\n}\n': (4, 9, "nothing binds `one`"),
    'deny contains "x" if {\n\ta\n}\n\na if {\n\tb\n}\n\nb if {\n\ta\n}\n': (7, 1, "comes back to itself"),
    'deny contains "x" if {\n\tdata.fairlead.policies.freezes.stop\n}\n': (4, 2, "did you mean `stops`"),
    'import data.fairlead.policies.freeze\n\ndeny contains "x" if {\n\tfreeze.deny\n}\n': (3, 1, "no package"),
    'deny contains "x" if {\n\tinput.act.kind in data.own.lists.kinds\n}\n': (4, 20, "no data file `lists.json`"),
    'deny contains "x" if {\n\tdata.fairlead.policies.rights.deny with input as {}\n}\n': (
        4,
        37,
        "does not bear `with`",
    ),
    'refuse contains "x"\n\ndeny contains "y"\n': (3, 1, "nobody reads `refuse`"),
    'oblige contains {"kind": "atmost", "count": 1}\n': (3, 26, "did you mean `at_most`"),
    'oblige contains "x"\n': (3, 17, "an obligation has a `kind`"),
    'oblige contains one if {\n\tone := {"kind": "not_before"}\n}\n': (4, 9, "`at_ns` or `at`"),
    'ask contains {"role": "manger", "words": "x"}\n': (3, 23, "did you mean `manager`"),
    'ask contains {"count": -1, "wrods": "x"}\n': (3, 24, "at least 1"),
    'ask contains {"wrods": "x"}\n': (3, 15, "did you mean `words`"),
    "deny contains 5\n": (3, 15, "holds texts and objects"),
    'deny contains "x" if {\n\tinput.subject.size_lines > "500"\n}\n': (4, 2, "did you mean `500`"),
    'deny contains "x" if {\n\tinput.subject.draft == "true"\n}\n': (4, 2, "never equal"),
    'deny contains "x" if {\n\tinput.act.kind == "mergee"\n}\n': (4, 20, "did you mean `merge`"),
    'deny contains "x" if {\n\tinput.source.trust != "sigend"\n}\n': (4, 24, "did you mean `signed`"),
    'deny contains "x" if {\n\tinput.time.weekday in {0, 6}\n}\n': (4, 25, "it is 1 to 7"),
    'kinds := ["coment"]\n\ndeny contains "x" if {\n\tinput.act.kind in kinds\n}\n': (
        6,
        20,
        "did you mean `comment`",
    ),
    'deny contains "x" if {\n\tsome one in input.approvals\n\tone.rol == "owner"\n}\n': (
        5,
        2,
        "did you mean `one.role`",
    ),
    'deny contains "x" if {\n\tevery one in input.approvals {\n\t\tone.role == "bos"\n\t}\n}\n': (5, 15, "never"),
    'deny contains "x" if {\n\tstartswith(input.act.texts[_], "a")\n}\n': (4, 2, "no `[_]`"),
    'deny contains "x" if {\n\tinput.subject.labels["hotfix"]\n}\n': (4, 2, "is a list"),
    'deny contains "x" if {\n\t"hotfix" in input.subject.state\n}\n': (4, 14, "nothing is in"),
    'deny contains "x" if {\n\tobject.get(input.subject, "sate", "")\n}\n': (4, 2, "no `input.subject.sate`"),
    'deny contains "x" if {\n\tstartswith(input.subject.size_lines, "5")\n}\n': (4, 2, "takes text"),
    'import data.fairlead.settings\n\ndeny contains "x" if {\n\tsettings.merge_need\n}\n': (6, 2, "`merge_needs`"),
    'import input.subject as s\n\ndeny contains "x" if {\n\ts.sate == "open"\n}\n': (6, 2, "no `input.subject.sate`"),
    'deny contains "x" if {\n\tinput["act"]["knid"] == "x"\n}\n': (4, 2, "did you mean `input.act.kind`"),
    'deny contains "x" if {\n\tinput.act.kind in data.own.people.kinds\n}\n': (4, 20, 'never "mergee"'),
}
RIGHT = """\
package fairlead.policies.own

import data.fairlead.settings
import data.own.people as known
import rego.v1

# every way to bind a name
deny contains {"rule": "own/a", "words": sprintf("%s at %d", [word.by, index])} if {
	some index, word in input.approvals
	not word.by in known.trusted
	[first, _] := split(word.by, ":")
	first == "person"
	every label in input.subject.labels {
		label != "fine"
	}
}

deny contains "b" if {
	input.approvals[i].role == "viewer"
	i > 0
	kinds := {kind | kind := input.approvals[_].kind}
	count(kinds - {"person"}) > 0
	object.get(input.act.arguments, ["a", "b"], 0) == 1
}

deny contains concat(" ", [
	"c",
	half(4),
]) if input.act.arguments.anything[0].goes == lower(settings.break_glass[0])

half(x) := y if {
	y := x / 2
} else := 0

default strict := false

strict if count(input.act.texts) > 3

# helpers that something reads, and comparisons that can hold
deny contains "d" if {
	strict
	input.act.kind in watched
	input.emergency.role == "owner"
	input.subject.security_alerts == null
	input.subject.coverage.percent < 80.5
	input.proposer.roles[input.act.team] != "viewer"
	input.subject.labels[_] == known.label
	who == "person"
}

watched contains "merge"

watched contains one if {
	one := ["page", "webhook"][_]
}

who := input.proposer.kind if {
	input.act.kind != "comment"
} else := ""

ask contains {"role": need, "count": count(input.approvals) + 1, "not_by": [input.subject.author], "mine": 1} if {
	need := {"merge": "owner"}[input.act.kind]
}

oblige contains {"kind": "not_before", "at_ns": input.time.loud_ns} if input.time.loud_ns > 0
"""


def checked(folder: Path, text: str, name: str = "own.rego") -> list[tuple[int, int, str]]:
    (folder / name).write_text(text)
    loaded = policies.load([folder], values(Policy()))
    return [(one.line, one.column, one.message) for one in checking.faults(loaded, own_only=True)]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[ConfigFault]]:
    """Path -> its faults, of all wrong files in one round."""
    folder = tmp_path_factory.mktemp("wrong")
    (folder / "people.json").write_text('{"kinds": ["merge", "mergee"]}')
    for number, text in enumerate(WRONG):
        (folder / f"own{number}.rego").write_text(f"package fairlead.policies.own{number}\n\n{text}")
    (folder / "elsewhere.rego").write_text('package fairlead.policy.own\n\ndeny contains "x"\n')
    found: dict[str, list[ConfigFault]] = {}
    for one in checking.faults(policies.load([folder], values(Policy())), own_only=True):
        found.setdefault(Path(one.path).stem, []).append(one)
    return found


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_with_its_place(told: dict[str, list[ConfigFault]], text: str) -> None:
    line, column, words = WRONG[text]
    found = told[f"own{list(WRONG).index(text)}"]
    assert any((one.line, one.column) == (line, column) and words in one.message for one in found), found


def test_a_set_of_a_package_that_is_none_of_policies_is_told(told: dict[str, list[ConfigFault]]) -> None:
    assert ["fairlead.policies.<name>" in one.message for one in told["elsewhere"]] == [True]


def test_nothing_is_told_of_what_is_right(tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text('{"trusted": ["person:kim"], "label": "late"}')
    assert checked(tmp_path, RIGHT) == []


def test_the_file_that_never_ends_is_named_and_not_one_beside_it(tmp_path: Path) -> None:
    (tmp_path / "fine.rego").write_text(
        'package fairlead.policies.fine\n\ndeny contains "x" if input.subject.draft\n'
    )
    # only a text that it does not fit has it try all ways, and the usual document has none
    held = 'some one in input.act.texts\n\tregex.match("(a+)+$", one)'
    slow = f'package fairlead.policies.slow\n\ndeny contains "x" if {{\n\t{held}\n}}\n'
    (tmp_path / "slow.rego").write_text(slow)
    found = checking.faults(policies.load([tmp_path], values(Policy())), own_only=True)
    assert [(Path(one.path).name, one.line, "does not end" in one.message) for one in found] == [
        ("slow.rego", 3, True)
    ]


def test_ours_are_right_and_tested_and_their_tests_hold() -> None:
    loaded = policies.load([], values(Policy()))
    assert (checking.faults(loaded), checking.remarks(loaded)) == ([], [])
    found = testing.run(loaded)
    assert len(found) > 60
    assert [one for one in found if not one.holds] == []


def test_a_test_that_does_not_hold_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "own.rego").write_text(
        'package fairlead.policies.own\n\ndeny contains "no" if {\n\tinput.act.kind == "page"\n}\n'
    )
    (tmp_path / "own_test.rego").write_text(
        "package fairlead.policies.own_test\n\nimport data.fairlead.cases\nimport data.fairlead.policies.own\n\n"
        'test_pages_stop if {\n\tasked := cases.of("page", {})\n\tcount(own.deny) == 1 with input as asked\n}\n\n'
        'test_comments_too if {\n\tasked := cases.of("comment", {})\n\tcount(own.deny) == 1 with input as asked\n}\n'
    )
    loaded = policies.load([tmp_path], values(Policy()))
    assert [(one.name, one.holds, one.line) for one in testing.run(loaded, "own")] == [
        ("test_pages_stop", True, 6), ("test_comments_too", False, 11),
    ]  # fmt: skip


def test_what_brings_the_engine_down_is_a_fault_and_not_our_end(tmp_path: Path) -> None:
    deep = "[" * 20_000 + "]" * 20_000
    found = checked(tmp_path, f'package fairlead.policies.own\n\ndeny contains "x" if {{\n\tcount({deep}) == 7\n}}\n')
    assert found
