"""Closing keywords by GitHub's documented rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.connectors.github.closing import closing_references

HERE = "github:harbor-co/tides"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Closes #10", [f"{HERE}#10"]),
        ("CLOSES: #10", [f"{HERE}#10"]),
        ("fix #1, fixes #2, fixed #3", [f"{HERE}#1", f"{HERE}#2", f"{HERE}#3"]),
        ("Resolves harbor-co/docks#7", ["github:harbor-co/docks#7"]),
        ("resolved https://github.com/harbor-co/docks/issues/8.", ["github:harbor-co/docks#8"]),
        ("Fixes GH-4", [f"{HERE}#4"]),
        ("close #10, and #11", [f"{HERE}#10"]),
        ("prefix fixes#1 hotfixes #2 affixes #3", []),
        ("`fixes #1` and\n```\nfixes #2\n```\n<!-- fixes #3 -->", []),
        ("Fixes #12abc", []),
        ("see #5", []),
    ],
)
def test_keywords(text: str, found: list[str]) -> None:
    assert list(closing_references(text, "github", HERE)) == found


@given(st.text(alphabet="fixes #0123`<!->/ghclo\n", max_size=200))
def test_any_text(text: str) -> None:
    closing_references(text, "github", HERE)
