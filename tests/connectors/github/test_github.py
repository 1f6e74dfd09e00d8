"""The suite on GitHub's golden pairs."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from fairlead.connectors.github.connector import CONNECTOR
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.suite import ConnectorSuite


class TestGitHub(ConnectorSuite):
    connector = CONNECTOR
    options = Options(source="github")
    folder = Path(__file__).parent

    def signed(self, body: bytes, secret: str) -> dict[str, str]:
        return {"x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}
