"""Names of commits in `.git-blame-ignore-revs`, as git reads them."""

from __future__ import annotations

import pytest

from fairlead.changes.ignored_revisions import ignored_revisions

ONE, TWO = "ab" * 20, "0f" * 32


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("# nothing\n\n", set()),
        (f"{ONE}\n", {ONE}),
        (f"  {ONE.upper()}  # black\r\n{TWO}", {ONE, TWO}),
        (f"#{ONE}\n{ONE[:12]}\nnot a commit\n{ONE}0\n", set()),
    ],
)
def test_whole_names_count_and_comments_do_not(text: str, expected: set[str]) -> None:
    assert ignored_revisions(text) == expected
