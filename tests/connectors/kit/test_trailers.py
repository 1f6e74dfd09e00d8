"""Trailers as git and the hosts write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.connectors.kit.trailers import split_person, trailers

SQUASHED = """Round levels down (#3)

* Level below zero

Reviewed-by: Mira <mira@harbor.example>

* Round down

Co-authored-by: Jonas <jonas@harbor.example>
Co-authored-by: Robin <robin@harbor.example>
"""


@pytest.mark.parametrize(
    ("message", "co_authors", "others"),
    [
        ("Title\n\nCo-authored-by: A <a@x.example>", ("A <a@x.example>",), ()),
        ("Title\n\nco-AUTHORED-by: A <a@x.example>\nSigned-off-by: B", ("A <a@x.example>",), ("Signed-off-by: B",)),
        ("Co-authored-by: A <a@x.example>", (), ()),
        ("Title\n\nNote: this is prose\nthat goes on\nand on and on", (), ()),
        ("Title\n\nReviewed-by: B\n (cherry picked from x)", (), ("Reviewed-by: B (cherry picked from x)",)),
        ("Title\n\nFixes: #1\n(cherry picked from commit abcdef1)\n", (), ("Fixes: #1",)),
        ("Title\r\n\r\nTask: T-1\r\n", (), ("Task: T-1",)),
        ("Title\n\nTask: T-1\n\nCo-authored-by: A <a@x>", ("A <a@x>",), ("Task: T-1",)),
        (SQUASHED, ("Jonas <jonas@harbor.example>", "Robin <robin@harbor.example>"), ()),
        ("", (), ()),
    ],
)
def test_last_paragraph(message: str, co_authors: tuple[str, ...], others: tuple[str, ...]) -> None:
    found = trailers(message)
    assert (found.co_authors, found.others) == (co_authors, others)


def test_people() -> None:
    assert split_person(" Kim Doe < kim@x > ") == ("Kim Doe", "kim@x")
    assert split_person("kim@x") == ("", "kim@x")
    assert split_person("Kim") == ("Kim", "")


@given(st.text(alphabet="ab:-\n (#", max_size=80))
def test_any_text(message: str) -> None:
    trailers(message)
