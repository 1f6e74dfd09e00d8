"""A letter as a mail that every reader takes: seven-bit, wrapped lines, headers that hold no second header."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from fairlead.governance.letter import Letter, Part
from fairlead.model.addresses import Address

# 7-bit whatever the server: a relay that rewrites eight-bit mail would be one more that may spoil it
_POLICY = SMTP.clone(cte_type="7bit", max_line_length=78)
_HIDDEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST_SUBJECT = 200


def compose(letter: Letter, sender: Address, to: Address, message_id: str, at: datetime) -> EmailMessage:
    """The mail of a letter to one mailbox; the same id and moment give the same headers at every try."""
    # raw letters in a header only where an address cannot be said otherwise: most readers know the old form alone
    plain = sender.local.isascii() and to.local.isascii()
    mail = EmailMessage(policy=_POLICY if plain else _POLICY.clone(utf8=True))
    mail["From"] = _mailbox(sender)
    mail["To"] = _mailbox(to)
    mail["Subject"] = one_line(letter.subject)
    mail["Date"] = format_datetime(at)
    # Stable: who gets it twice, because we were killed before we could note the first time, sees one.
    mail["Message-ID"] = f"<{message_id}@{sender.domain}>"
    # No holiday notice may answer a report.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(letter.text, cte="quoted-printable")
    if letter.html:
        mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        _show(mail, [part for part in letter.parts if part.inline], sender.domain)
    for part in letter.parts:
        if not part.inline:
            # our texts are UTF-8, and a reader who is not told takes them for something else
            said = {"charset": "utf-8"} if part.media_type.startswith("text/") else {}
            mail.add_attachment(part.data, *_kind(part), filename=part.name, params=said)
    return mail


def one_line(text: str) -> str:
    """A text as one header: whatever breaks lines or hides is a space."""
    line = _HIDDEN.sub(" ", text).strip()
    return line if len(line) <= _LONGEST_SUBJECT else f"{line[: _LONGEST_SUBJECT - 1]}…"


def _show(mail: EmailMessage, parts: list[Part], domain: str) -> None:
    """Puts the images beside the HTML that shows them: elsewhere readers list them as attachments."""
    if not parts:
        return
    html = mail.get_body(("html",))
    assert isinstance(html, EmailMessage)
    text = html.get_content()
    for part in parts:
        text = text.replace(f'"cid:{part.name}"', f'"cid:{part.name}@{domain}"')
    html.set_content(text, subtype="html", cte="quoted-printable")
    for part in parts:
        html.add_related(
            part.data, *_kind(part), cid=f"<{part.name}@{domain}>", filename=part.name, disposition="inline"
        )


def _kind(part: Part) -> tuple[str, str]:
    kind, _, subtype = part.media_type.partition("/")
    return kind, subtype


def _mailbox(address: Address) -> Mailbox:
    return Mailbox(one_line(address.name), address.local, address.domain)
