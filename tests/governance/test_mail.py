"""What a mail is: for every reader, in seven bits, and never more than one subject or recipient."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.clocks import NOON
from tests.governance.mailbox import SENDER

from fairlead.governance.letter import Letter, Part, pack, unpack
from fairlead.governance.mail import compose
from fairlead.model.addresses import read_address

KIM = read_address("Kim Sørensen <kim@acme.example>")


def made(letter: Letter) -> EmailMessage:
    """The mail as a reader gets it: through bytes."""
    read = message_from_bytes(compose(letter, SENDER, KIM, "a1b2c3", NOON).as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def test_text_and_html_say_the_same_and_files_go_along() -> None:
    image = Part(name="burndown.png", media_type="image/png", data=b"\x89PNG", inline=True)
    page = Part(name="brief.html", media_type="text/html", data="<p>größer</p>".encode())
    html = '<p>Zwei Änderungen</p><img src="cid:burndown.png" alt="Burndown" />'
    mail = made(Letter(subject="Zwei Änderungen warten", text="Zwei Änderungen\n", html=html, parts=(image, page)))
    assert mail["Subject"] == "Zwei Änderungen warten"
    assert str(mail["To"]) == "Kim Sørensen <kim@acme.example>"
    assert mail["Message-ID"] == "<a1b2c3@acme.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert body(mail, "plain") == "Zwei Änderungen\n"
    assert 'src="cid:burndown.png@acme.example"' in body(mail, "html")
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "text/html",
    ]  # fmt: skip
    [shown] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert (shown["Content-ID"], shown.get_content()) == ("<burndown.png@acme.example>", b"\x89PNG")
    [attached] = list(mail.iter_attachments())
    assert (attached.get_filename(), attached.get_content()) == ("brief.html", "<p>größer</p>")


def test_text_alone_is_a_mail_too() -> None:
    mail = made(Letter(subject="s", text="only words"))
    assert mail.get_content_type() == "text/plain"


words = st.text(max_size=400)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(subject=words, text=words, name=words)
def test_nothing_in_a_letter_becomes_a_header(subject: str, text: str, name: str) -> None:
    letter = unpack(pack(Letter(subject=subject, text=text, html=f"<p>{text}</p>"))[1])
    raw = compose(letter, SENDER, KIM, "a1b2c3", NOON).as_bytes()
    head, _, _ = raw.partition(b"\r\n\r\n")
    assert raw.isascii()
    assert not re.search(rb"[^\r]\n", raw)
    # RFC 5322: no line longer than 998, and folded ones begin with a space.
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    assert names == [
        b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"X-Auto-Response-Suppress",
        b"MIME-Version", b"Content-Type",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "address", "name"),
    [
        ("kim@acme.example", "kim@acme.example", ""),
        ("  Kim <kim@acme.example> ", "kim@acme.example", "Kim"),
        ('"Lee, Mo" <mo.lee+brief@mail.acme.example>', "mo.lee+brief@mail.acme.example", "Lee, Mo"),
        ("root@localhost", "root@localhost", ""),
        ("Jürgen <j@straße.example>", "j@xn--strae-oqa.example", "Jürgen"),
        ("jürgen@ACME.example", "jürgen@acme.example", ""),
    ],
)
def test_addresses_as_people_write_them(written: str, address: str, name: str) -> None:
    found = read_address(written)
    assert (str(found), found.name) == (address, name)


@pytest.mark.parametrize(
    "written",
    [
        "", "kim", "@acme.example", "kim@", "kim@acme..example", "kim@-acme.example", "a b@acme.example",
        "kim@acme.example, mo@acme.example", "kim@acme.example\nBcc: all@acme.example", "<kim@acme.example",
        "kim@acme.example\r\n", "Kim <kim@acme.example> <mo@acme.example>", "kim..k@acme.example", "kim@[10.0.0.1]",
        "kim@acme.example\0", "x" * 65 + "@acme.example", "kim;mo@acme.example", "kim@acme_.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"address|domain"):
        read_address(written)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80))
def test_no_text_becomes_more_than_one_mailbox(text: str) -> None:
    try:
        found = read_address(text)
    except ValueError:
        return
    raw = compose(Letter(subject="s", text="t"), SENDER, found, "a1", NOON)
    assert len(raw["To"].addresses) == 1
    assert raw["To"].addresses[0].domain == found.domain
