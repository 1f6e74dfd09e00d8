"""The table of rights: what a file says in words like `2 members`, read into what policies ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fairlead.config.check import did_you_mean
from fairlead.governance.policy.document import KINDS
from fairlead.model.errors import ConfigFault

WHO = ("rule", "agent", "operator", "viewer", "member", "manager", "owner")
ROLES = ("viewer", "member", "manager", "owner")
"""From the least to the most."""
FILE = "rights.yaml"
_NEED = re.compile(r"(?:(\d+)\s+)?(member|manager|owner)s?")
Table = dict[str, dict[str, Any]]


def read_rights(read: Iterable[tuple[Path, Any]]) -> tuple[Table, dict[str, Table], list[ConfigFault]]:
    """Kind -> who -> what they may, of everybody and of single teams; a later file changes single cells."""
    table: Table = {}
    teams: dict[str, Table] = {}
    faults: list[ConfigFault] = []
    for path, said in read:
        for key in said:
            if key not in ("rights", "teams"):
                faults.append(_fault(path, said, (key,), f"no key `{key}`{did_you_mean(key, ['rights', 'teams'])}"))
        _lay(table, path, said, ("rights",), faults)
        for team in said.get("teams") or {}:
            _lay(teams.setdefault(f"team:{team}", {}), path, said, ("teams", team), faults)
    return table, teams, faults


def _lay(table: Table, path: Path, said: Any, keys: tuple[str, ...], faults: list[ConfigFault]) -> None:
    rows = said
    for key in keys:
        rows = rows.get(key) or {}
    for place, kind, who, text in _cells(rows, keys):
        if kind not in KINDS:
            faults.append(_fault(path, said, place[:-1], f"no kind of act `{kind}`{did_you_mean(kind, list(KINDS))}"))
        elif who not in WHO:
            faults.append(_fault(path, said, place, f"nobody is called `{who}`{did_you_mean(who, list(WHO))}"))
        elif (may := entry(text)) is None:
            words = f"`{text}` is no right: `alone`, `never`, or whose word it needs, like `2 members and manager`"
            faults.append(_fault(path, said, place, words))
        else:
            table.setdefault(kind, {})[who] = may


def _cells(rows: Any, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, str, str]]:
    for kind, row in rows.items() if isinstance(rows, Mapping) else ():
        for who, text in row.items() if isinstance(row, Mapping) else ():
            yield (*keys, kind, who), str(kind), str(who), str(text)


def entry(text: str) -> dict[str, Any] | None:
    """A cell as policies read it; nothing where it says nothing."""
    if text in ("alone", "never"):
        return {"may": text, "needs": []}
    needs = []
    for part in text.split(" and "):
        if not (found := _NEED.fullmatch(part.strip())) or found[1] == "0":
            return None
        needs.append({"role": found[2], "count": int(found[1] or 1)})
    return {"may": "ask", "needs": needs}


def _fault(path: Path, said: Any, keys: tuple[str, ...], words: str) -> ConfigFault:
    line = column = 0
    node = said
    for key in keys:
        try:
            line, column = node.lc.key(key)
            node = node[key]
        except (AttributeError, KeyError, TypeError):
            break
    return ConfigFault(str(path), line + 1, column + 1, words)
