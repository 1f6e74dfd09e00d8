"""The plan file as JSON Schema, made from its types, so that editors know it."""

from __future__ import annotations

from typing import Any

import msgspec

from fairlead.planning.planfile import Plan


def json_schema() -> dict[str, Any]:
    """Draft 2020-12, with the descriptions that the types bear."""
    found = msgspec.json.schema(Plan)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Plan of Fairlead",
        "$ref": found["$ref"],
        "$defs": found["$defs"],
    }
