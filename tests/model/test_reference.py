"""The documentation of records is that of the code."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from fairlead.model.reference import json_schema, markdown
from fairlead.model.schema import TABLES, columns

PAGE = Path(__file__).parents[2] / "docs" / "records.md"


def test_the_page_is_up_to_date() -> None:
    """`fairlead docs docs` writes it again."""
    assert PAGE.read_text().strip() == markdown().strip(), "fairlead docs docs"


def test_every_field_is_documented() -> None:
    """With a sentence of its own."""
    page = markdown()
    for table in TABLES:
        assert f"### `{table}`" in page
        for column in columns(table):
            assert f"| `{column.name}` |" in page
            assert column.doc.endswith((".", ".`", "..."))


def test_a_record_as_json_is_checked() -> None:
    """The schema takes what import takes and refuses what it refuses."""
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator({**schema, "$ref": "#/$defs/changes"})
    check.validate({"id": "github:acme/payments#42", "state": "open", "labels": ["bug"], "merged_at": None})
    for wrong in (
        {},
        {"id": ""},
        {"id": "c", "state": "gone"},
        {"id": "c", "labels": "bug"},
        {"id": "c", "titel": "x"},
    ):
        with pytest.raises(jsonschema.ValidationError):
            check.validate(wrong)
