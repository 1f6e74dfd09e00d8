"""What the embedded engine lets pass is told with its place, and nothing is told of what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.config.settings import Policy
from fairlead.governance.policy import checking, policies, testing
from fairlead.wiring.policies import values

WRONG = {
    'deny contains "x" if {\n\tinput.act.kind == "merge"\n': (3, 22, "never closed"),
    "deny contains x if {\n\tx := 1 1\n}\n": (4, 2, "invalid literal"),
    'deny contains "x" {\n\tinput.act.kind == "merge"\n}\n': (3, 1, "needs `if`"),
    'deny["x"] {\n\tinput.act.kind == "merge"\n}\n': (3, 1, "is a set"),
    'deny := "x" if {\n\tinput.act.kind == "merge"\n}\n': (3, 1, "is a set"),
    'denny contains "x" if {\n\tinput.act.kind == "merge"\n}\n': (1, 1, "did you mean `deny`"),
    'deny contains "x" if {\n\tinput.act.knid == "merge"\n}\n': (4, 2, "did you mean `act.kind`"),
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
"""


def checked(folder: Path, text: str, name: str = "own.rego") -> list[tuple[int, int, str]]:
    (folder / name).write_text(text)
    loaded = policies.load([folder], values(Policy()))
    return [(one.line, one.column, one.message) for one in checking.faults(loaded, own_only=True)]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    line, column, words = WRONG[text]
    found = checked(tmp_path, f"package fairlead.policies.own\n\n{text}")
    assert any(one[:2] == (line, column) and words in one[2] for one in found), found


def test_nothing_is_told_of_what_is_right(tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text('{"trusted": ["person:kim"]}')
    assert checked(tmp_path, RIGHT) == []


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
