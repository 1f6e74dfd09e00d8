"""Every phrase of the pages is said in every language, with the same names to be filled in."""

from __future__ import annotations

import string

import pytest
from tests.ui.phrases import phrases

from fairlead.ui.words import LANGUAGES, Words, words


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_phrases_are_found_at_all() -> None:
    found = set(phrases())
    assert len(found) > 300
    assert {"What counts", "{n} row", "Delivery", "conflicts with {base}"} <= found


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_every_phrase_is_translated(language: str) -> None:
    known = words(language).known
    assert sorted({phrase for phrase in phrases() if phrase not in known}) == []


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_translations_fill_in_the_same_names(language: str) -> None:
    wrong = {
        key: forms
        for key, forms in words(language).known.items()
        if len(forms) == 1 and _names(key) != _names(forms[0])
    }
    assert wrong == {}


def test_number_decides_the_form() -> None:
    german = words("de")
    assert german.plural("{n} row", "{n} rows", 1) == "1 Zeile"
    assert german.plural("{n} row", "{n} rows", 0, n="0") == "0 Zeilen"
    assert Words().plural("{n} row", "{n} rows", 1) == "1 row"
    assert Words().plural("{n} row", "{n} rows", 2.5, n="2.5") == "2.5 rows"


def test_text_from_tools_is_no_format() -> None:
    assert words("de")("since {moment}", moment="{evil}") == "seit {evil}"
    assert words("de")("a {brace} of a tool") == "a {brace} of a tool"
