"""The JSON Schema of files of rules: editors complete keys by it and underline what is wrong while one types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from fairlead.model.acts import Act
from fairlead.signals import views
from fairlead.signals.naming import ID
from fairlead.signals.written import Written

_LENGTH = {"type": "string", "pattern": r"^\d+(\.\d+)?(m|h|d|w)$"}


def schema() -> Mapping[str, Any]:
    """The whole schema; conditions are texts to it, whose faults `fairlead rules check` tells."""
    made = msgspec.json.schema(Written, ref_template="#/$defs/{name}")
    kinds = dict(made["$defs"])
    rule = kinds["Written"]
    fields = rule["properties"]
    # written into by the reader, by nobody else
    fields.pop("path")
    rule["additionalProperties"] = False
    part = {"$ref": "#/$defs/Part"}
    kinds["Part"] = {"anyOf": [{"type": "string"}, {
        "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False,
        "properties": {"any": {"type": "array", "items": part}, "all": {"type": "array", "items": part}, "not": part},
    }]}  # fmt: skip
    for name in ("where", "unless"):
        fields[name] = {**fields[name], "items": part}
    fields["subject"] = {**fields["subject"], "enum": list(views.shipped())}
    # one severity for all may stand for itself
    fields["severity"] = {
        "anyOf": [fields["severity"], {"enum": list(kinds["Severities"]["properties"]["default"]["enum"])}]
    }
    fields["id"] = {**fields["id"], "pattern": f"^{ID.pattern}$"}
    fields["expires"] = {**fields["expires"], "format": "date"}
    for name in ("for", "clear_for"):
        fields[name] = {**fields[name], **_LENGTH}
    fields["needs"] = {**fields["needs"], "additionalProperties": _LENGTH}
    acts = msgspec.json.schema(Act, ref_template="#/$defs/{name}")
    kinds |= acts.pop("$defs")
    kinds["Then"]["properties"]["propose"] = acts
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rules of Fairlead",
        "type": "object",
        "required": ["rules"],
        "additionalProperties": False,
        "properties": {"rules": {"type": "array", "items": {"$ref": "#/$defs/Written"}}},
        "$defs": dict(sorted(kinds.items())),
    }
