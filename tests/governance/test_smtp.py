"""Mail handed to a real server on this machine: what it takes, what it refuses, and how it breaks."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from tests.clocks import NOON
from tests.governance.mailbox import SENDER

from fairlead.governance.carrier import Carrier
from fairlead.governance.letter import Letter
from fairlead.governance.outbox import Order, Outbox
from fairlead.governance.smtp import Down, Mailer, Security, Server
from fairlead.model.errors import Abort
from fairlead.store import outbox as kept
from fairlead.store.database import Database
from fairlead.store.outbox import Message

LETTER = Letter(subject="Grüße", text="Zwei Änderungen warten.\n", html="<p>Zwei Änderungen warten.</p>")


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def outbox(database: Database, clock: Any) -> Outbox:
    return Outbox(database, clock)


@pytest.fixture
def post(outbox: Outbox) -> Callable[..., None]:
    def put(*addresses: str) -> None:
        said: dict[str, Any] = {"made_from": "brief", "asked_by": "kim", "as_of": NOON, "once": "1"}
        outbox.post([Order(channel="mail", address=address, **said) for address in addresses], LETTER)

    return put


def messages(database: Database) -> dict[str, Message]:
    with database.read() as tx:
        return {message.address: message for message in kept.rows(tx)}


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_every_kind_of_line(
    security: Security, mail_server: Any, mailer: Any, outbox: Outbox, database: Database, post: Any
) -> None:
    server = mail_server(security, "fairlead", "s3cret") if security == "starttls" else mail_server(security)
    user = {"user": "fairlead", "password": lambda: "s3cret"} if security == "starttls" else {}
    way = mailer(server, security, **user)
    post("kim@acme.example", "lee@acme.example")
    assert Carrier(outbox, {"mail": way}).carry() == 2
    assert sorted(to for to, _ in server.taken) == ["kim@acme.example", "lee@acme.example"]
    # Each to one, so that nobody learns who else reads it, and over one connection.
    assert all(str(mail["To"]) == to for to, mail in server.taken)
    assert {mail["Subject"] for _, mail in server.taken} == {"Grüße"}
    found = messages(database)
    assert {message.status for message in found.values()} == {"sent"}
    assert found["kim@acme.example"].answer.startswith("250 taken as")
    assert ("TLS" in way.check()) == (security != "none")


def test_one_connection_serves_many(mail_server: Any, mailer: Any, outbox: Outbox, post: Any) -> None:
    server = mail_server()
    post(*(f"{number}@acme.example" for number in range(5)))
    Carrier(outbox, {"mail": mailer(server)}).carry()
    assert (server.sessions, len(server.taken)) == (1, 5)


def test_a_wrong_password_is_a_fault_of_the_settings_and_no_dead_letter(
    mail_server: Any, mailer: Any, outbox: Outbox, database: Database, clock: Any, post: Any
) -> None:
    server, secret = mail_server("starttls", "fairlead", "s3cret"), ["wrong"]
    way = mailer(server, "starttls", user="fairlead", password=lambda: secret[0])
    post("kim@acme.example", "lee@acme.example")
    with pytest.raises(Down, match="does not let `fairlead` in") as told:
        way.check()
    assert "wrong" not in told.value.message
    carrier = Carrier(outbox, {"mail": way})
    assert carrier.carry() == 0
    found = messages(database)
    # One was tried; the other was spared the same answer.
    assert sorted(message.attempts for message in found.values()) == [0, 1]
    assert {message.status for message in found.values()} == {"waiting"}
    # Changed without a restart.
    secret[0] = "s3cret"
    clock.pass_by(minutes=5)
    assert carrier.carry() == 2


def test_a_secret_that_is_not_there_waits_too(
    mail_server: Any, mailer: Any, outbox: Outbox, database: Database, post: Any
) -> None:
    def missing() -> str:
        raise Abort("environment variable `MAIL` is not set", hint="export MAIL=...")

    way = mailer(mail_server("starttls", "fairlead", "x"), "starttls", user="fairlead", password=missing)
    post("kim@acme.example")
    assert Carrier(outbox, {"mail": way}).carry() == 0
    found = messages(database)["kim@acme.example"]
    assert (found.status, found.error) == ("waiting", "environment variable `MAIL` is not set")


def test_later_is_later_and_never_is_never(
    mail_server: Any, mailer: Any, outbox: Outbox, database: Database, clock: Any, post: Any
) -> None:
    server = mail_server()
    server.on_recipient = ["450 4.2.0 greylisted", "550 5.1.1 no such user"]
    post("grey@acme.example", "nobody@acme.example")
    carrier = Carrier(outbox, {"mail": mailer(server)})
    assert carrier.carry() == 0
    found = {message.error: message.status for message in messages(database).values()}
    assert found == {"450 4.2.0 greylisted": "waiting", "550 5.1.1 no such user": "failed"}
    clock.pass_by(minutes=5)
    server.on_data = ["452 4.3.1 disk full"]
    assert carrier.carry() == 0
    clock.pass_by(minutes=15)
    assert carrier.carry() == 1
    assert len(server.taken) == 1
    assert sorted(message.status for message in messages(database).values()) == ["failed", "sent"]


def test_a_message_too_large_is_refused_for_good(
    mail_server: Any, mailer: Any, outbox: Outbox, database: Database, post: Any
) -> None:
    server = mail_server()
    server.on_data = ["552 5.3.4 message too big"]
    post("kim@acme.example")
    Carrier(outbox, {"mail": mailer(server)}).carry()
    assert messages(database)["kim@acme.example"].status == "failed"


def test_a_line_that_breaks_within_the_message_is_tried_again_under_the_same_id(
    mail_server: Any, mailer: Any, outbox: Outbox, database: Database, clock: Any, post: Any
) -> None:
    server = mail_server()
    server.breaks_off = 1
    post("kim@acme.example", "lee@acme.example")
    carrier = Carrier(outbox, {"mail": mailer(server)})
    # The other one goes over a new line at once.
    assert carrier.carry() == 1
    clock.pass_by(minutes=5)
    assert carrier.carry() == 1
    found = messages(database)
    assert {message.status for message in found.values()} == {"sent"}
    ids = {to: mail["Message-ID"] for to, mail in server.taken}
    assert ids == {address: f"<{message.id}@acme.example>" for address, message in found.items()}


def test_a_server_that_is_away_is_waited_for(
    mail_server: Any, mailer: Any, outbox: Outbox, database: Database, post: Any
) -> None:
    server = mail_server()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        server.port = nobody.getsockname()[1]
        post("kim@acme.example")
        assert Carrier(outbox, {"mail": mailer(server)}).carry() == 0
    found = messages(database)["kim@acme.example"]
    assert found.status == "waiting"
    assert "refused" in found.error


@pytest.mark.parametrize(("offered", "asked"), [("none", "starttls"), ("none", "tls"), ("starttls", "tls")])
def test_nothing_is_said_in_the_clear_where_a_secret_line_is_asked_for(
    offered: Security, asked: Security, mail_server: Any, mailer: Any
) -> None:
    way = mailer(mail_server(offered), asked)
    with pytest.raises(Down) as told:
        way.check()
    assert "[mail]" in told.value.hint


def test_a_certificate_of_a_stranger_is_not_trusted(mail_server: Any) -> None:
    server = mail_server("tls")
    stranger = Mailer(Server("127.0.0.1", server.port, "tls", SENDER))
    with pytest.raises(Down, match="cannot be trusted"):
        stranger.check()


def test_addresses_beyond_ascii(mail_server: Any, mailer: Any, outbox: Outbox, database: Database, post: Any) -> None:
    server, old = mail_server(), mail_server(utf8=False)
    post("jürgen@acme.example")
    Carrier(outbox, {"mail": mailer(old)}).carry()
    failed = messages(database)["jürgen@acme.example"]
    assert (failed.status, "beyond ASCII" in failed.error) == ("failed", True)
    outbox.retry(failed.id)
    assert Carrier(outbox, {"mail": mailer(server)}).carry() == 1
    [(to, mail)] = server.taken
    assert to == "jürgen@acme.example"
    assert str(mail["To"]) == "jürgen@acme.example"


def test_a_channel_that_nobody_set_up_is_told(outbox: Outbox, database: Database, post: Any) -> None:
    post("kim@acme.example")
    message = outbox.claim({"mail"})
    assert message is not None
    with pytest.raises(Exception, match="nothing is set up"):
        Carrier(outbox, {}).send(message)
    assert messages(database)["kim@acme.example"].status == "failed"
