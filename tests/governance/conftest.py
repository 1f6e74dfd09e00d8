"""Mail servers with and without TLS, and who hands them mail."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.clocks import SteppedClock
from tests.governance.mailbox import SENDER, MailServer, serving

from fairlead.governance.smtp import Mailer, Security, Server


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost that is its own authority, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(made.public_bytes(kinds[0]) + key.private_bytes(*kinds))
    return path


Start = Callable[..., MailServer]


@pytest.fixture
def mail_server(certificate: Path) -> Iterator[Start]:
    """Starts a server: plain, with STARTTLS, or TLS from the first byte; with a user, it lets only that one in."""
    with ExitStack() as stack:

        def start(
            security: Security = "none", user: str = "", password: str = "", *, utf8: bool = True
        ) -> MailServer:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)

            def admit(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
                assert isinstance(given, LoginPassword)
                fits = (given.login, given.password) == (user.encode(), password.encode())
                return AuthResult(success=fits, handled=fits)

            more: dict[str, Any] = {"enable_SMTPUTF8": utf8}
            if user:
                more |= {"authenticator": admit, "auth_required": True, "auth_require_tls": security == "starttls"}
            if security == "starttls":
                more |= {"tls_context": context, "require_starttls": True}
            if security == "tls":
                more |= {"ssl_context": context}
            return stack.enter_context(serving(**more))

        yield start


@pytest.fixture
def mailer(certificate: Path) -> Iterator[Callable[..., Mailer]]:
    """A mailer to a server of the tests'."""
    made: list[Mailer] = []

    def make(server: MailServer, security: Security = "none", **more: Any) -> Mailer:
        said: dict[str, Any] = {"sender": SENDER, "authority": str(certificate) if security != "none" else "", **more}
        made.append(Mailer(Server("127.0.0.1", server.port, security, **said)))
        return made[-1]

    yield make
    for one in made:
        one.rest()
