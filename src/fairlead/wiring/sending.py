"""A report sent by hand: made where the warehouse is, put into the outbox and carried by whoever asked."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime

import msgspec

from fairlead.governance.carrier import Carrier
from fairlead.governance.letter import Letter
from fairlead.governance.mail import compose
from fairlead.governance.outbox import Order, Outbox
from fairlead.model.addresses import Address, read_address
from fairlead.model.errors import Abort, Fault
from fairlead.model.typed import ready
from fairlead.store.outbox import Message
from fairlead.wiring.deliveries import charts_of, document, page_of, ways
from fairlead.wiring.replies import Reply, Verb, Words
from fairlead.wiring.services import Services

_NOBODY = read_address("Fairlead <fairlead@localhost>")
"""Whose mail it is where no server is set up: to be looked at, never sent."""


class Made(msgspec.Struct, frozen=True):
    """A report as a mail, and what the outbox notes of it."""

    letter: Letter
    report: str
    team: str
    language: str
    as_of: datetime


ready(Made)


def answer_letter(services: Services, words: Words) -> Reply:
    """A report as a mail without an address; it is the asker who sends it."""
    made = document(services, words.get("report", ""), words.get("team", ""), words.get("language", ""))
    from fairlead.reports import letters

    with closing(charts_of(services)) as charts:
        letter = letters.as_mail(made, charts, page=page_of(services, made), plain=bool(words.get("plain")))
    found = Made(letter, words["report"], made.team or "", made.language, made.as_of)
    return Reply(msgspec.json.encode(found).decode(), "application/json")


VERBS: Mapping[str, Verb] = {"letter": answer_letter}


def mails(services: Services, made: Made, to: Sequence[str]) -> Iterator[bytes]:
    """The mails as they would travel, for who wants to look at them first."""
    said = services.settings.mail.sender
    sender = read_address(said) if said else _NOBODY
    for address in mailboxes(to):
        yield compose(made.letter, sender, address, "dry-run", made.as_of).as_bytes()


def send(services: Services, made: Made, to: Sequence[str], by: str) -> Iterator[tuple[Message, Fault | None]]:
    """Sends one mail after the other; gives each with what stood in its way, in which case it may still wait."""
    if not services.settings.mail.host:
        raise Abort("no mail server is set up", hint="set host and sender in [mail]; `--dry-run` shows the mail")
    # by hand is each time anew: whoever asks twice wants it twice
    once, outbox = f"{by}/{secrets.token_hex(12)}", Outbox(services.database)
    orders = [
        Order(
            channel="mail",
            address=text,
            made_from=made.report,
            team=made.team,
            language=made.language,
            asked_by=by,
            as_of=made.as_of,
            once=once,
        )
        for text in dict.fromkeys(to)
    ]
    mailboxes(to)
    carrier = Carrier(outbox, ways(services))
    try:
        for message in outbox.post(orders, made.letter):
            yield message, _carried(carrier, outbox, message)
    finally:
        carrier.rest()


def _carried(carrier: Carrier, outbox: Outbox, message: Message) -> Fault | None:
    claimed = outbox.claim((), only=message.id)
    # a server that runs here may have been quicker
    if claimed is not None:
        try:
            carrier.send(claimed)
        except Fault as fault:
            return fault
    return None


def mailboxes(to: Sequence[str]) -> list[Address]:
    """The addresses that were typed; a wrong one stops all before any is written to."""
    try:
        return [read_address(text) for text in to]
    except ValueError as fault:
        raise Abort(str(fault), hint="write it like --to kim@acme.example") from fault
