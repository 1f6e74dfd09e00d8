"""Hands mails to the team's own server. What the server says decides what happens next: 4xx is a wait, 5xx an end."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal

from fairlead.governance.letter import Letter
from fairlead.governance.mail import compose
from fairlead.model.addresses import Address, read_address
from fairlead.model.errors import Fault, Retry, Skip
from fairlead.store.outbox import Message

Security = Literal["starttls", "tls", "none"]

_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """The server that takes our mail, and how we speak to it."""

    host: str
    port: int
    security: Security
    sender: Address
    user: str = ""
    password: Callable[[], str] = lambda: ""
    """Looked up at each sign-in: one that was changed holds without a restart."""
    authority: str = ""
    """File with the certificate authority, where the system does not know it."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Down(Retry):
    """The server takes nothing from us now: there is no use in trying the next message."""


class Mailer:
    """Sends messages one by one over a connection that is kept until `rest`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._line: smtplib.SMTP | None = None

    def send(self, message: Message, letter: Letter) -> str:
        """Hands one over and gives the server's answer; raises `Retry` or, where that would not help, `Skip`."""
        try:
            to = read_address(message.address)
        except ValueError as fault:
            raise Skip(str(fault)) from fault
        mail = compose(letter, self._server.sender, to, message.id, message.made_at)
        with _told(self._server):
            line = self._open()
        with self._dropped():
            return _hand_over(line, self._server.sender, to, mail.as_bytes())

    def check(self) -> str:
        """Connects and signs in, sends nothing; gives how. Raises what stands in the way."""
        with _told(self._server):
            line = self._open()
        kind = {"starttls": "STARTTLS", "tls": "TLS", "none": "no encryption"}[self._server.security]
        cipher = line.sock.version() if isinstance(line.sock, ssl.SSLSocket) else ""
        signed = f"signed in as {self._server.user}" if self._server.user else "without sign-in"
        self.rest()
        return ", ".join(filter(None, (str(self._server), f"{kind} {cipher or ''}".strip(), signed)))

    def rest(self) -> None:
        """Ends the connection."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(smtplib.SMTPException, OSError):
                line.quit()

    def _open(self) -> smtplib.SMTP:
        if self._line is not None:
            # servers close what is idle, and say so only when asked
            with suppress(smtplib.SMTPException, OSError):
                if self._line.noop()[0] == 250:
                    return self._line
            self._line = None
        line = _connect(self._server)
        try:
            if self._server.user:
                line.login(self._server.user, self._server.password())
        except BaseException:
            line.close()
            raise
        self._line = line
        return line

    @contextmanager
    def _dropped(self) -> Iterator[None]:
        """Words for what goes wrong while a message is handed over; a broken connection is not used again."""
        try:
            yield
        except smtplib.SMTPServerDisconnected as fault:
            self._line = None
            raise Retry(f"{self._server} broke off while the message was handed over") from fault
        except OSError as fault:
            self._line = None
            raise Retry(f"{self._server} broke off: {fault.strerror or fault}") from fault


def _connect(server: Server) -> smtplib.SMTP:
    # our own name is asked of no name server: that may take longer than the mail
    own, context = server.sender.domain, ssl.create_default_context(cafile=server.authority or None)
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, own, timeout=_TIMEOUT_S, context=context)
    line = smtplib.SMTP(server.host, server.port, own, timeout=_TIMEOUT_S)
    if server.security == "starttls":
        try:
            # a server that offers none is refused, never spoken to in the clear: who listens may have taken it out
            line.starttls(context=context)
        except BaseException:
            line.close()
            raise
    return line


def _hand_over(line: smtplib.SMTP, sender: Address, to: Address, mail: bytes) -> str:
    line.ehlo_or_helo_if_needed()
    options = []
    if not to.local.isascii() or not sender.local.isascii():
        if not line.has_extn("smtputf8"):
            raise Skip(f"the server takes no address with letters beyond ASCII: {to}")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    try:
        _demand(*line.mail(str(sender), options))
        _demand(*line.rcpt(str(to)))
        return _demand(*line.data(mail))
    except smtplib.SMTPDataError as fault:
        raise _refusal(fault.smtp_code, fault.smtp_error) from fault
    finally:
        # What was begun is taken back, so that the next message of this connection starts clean. A line that is gone
        # is found out before that one; it must not hide what was said about this.
        with suppress(smtplib.SMTPException, OSError):
            line.rset()


def _demand(code: int, answer: bytes | str) -> str:
    if code // 100 != 2:
        raise _refusal(code, answer)
    return _words(code, answer)


def _refusal(code: int, answer: bytes | str) -> Fault:
    """421 is the server's goodbye, other 4xx are about this message; 5xx will be the same tomorrow."""
    if code == 421:
        return Down(_words(code, answer))
    return Retry(_words(code, answer)) if 400 <= code < 500 else Skip(_words(code, answer))


def _words(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(text.split())}"[:500]


@contextmanager
def _told(server: Server) -> Iterator[None]:
    """Words for what goes wrong before any message: settings and servers get mended, so all of it is worth a wait."""
    try:
        yield
    except Fault as fault:
        # a secret that is not in its place will be
        raise Down(fault.message, hint=fault.hint) from fault
    except OSError as fault:
        said, hint = _why(server, fault)
        raise Down(f"{server} {said}", hint=hint) from fault


def _why(server: Server, fault: OSError) -> tuple[str, str]:
    """What is wrong and what to do about it; the library's faults and those of TLS are all of the system's kind."""
    match fault:
        case smtplib.SMTPAuthenticationError():
            said = f"does not let `{server.user}` in: {_words(fault.smtp_code, fault.smtp_error)}"
            return said, "check [mail] user and password"
        case smtplib.SMTPNotSupportedError():
            wanted = "STARTTLS" if server.security == "starttls" else "this sign-in"
            return f"offers no {wanted}", 'set [mail] security: "tls" for port 465, or ask who runs it'
        case smtplib.SMTPResponseException():
            return f"says {_words(fault.smtp_code, fault.smtp_error)}", "ask who runs it"
        case ssl.SSLCertVerificationError():
            said = f"shows a certificate that cannot be trusted: {fault.verify_message}"
            return said, "name its authority in [mail] authority, or the host by the name in its certificate"
        case ssl.SSLError():
            return f"speaks no TLS here: {fault.reason}", 'set [mail] security: "starttls" for 587, "tls" for 465'
    return f"does not answer: {(fault.strerror or str(fault)).lower()}", "check [mail] host and port"
