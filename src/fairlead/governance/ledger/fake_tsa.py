"""A time-stamping authority of our own that speaks RFC 3161 and signs real stamps, for tests and for trying anchors.

It reads a request and writes the answer as DER itself: no library here makes the signed message that a stamp is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_SHA256 = "2.16.840.1.101.3.4.2.1"
_STAMP = "1.2.840.113549.1.9.16.1.4"
_POLICY = "1.3.6.1.4.1.13762.3"
_LASTS = timedelta(days=3650)


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    long = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([128 | len(long)]) + long) + content


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, *parts)


def _set(parts: Iterable[bytes], tag: int = 0x31) -> bytes:
    # DER orders the members of a set by their bytes
    return _der(tag, *sorted(parts))


def _whole(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _name_of(dotted: str) -> bytes:
    first, second, *others = map(int, dotted.split("."))
    found = bytearray()
    for number in (first * 40 + second, *others):
        group = [number & 127]
        while number := number >> 7:
            group.append(128 | number & 127)
        found += bytes(reversed(group))
    return _der(0x06, bytes(found))


def _algorithm(dotted: str) -> bytes:
    return _sequence(_name_of(dotted))


def _parts(content: bytes) -> list[tuple[int, bytes, bytes]]:
    """Tag, content and whole of each value in a row."""
    found, at = [], 0
    while at < len(content):
        size, head = content[at + 1], at + 2
        if size & 128:
            head, size = head + (size & 127), int.from_bytes(content[head : head + (size & 127)], "big")
        found.append((content[at], content[head : head + size], content[at : head + size]))
        at = head + size
    return found


@dataclass
class FakeAuthority:
    """An authority with a root certificate of its own; `at` is the moment that it stamps."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    serial: int = 0

    def __post_init__(self) -> None:
        root, self._key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        self._root = self._certificate("Fake root", root, "Fake root", root.public_key(), authority=True)
        self._own = self._certificate("Fake root", root, "Fake authority", self._key.public_key(), authority=False)

    @property
    def root(self) -> bytes:
        """The root certificate in PEM."""
        return self._root.public_bytes(serialization.Encoding.PEM)

    def answer(self, request: bytes) -> bytes:
        """The stamp for a request; a request that cannot be read is rejected as RFC 3161 says."""
        try:
            [(_, asked, _)] = _parts(request)
            version, imprint, *more = _parts(asked)
            [(_, _, algorithm), (_, digest, _)] = _parts(imprint[1])
            wrong = version[1] != b"\x01" or _name_of(_SHA256) not in algorithm or len(digest) != 32
        except (ValueError, IndexError):
            wrong = True
        if wrong:
            # status 2, rejection
            return _sequence(_sequence(_whole(2)))
        nonce = [whole for tag, _, whole in more if tag == 0x02]
        self.serial += 1
        moment = _der(0x18, self.at.strftime("%Y%m%d%H%M%SZ").encode())
        info = _sequence(_whole(1), _name_of(_POLICY), imprint[2], _whole(self.serial), moment, *nonce)
        return _sequence(
            _sequence(_whole(0)), _sequence(_name_of("1.2.840.113549.1.7.2"), _der(0xA0, self._signed(info)))
        )

    def _signed(self, info: bytes) -> bytes:
        own = self._own.public_bytes(serialization.Encoding.DER)
        certificate_hash = _der(0x04, sha256(own).digest())
        attributes = [
            self._attribute("1.2.840.113549.1.9.3", _name_of(_STAMP)),
            self._attribute("1.2.840.113549.1.9.4", _der(0x04, sha256(info).digest())),
            self._attribute("1.2.840.113549.1.9.16.2.47", _sequence(_sequence(_sequence(certificate_hash)))),
        ]
        # signed as the set that it is, and sent with another tag in its place
        signature = self._key.sign(_set(attributes), ec.ECDSA(hashes.SHA256()))
        issuer = _sequence(self._own.issuer.public_bytes(), _whole(self._own.serial_number))
        signer = _sequence(
            _whole(1), issuer, _algorithm(_SHA256), _set(attributes, 0xA0), _algorithm("1.2.840.10045.4.3.2"),
            _der(0x04, signature),
        )  # fmt: skip
        content = _sequence(_name_of(_STAMP), _der(0xA0, _der(0x04, info)))
        return _sequence(_whole(3), _set([_algorithm(_SHA256)]), content, _der(0xA0, own), _set([signer]))

    @staticmethod
    def _attribute(dotted: str, value: bytes) -> bytes:
        return _sequence(_name_of(dotted), _set([value]))

    def _certificate(
        self,
        issuer: str,
        key: ec.EllipticCurvePrivateKey,
        subject: str,
        public: ec.EllipticCurvePublicKey,
        *,
        authority: bool,
    ) -> x509.Certificate:
        def named(text: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

        made = (
            x509.CertificateBuilder().subject_name(named(subject)).issuer_name(named(issuer)).public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.at - _LASTS).not_valid_after(self.at + _LASTS)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=not authority, content_commitment=False, key_encipherment=False,
                    data_encipherment=False, key_agreement=False, key_cert_sign=authority, crl_sign=authority,
                    encipher_only=False, decipher_only=False,
                ),
                critical=True,
            )
        )  # fmt: skip
        if not authority:
            made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        return made.sign(key, hashes.SHA256())
