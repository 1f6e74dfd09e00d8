"""DuckDB's complaints in our words: one line, and a hint with names that exist."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection

from fairlead.metrics.shown import documented
from fairlead.model.errors import Fault

_TABLE = re.compile(r"Table with name \"?([^\s\"!]+)\"? does not exist")
_COLUMN = re.compile(r"column \"([^\"]+)\" not found|does not have a column named \"([^\"]+)\"", re.IGNORECASE)
_FUNCTION = re.compile(r"Function with name \"?([^\s\"]+)\"? does not exist")
_OFFERED = re.compile(r"Did you mean ([^\n]+)\?")
_CANDIDATES = re.compile(r"Candidate (?:bindings|functions): ?(.+)")
# The engine points at the word after it, which is the first that does not fit.
_RESERVED = re.compile(
    r"^Parser Error: syntax error.*^LINE \d+: [^\n]*\bat\b(?!\")", re.IGNORECASE | re.DOTALL | re.MULTILINE
)
_NAME = re.compile(r"\"([^\"]+)\"")
_TOO_LARGE = re.compile(r"out of memory|bad allocation|allocation failure|failed to allocate", re.IGNORECASE)


def told(fault: Exception) -> Fault:
    """A fault to raise in place of one of DuckDB's or of a failed allocation."""
    text = str(fault).strip()
    first = text.splitlines()[0] if text else "the query failed"
    if isinstance(fault, MemoryError) or _TOO_LARGE.search(first):
        return Fault("the query needs more memory than one may take", hint="narrow it, or group before you join")
    if found := _TABLE.search(first):
        return Fault(f"no table `{found[1]}`", hint=_meant(found[1]) or _LOOK)
    if found := _COLUMN.search(first):
        name = found[1] or found[2]
        candidates = _CANDIDATES.search(text)
        known = _NAME.findall(candidates[1]) if candidates else []
        return Fault(f"no column `{name}`", hint=_listed(difflib.get_close_matches(name, known)) or _LOOK)
    if found := _FUNCTION.search(first):
        # The engine compares with all of its functions, which nobody lists here.
        offered = _OFFERED.search(text)
        return Fault(f"no function `{found[1]}`", hint=_listed(_NAME.findall(offered[1])) if offered else "")
    if _RESERVED.search(text):
        return Fault(first, hint='the column `at` must be quoted, since SQL has a word of that name: "at"')
    return Fault(first, hint=_LOOK if first.startswith(("Catalog", "Binder", "Parser")) else "")


_LOOK = "`show tables` and `describe <table>` tell what there is"


def _meant(name: str) -> str:
    known, asked = list(documented()), name.lower()
    # Who asks for `reviews` means `change_reviews`: likeness of letters alone would offer `releases`.
    holding = sorted((one for one in known if asked.rstrip("s") in one), key=len)
    return _listed([*holding, *difflib.get_close_matches(asked, known)])


def _listed(names: Collection[str]) -> str:
    chosen = [f"`{name}`" for name in list(dict.fromkeys(names))[:3]]
    return f"did you mean {' or '.join(chosen)}?" if chosen else ""
