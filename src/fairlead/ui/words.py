"""The reader's language: English is the key of each phrase, other languages come from the catalogue beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

LANGUAGES = ("en", "de")
"""Languages that the pages speak; the first is the one that keys are written in."""


@dataclass(frozen=True)
class Words:
    """Phrases of one language."""

    language: str = "en"
    known: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def __call__(self, text: str, /, **values: Any) -> str:
        """The phrase in the reader's language, its `{names}` filled in; the English one where it is missing."""
        # A missing phrase is said in English: a page is never empty for want of a word.
        said = self.known.get(text, (text,))[0] or text
        return said.format(**values) if values else said

    def plural(self, one: str, many: str, count: float, /, **values: Any) -> str:
        """The form for a number."""
        forms = self.known.get(one, (one, many))
        said = (forms[0] if count == 1 else forms[-1]) or (one if count == 1 else many)
        return said.format(**({"n": count} | values))


@cache
def words(language: str) -> Words:
    """The phrases of a language, read once."""
    catalogue = Path(__file__).parent / "phrases" / f"{language}.po"
    if language not in LANGUAGES or not catalogue.is_file():
        return Words()
    known: dict[str, tuple[str, ...]] = {}
    with catalogue.open("rb") as file:
        for message in read_po(file):
            key = message.id if isinstance(message.id, str) else message.id[0]
            said = message.string if isinstance(message.string, str) else tuple(message.string or ())
            # A translation that nobody has looked at is worse than English.
            if key and not message.fuzzy:
                known[key] = (said,) if isinstance(said, str) else tuple(map(str, said))
    return Words(language, known)
