"""Texts that call nobody and link nothing, whatever a stranger makes of entities, emphasis and stray backticks."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.connectors.kit.marks import uncalled, unclosing, unlinked

PIECES = (
    *("@", "&#64;", "&commat", "#", "&#x23;", "kim", "acme/all", "all", "fixes ", "Closes", "`", "_", "*", "\\", "/"),
    *("&#47;", " ", "\n", "1", "23", "https://", "[~", "é", ", ", "GH-", "!"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@given(TEXTS)
def test_nothing_is_called_but_who_is_known(text: str) -> None:
    calm = uncalled(text, {"kim"}.__contains__)
    assert uncalled(calm, {"kim"}.__contains__) == calm
    # as a tool sees it, which reads entities and escapes first
    seen = re.sub(r"\\(?=[^\w\s])", "", html.unescape(calm))
    assert set(re.findall(r"(?<![A-Za-z0-9])@([\w.-]*[A-Za-z0-9](?:/\w+)?)", seen)) <= {"kim"}
    assert "[~" not in calm


@given(TEXTS)
def test_nothing_is_linked(text: str) -> None:
    calm = unlinked(text)
    assert unlinked(calm) == calm
    assert not re.search(r"[#!]\d|://|GH-\d", html.unescape(calm))


@pytest.mark.parametrize(
    ("text", "calm"),
    [
        ("Fixes #1, #2 and acme/pay#3; see #4", "Fixes # 1, # 2 and acme/pay# 3; see #4"),
        ("resolves https://github.com/a/b/issues/1", "resolves https: //github.com/a/b/issues/1"),
        ("prefixes #1 closes a door", "prefixes #1 closes a door"),
        ("implemented: &#35;9", "implemented: # 9"),
    ],
)
def test_nothing_is_closed(text: str, calm: str) -> None:
    assert unclosing(text) == calm
