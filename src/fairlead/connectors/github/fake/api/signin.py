"""Who may ask: personal tokens, apps by JWT, installation tokens, and apps made from a manifest."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from fairlead.connectors.github.fake.api.call import Caller, Refusal
from fairlead.connectors.github.fake.payloads.wire import Json

PERMISSIONS = {
    "actions": "read", "checks": "read", "contents": "read", "deployments": "read", "issues": "read",
    "members": "read", "metadata": "read", "pull_requests": "read", "statuses": "read",
}  # fmt: skip


@dataclass(slots=True)
class Registered:
    """An app that may sign in by JWT."""

    id: int
    slug: str
    name: str
    public_key: str
    webhook_secret: str = ""
    permissions: dict[str, str] = field(default_factory=lambda: dict(PERMISSIONS))
    events: list[str] = field(default_factory=list)


@dataclass(slots=True)
class SignIn:
    """Tokens and apps that are known."""

    tokens: dict[str, str] = field(default_factory=dict)
    """Personal token -> login."""
    scopes: str = "read:org, repo"
    apps: dict[int, Registered] = field(default_factory=dict)
    minted: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    """Installation token -> app, end of its life."""
    manifests: dict[str, Json] = field(default_factory=dict)
    """Code of the manifest flow -> manifest; a code works once."""

    def caller(self, authorization: str, now: datetime) -> Caller:
        """Whose request it is; raises 401 as GitHub words it."""
        kind, _, token = authorization.partition(" ")
        if not token or kind.lower() not in ("bearer", "token"):
            raise Refusal(401, "Requires authentication")
        if token in self.tokens:
            return Caller("user", login=self.tokens[token])
        if token in self.minted:
            app, end = self.minted[token]
            if now < end:
                return Caller("installation", app_id=app)
            raise Refusal(401, "Bad credentials")
        if token.count(".") == 2:
            return Caller("app", app_id=self._app_of(token, now))
        raise Refusal(401, "Bad credentials")

    def mint(self, app: int, now: datetime) -> tuple[str, datetime]:
        """An installation token, good for an hour."""
        token = "ghs_" + hashlib.sha256(f"{app}/{now}/{len(self.minted)}".encode()).hexdigest()[:36]
        self.minted[token] = (app, now + timedelta(hours=1))
        return token, self.minted[token][1]

    def register(self, id: int, slug: str, public_key: str) -> Registered:
        """Makes an app known whose private key somebody else holds."""
        self.apps[id] = found = Registered(id, slug, slug, public_key)
        return found

    def convert(self, code: str, id: int, owner: Json) -> Json:
        """The end of the manifest flow: the app with its secrets, told once."""
        manifest = self.manifests.pop(code, None)
        if manifest is None:
            raise Refusal(404, "Not Found")
        private, public = key_pair()
        slug = str(manifest.get("name", "fairlead")).lower().replace(" ", "-")
        found = self.register(id, slug, public)
        found.name = str(manifest.get("name", slug))
        found.webhook_secret = secrets.token_hex(20)
        found.permissions = dict(manifest.get("default_permissions", PERMISSIONS))
        found.events = list(manifest.get("default_events", []))
        return {
            **app_json(found, owner),
            "client_id": f"Iv1.{id:016x}",
            "client_secret": secrets.token_hex(20),
            "webhook_secret": found.webhook_secret,
            "pem": private,
        }

    def _app_of(self, token: str, now: datetime) -> int:
        try:
            unverified: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
            app = self.apps[int(unverified["iss"])]
            jwt.decode(
                token, app.public_key, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False}
            )
            end, begin = float(unverified["exp"]), float(unverified["iat"])
        except (jwt.PyJWTError, KeyError, ValueError, TypeError) as fault:
            raise Refusal(401, "A JSON web token could not be decoded") from fault
        if end <= now.timestamp():
            raise Refusal(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time")
        if end - begin > 660 or end - now.timestamp() > 600 + 60:
            raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
        return app.id


def key_pair() -> tuple[str, str]:
    """A fresh RSA key: private and public part as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


def app_json(app: Registered, owner: Json) -> Json:
    """An app as `GET /app` shows it."""
    return {
        "id": app.id,
        "slug": app.slug,
        "node_id": f"A_{app.id}",
        "client_id": f"Iv1.{app.id:016x}",
        "owner": owner,
        "name": app.name,
        "description": "",
        "external_url": "https://example.com",
        "html_url": f"https://github.com/apps/{app.slug}",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "permissions": app.permissions,
        "events": app.events,
        "installations_count": 1,
    }
