"""GitHub's documented rules for CODEOWNERS, case by case."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.changes.codeowners import Owners, Rule, effective, match
from fairlead.connectors.kit.owners import SIZE_LIMIT, code_owner_rows

# The example file of GitHub's documentation, with its comments shortened.
DOCUMENTED = """
# Lines starting with '#' are comments.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


def _rules(text: str) -> list[Rule]:
    return [Rule(line.position, line.pattern, line.owners) for line in code_owner_rows(text)]


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README", ("@global-owner1", "@global-owner2")),
        ("src/deep/app.js", ("@js-owner",)),
        ("main.go", ("docs@example.com",)),
        ("notes/a.txt", ("@octo-org/octocats",)),
        ("build/logs/x/y.log", ("@octocat",)),
        ("docs/getting-started.md", ("@doctocat",)),
        ("docs/build-app/troubleshooting.md", ("@doctocat",)),
        ("my/apps/x.js", ("@octocat",)),
        ("apps/any", ("@octocat",)),
        ("apps/github", ()),
        ("apps/github/app.go", ()),
        ("scripts/run", ("@doctocat", "@octocat")),
        ("deeply/nested/logs/today", ("@octocat",)),
    ],
)
def test_the_documented_file(path: str, owners: tuple[str, ...]) -> None:
    assert Owners(_rules(DOCUMENTED)).of(path) == owners


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*", "a/b/c", True),
        ("*.js", "a/b.js", True),
        ("*.js", "a/b.jsx", False),
        ("/*.js", "a/b.js", False),
        ("docs/*", "docs/getting-started.md", True),
        ("docs/*", "docs/build-app/troubleshooting.md", False),
        ("docs/*", "other/docs/a.md", False),
        ("docs/", "other/docs/deep/a.md", True),
        ("/docs/", "other/docs/a.md", False),
        ("/docs/", "docs", False),
        ("docs", "docs/a/b", True),
        ("docs", "x/docs/a", True),
        ("docs", "docsy/a", False),
        ("/build/logs/", "build/logs/a/b.log", True),
        ("/build/logs/", "src/build/logs/a", False),
        ("build/logs", "src/build/logs/a", False),
        ("**/logs", "logs/a", True),
        ("**/logs", "x/y/logs", True),
        ("**/logs", "x/y/logsy", False),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b/c", True),
        ("a/**", "a/x/y", True),
        ("a/**", "a", False),
        ("/src/*.py", "src/a.py", True),
        ("/src/*.py", "src/x/a.py", False),
        ("/src/*/test", "src/one/test/x", True),
        ("/src/*/test", "src/one/two/test", False),
        ("file?.txt", "x/file1.txt", True),
        ("file?.txt", "file12.txt", False),
        ("Docs/", "docs/a", False),
        ("path\\ with\\ spaces/", "path with spaces/a", True),
        ("a.b", "aXb", False),
        ("a+b(c)", "a+b(c)", True),
        ("!secret", "secret", False),
        ("[ab].txt", "a.txt", False),
        ("\\#notes", "#notes", False),
        ("/", "a", False),
        ("*", "line\nbreak", True),
    ],
)
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    assert match(pattern, path) is expected


def test_lines_with_wrong_syntax_are_skipped_and_the_others_hold() -> None:
    text = "* @kim\n!x @lee\n[a] @lee\n*.md lee\n*.py @acme/core m@acme.example\n\t\n*.r @-no\nx\\ y @kim # z\n/#a @b"
    rows = code_owner_rows(text)
    assert [(line.position, line.pattern) for line in rows] == [(1, "*"), (5, "*.py"), (8, "x\\ y"), (9, "/#a")]
    assert Owners(Rule(line.position, line.pattern, line.owners) for line in rows).of("x y") == ("@kim",)


def test_a_file_beyond_the_limit_is_not_loaded() -> None:
    line = "*.py @kim\n"
    assert code_owner_rows(line * (SIZE_LIMIT // len(line) + 1)) == []


def test_only_the_first_location_counts() -> None:
    held = [("docs/CODEOWNERS", Rule(1, "*", ("@a",))), (".github/CODEOWNERS", Rule(1, "*.md", ("@b",)))]
    assert Owners(effective(held)).of("a.py") == ()
    assert effective([]) == []


_NAME = st.text("ab.", min_size=1, max_size=3).filter(lambda name: name.strip("."))
_PATH = st.lists(_NAME, min_size=1, max_size=4).map("/".join)


@given(_PATH, st.lists(st.tuples(_PATH, st.sampled_from(["@a", "@b"])), max_size=5))
def test_the_last_matching_line_wins(path: str, lines: list[tuple[str, str]]) -> None:
    rules = [Rule(number, f"/{pattern}", (owner,)) for number, (pattern, owner) in enumerate(lines)]
    matching = [rule.owners for rule in rules if path == rule.pattern[1:] or path.startswith(rule.pattern[1:] + "/")]
    assert Owners(reversed(rules)).of(path) == (matching[-1] if matching else ())


@given(_PATH)
def test_a_path_is_covered_by_itself_and_by_its_folders(path: str) -> None:
    assert match(f"/{path}", path)
    assert match("**", path)
    folder = path.rpartition("/")[0]
    assert not folder or (match(f"/{folder}/", path) and match(f"{folder}/**", path))


@pytest.mark.parametrize(
    ("pattern", "path", "near"),
    [
        ("*a" * 30 + "b", "a" * 300, "a" * 300 + "b"),
        ("/x/" + "**/a/" * 20 + "b", "x/" + "a/" * 120, "x/" + "a/" * 120 + "b"),
        ("**/" * 30 + "b", "a/" * 300 + "a", "a/" * 300 + "b"),
        ("/" + "*a*a*a/**/" * 10 + "b", "aaaaaa/" * 60 + "c", "aaaaaa/" * 60 + "b"),
    ],
)
def test_patterns_that_mean_harm_take_no_time(pattern: str, path: str, near: str) -> None:
    begun = time.process_time()
    assert (match(pattern, path), match(pattern, near)) == (False, True)
    assert time.process_time() - begun < 1
