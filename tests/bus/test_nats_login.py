"""Ways into NATS, each against a server that lets nobody else in: passwords, tokens, certificates, keys, accounts."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from tests import nats_servers

from fairlead.bus.nats import NatsEventLog
from fairlead.bus.nats_link import Place
from fairlead.bus.suite import event
from fairlead.model.errors import Abort, Retry


def appended(place: Place) -> bool:
    """Whether an event can be written there and read again."""
    log = NatsEventLog.open(place)
    log.append([event("d1")])
    found = [one.event.delivery for one in log.scan()]
    log.close()
    return found == ["d1"]


def test_who_may_not_come_in_is_told_so(tmp_path: Path) -> None:
    with nats_servers.nodes(tmp_path, extra='authorization { user: kim, password: "s3cret!" }') as [node]:
        assert appended(Place((node.url.replace("://", "://kim:s3cret%21@"),)))
        for wrong in ("", "kim:guessed@"):
            with pytest.raises(Retry, match=r"(?i)authorization") as told:
                NatsEventLog.open(Place((node.url.replace("://", f"://{wrong}"),)))
            assert "guessed" not in str(told.value)


def test_a_token_lets_in(tmp_path: Path) -> None:
    with nats_servers.nodes(tmp_path, extra='authorization { token: "word" }') as [node]:
        assert appended(Place((node.url.replace("://", "://word@"),)))


def test_a_certificate_of_ones_own_is_believed_where_it_is_named(tmp_path: Path) -> None:
    certify(tmp_path)
    tls = f'tls {{ cert_file: "{tmp_path}/cert.pem", key_file: "{tmp_path}/key.pem" }}'
    with nats_servers.nodes(tmp_path, extra=tls) as [node]:
        server = node.url.replace("nats://127.0.0.1", "tls://localhost")
        assert appended(Place((server,), authority=str(tmp_path / "cert.pem")))
        with pytest.raises(Retry, match=r"(?i)certificate"):
            NatsEventLog.open(Place((server,)))
        for name in ("authority", "certificate"):
            with pytest.raises(Abort, match=name):
                NatsEventLog.open(Place((server,), **{name: str(tmp_path / "gone.pem")}))


def test_servers_that_ask_for_a_certificate_are_shown_one(tmp_path: Path) -> None:
    certify(tmp_path)
    own = tmp_path / "own.pem"
    own.write_bytes((tmp_path / "cert.pem").read_bytes() + (tmp_path / "key.pem").read_bytes())
    names = f'cert_file: "{tmp_path}/cert.pem", key_file: "{tmp_path}/key.pem", ca_file: "{tmp_path}/cert.pem"'
    with nats_servers.nodes(tmp_path, extra=f"tls {{ {names}, verify: true }}") as [node]:
        server = node.url.replace("nats://127.0.0.1", "tls://localhost")
        authority = str(tmp_path / "cert.pem")
        assert appended(Place((server,), authority=authority, certificate=str(own)))
        with pytest.raises(Retry):
            NatsEventLog.open(Place((server,), authority=authority))


def test_a_key_that_the_servers_list_lets_in(tmp_path: Path) -> None:
    kim, stranger = Nkey("U"), Nkey("U")
    (tmp_path / "kim.nk").write_text(f"{kim.seed}\n")
    (tmp_path / "stranger.nk").write_text(stranger.seed)
    # within the key: of its last letter two bits mean nothing, so that a wrong one may be the right key
    (tmp_path / "typo.nk").write_text(kim.seed[:20] + ("A" if kim.seed[20] != "A" else "B") + kim.seed[21:])
    with nats_servers.nodes(tmp_path, extra=f"authorization {{ users: [ {{ nkey: {kim.public} }} ] }}") as [node]:
        assert appended(Place((node.url,), credentials=str(tmp_path / "kim.nk")))
        with pytest.raises(Retry, match=r"(?i)authorization"):
            NatsEventLog.open(Place((node.url,), credentials=str(tmp_path / "stranger.nk")))
        for wrong in ("typo.nk", "gone.nk"):
            with pytest.raises(Abort, match=r"\[bus\] credentials") as told:
                NatsEventLog.open(Place((node.url,), credentials=str(tmp_path / wrong)))
            assert kim.seed[:20] not in f"{told.value} {told.value.hint}"


def test_credentials_of_an_account_let_in(tmp_path: Path) -> None:
    """A server in operator mode: it knows nobody, and believes what the operator signed."""
    operator, system, team, kim = Nkey("O"), Nkey("A"), Nkey("A"), Nkey("U")
    names = (
        "subs",
        "data",
        "payload",
        "imports",
        "exports",
        "conn",
        "leaf",
        "mem_storage",
        "disk_storage",
        "streams",
    )
    limits = dict.fromkeys((*names, "consumer"), -1) | {"wildcards": True}
    preload = ", ".join(
        f"{one.public}: {operator.claims(one, name, 'account', limits=more)}"
        for one, name, more in (
            (system, "SYS", dict(limits, mem_storage=0, disk_storage=0, streams=0)),
            (team, "T", limits),
        )
    )
    extra = (
        f"operator: {operator.claims(operator, 'acme', 'operator')}\nsystem_account: {system.public}\n"
        f"resolver: MEMORY\nresolver_preload: {{ {preload} }}"
    )
    for signer, name in ((team, "kim"), (Nkey("A"), "stranger")):
        jwt = signer.claims(kim, "kim", "user", subs=-1, data=-1, payload=-1)
        (tmp_path / f"{name}.creds").write_text(
            f"-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n"
            "************************* IMPORTANT *************************\nNKEY Seed printed below.\n\n"
            f"-----BEGIN USER NKEY SEED-----\n{kim.seed}\n------END USER NKEY SEED------\n"
        )
    with nats_servers.nodes(tmp_path, extra=extra) as [node]:
        assert appended(Place((node.url,), credentials=str(tmp_path / "kim.creds")))
        for wrong in (str(tmp_path / "stranger.creds"), ""):
            with pytest.raises(Retry, match=r"(?i)authorization"):
                NatsEventLog.open(Place((node.url,), credentials=wrong))


class Nkey:
    """A key as `nk` and `nsc` make them, by the format that NATS documents: O operator, A account, U user."""

    def __init__(self, kind: str) -> None:
        self._private = ed25519.Ed25519PrivateKey.generate()
        first = {"O": 14, "A": 0, "U": 20}[kind] << 3
        raw = self._private.private_bytes_raw()
        # S takes five bits, the kind the eight after them
        self.seed = _checked(bytes([18 << 3 | first >> 5, (first & 31) << 3]) + raw)
        self.public = _checked(bytes([first]) + self._private.public_key().public_bytes_raw())

    def claims(self, of: Nkey, name: str, kind: str, **more: Any) -> str:
        """What this key says of another, as a JWT."""
        about = {"type": kind, "version": 2, **more}
        said = {"jti": name, "iat": 1767225600, "iss": self.public, "name": name, "sub": of.public, "nats": about}
        parts = [_plain(json.dumps(one).encode()) for one in ({"typ": "JWT", "alg": "ed25519-nkey"}, said)]
        return ".".join((*parts, _plain(self._private.sign(".".join(parts).encode()))))


def _checked(raw: bytes) -> str:
    return base64.b32encode(raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")).decode().rstrip("=")


def _plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def certify(folder: Path) -> None:
    """A certificate for `localhost`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(hours=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
