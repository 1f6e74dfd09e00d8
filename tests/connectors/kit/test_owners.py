"""CODEOWNERS lines as two hosts write them."""

from __future__ import annotations

import base64
import json

from fairlead.changes.codeowners import Rule, effective
from fairlead.connectors.gitlab.connector import CONNECTOR
from fairlead.connectors.kit.connector import Delivery, Options
from fairlead.connectors.kit.owners import code_owner_rows


def test_groups_nest_and_a_line_with_another_word_is_skipped() -> None:
    text = "* @acme/platform/payments @kim\n/docs/ nobody\n/api/ noor@acme.example\n"
    assert [(row.pattern, row.owners) for row in code_owner_rows(text)] == [
        ("*", ("@acme/platform/payments", "@kim")),
        ("/api/", ("noor@acme.example",)),
    ]


def test_the_file_in_the_folder_of_gitlab_counts() -> None:
    text = "^[Ledger][2] @acme/platform/payments\n/ledger/\n/ledger/docs/ @kim\n"
    file = {
        "file_path": ".gitlab/CODEOWNERS", "blob_id": "0123456789abcdef", "encoding": "base64",
        "content": base64.b64encode(text.encode()).decode(),
    }  # fmt: skip
    headers = {"project": "acme/pay", "date": "Mon, 07 Sep 2026 08:00:00 GMT"}
    reading = CONNECTOR.read(Delivery("api:files", headers, json.dumps(file).encode()), Options("gitlab"))
    said = [patch.said() for patch in reading.patches]
    rules = [(each["path"], Rule(each["position"], each["pattern"], each["owners"])) for each in said]
    assert [(rule.pattern, rule.owners) for rule in effective(rules)] == [
        ("/ledger/", ("@acme/platform/payments",)),
        ("/ledger/docs/", ("@kim",)),
    ]
