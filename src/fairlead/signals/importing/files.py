"""A file of another tool's rules: seen by what it holds, translated, and written as a file of ours."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from fairlead.model.errors import Abort
from fairlead.signals.importing import mergify, policybot, stale
from fairlead.signals.importing.translated import Translated

LOOKED_AT = timedelta(days=90)
"""After so long somebody must have looked at what was imported."""


def translate(path: Path) -> Translated:
    """The rules of a file; raises `Abort` where it is no such file."""
    said = _read(path)
    if "pull_request_rules" in said:
        return mergify.translate(said)
    if "approval_rules" in said:
        return policybot.translate(said)
    if any(stale.steps(said)):
        return stale.translate(said)
    raise Abort(
        f"{path.name} holds no rules that can be translated",
        hint="a workflow with actions/stale, Mergify's pull_request_rules or policy-bot's approval_rules",
    )


def as_file(made: Translated, owner: str, today: date) -> str:
    """What was translated as a file for fairlead.d/rules/, with what was left out at its head."""
    from ruamel.yaml import YAML

    expires = (today + LOOKED_AT).isoformat()
    out = io.StringIO()
    for left in made.left_out:
        out.write(f"# left out: {' '.join(left.split())}\n")
    yaml = YAML()
    yaml.width = 100
    yaml.dump({"rules": [{**rule, "owner": owner, "expires": expires} for rule in made.rules]}, out)
    return out.getvalue()


def _read(path: Path) -> Mapping[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        said = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as fault:
        raise Abort(f"{path} cannot be read: {str(fault).splitlines()[0]}") from fault
    if not isinstance(said, Mapping):
        raise Abort(f"{path.name} holds no table")
    return said
