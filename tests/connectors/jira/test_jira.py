"""Jira: golden pairs, and what they are to mean."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from fairlead.connectors.jira.connector import CONNECTOR
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.suite import ConnectorSuite


class TestJira(ConnectorSuite):
    connector = CONNECTOR
    options = Options(source="jira")
    folder = Path(__file__).parent

    def signed(self, body: bytes, secret: str) -> dict[str, str]:
        return {"x-hub-signature": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}
