"""Reports that come by themselves: from a delivery of the settings to messages in the outbox, and how they travel."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fairlead.config.check import did_you_mean
from fairlead.config.deliveries import EACH_TEAM
from fairlead.config.secrets import resolve
from fairlead.config.settings import DeliverySetup
from fairlead.governance.files import Shelf, team_folder
from fairlead.governance.ledger.entries import Entry
from fairlead.governance.letter import Letter
from fairlead.governance.outbox import Channel, Order, Outbox
from fairlead.model.addresses import read_address
from fairlead.model.errors import Abort, Skip
from fairlead.model.times import entered_at, iso
from fairlead.store import state
from fairlead.store.outbox import Message
from fairlead.wiring import policing, subscribing
from fairlead.wiring.services import Services

if TYPE_CHECKING:
    from fairlead.governance.carrier import Way
    from fairlead.governance.policy.document import Moment
    from fairlead.governance.smtp import Mailer
    from fairlead.reports.charts import Charts
    from fairlead.reports.document import Document

_log = logging.getLogger(__name__)
_REFUSED = "delivery/refused/"
PAGES = {"brief": "/", "alignment": "/goals", "forecast": "/forecasts", "sprint-health": "/sprint"}
"""Word that asks for a report -> its page, where that is not called like it."""
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def document(services: Services, report: str, team: str = "", language: str = "") -> Document:
    """A report by name, as everybody may read it."""
    # Late: the reports pull in metrics, which a schedule's planning does without.
    from fairlead.reports.asked import Asked
    from fairlead.reports.registry import REPORTS

    if report not in REPORTS:
        raise Abort(f"no report `{report}`{did_you_mean(report, list(REPORTS))}")
    language = language or services.setup.organisation.language
    now, intake = services.clock.now(), services.intake()
    return REPORTS[report](Asked(services.warehouse, services.setup, now, team or None, language, intake))


def deliver(services: Services, key: str, team: str, day: date) -> list[Message]:
    """Puts the messages of a delivery and its day into the outbox; none that are there already.

    The report is made once, and says the same wherever it goes.
    """
    setup = services.settings.deliveries.get(key)
    if setup is None:
        raise Skip(f"no delivery `{key}` in the settings")
    made = document(services, setup.report, team, setup.language)
    # by the wall clock: an hour that comes twice on the day when clocks go back is one hour
    once = f"{key}/{team}/{day.isoformat()}T{setup.at}"
    round_ = _Round(key, setup.report, team, once, subscribing.moment(services, team, entered_at(services.clock)))
    outbox, posted = Outbox(services.database), []
    for letter, places in _letters(services, key, setup, made, day):
        orders = [
            _order(channel, address, setup.report, made, asked_by=f"delivery:{key}", once=once)
            for channel, address in places
            if _may_go(services, round_, channel, address)
        ]
        # all or none: a crash in between must not leave half of the addresses without their report
        with services.database.begin() as tx:
            fresh = outbox.put(tx, orders, letter)
            if fresh:
                services.ledger.record(tx, Entry("report.delivered", f"delivery:{key}", "fairlead", _batch(fresh)))
        posted += fresh
    return posted


@dataclass(frozen=True, slots=True)
class _Round:
    """One delivery on one day."""

    key: str
    report: str
    team: str
    once: str
    moment: Moment


def _may_go(services: Services, round_: _Round, channel: Channel, address: str) -> bool:
    """Whether policy lets a report go there now; a no is said aloud, and once for its day in the ledger."""
    key, once = round_.key, round_.once
    said = {"delivery": key, "report": round_.report}
    # how a mailbox is called beside its address is nothing to go by
    place = str(read_address(address)) if channel == "mail" else address
    verdict = subscribing.judge(
        services, "deliver", by=policing.OPERATOR, tool=channel, place=place, moment=round_.moment,
        team=round_.team, arguments=said,
    )  # fmt: skip
    why = subscribing.refused(verdict)
    if not why:
        return True
    _log.error("policy lets no report of `%s` go to %s: %s", key, address, why)
    # kept for good: of the address only what tells it from others
    told_of = f"{_REFUSED}{key}/{channel}/{sha256(address.encode()).hexdigest()[:16]}"
    with services.database.begin() as tx:
        told = state.get(tx, told_of) or {}
        if told.get("once") != once:
            kept = {**said, "channel": channel, "rules": [one.rule for one in verdict.reasons]}
            services.ledger.record(tx, Entry("report.refused", f"delivery:{key}", "fairlead", kept))
            state.put(tx, told_of, {"once": once})
    return False


def _batch(messages: Sequence[Message]) -> dict[str, Any]:
    """What of a delivery the ledger keeps: which text went by which messages; addresses stay in the outbox."""
    first = messages[0]
    return {
        "report": first.made_from,
        "team": first.team,
        "as_of": iso(first.as_of),
        "content": first.content,
        "messages": [{"id": one.id, "channel": one.channel} for one in messages],
    }


def _order(channel: Channel, address: str, report: str, made: Document, *, asked_by: str, once: str) -> Order:
    return Order(
        channel=channel,
        address=address,
        made_from=report,
        team=made.team or "",
        language=made.language,
        asked_by=asked_by,
        as_of=made.as_of,
        once=once,
    )


def _letters(
    services: Services, key: str, setup: DeliverySetup, made: Document, day: date
) -> Iterator[tuple[Letter, list[tuple[Channel, str]]]]:
    """Each form of the report with where it goes, as channel and address."""
    from fairlead.reports import letters

    with closing(charts_of(services)) as charts:
        if setup.to:
            letter = letters.as_mail(
                made,
                charts,
                page=page_of(services, made),
                asked_by=f"deliveries.{key}",
                plain=setup.form == "text",
            )
            yield letter, [("mail", to) for to in setup.to]
        if setup.file:
            name = setup.file.format(
                date=day.isoformat(), report=setup.report, team=team_folder(made.team or ""),
                language=made.language,
            )  # fmt: skip
            yield letters.as_file(made, charts, name), [("file", name)]
        if setup.slack or setup.teams:
            letter = letters.as_chat(made, services.settings.server.public_url, page_of(services, made))
            places: list[tuple[Channel, str]] = [("slack", channel) for channel in setup.slack]
            yield letter, [*places, *(("teams", name) for name in setup.teams)]
        if setup.feed:
            yield letters.as_entry(made, charts, page=page_of(services, made)), [("feed", "")]


def charts_of(services: Services) -> Charts:
    """Who draws, to be closed afterwards."""
    from fairlead.reports.charts import Charts

    return Charts(services.home / "cache" / "charts")


def page_of(services: Services, made: Document) -> str:
    """Where the report stands as it is now; nowhere that a reader of mail reaches without a public address."""
    address = services.settings.server.public_url.rstrip("/")
    if not address:
        return ""
    # Late: pages load the web framework.
    from fairlead.ui.registry import pages

    path, said = page_at(made.kind)
    # a report that only its own test knows has no page
    if path not in {page.path for page in pages()}:
        return ""
    query = urlencode({**said, **({"team": made.team} if made.team else {})}, safe=":/@")
    return f"{address}{path}{f'?{query}' if query else ''}"


def page_at(report: str) -> tuple[str, Mapping[str, str]]:
    """Path of a report's page, and what its address says beside that."""
    from fairlead.reports.registry import asked_as

    word, said = asked_as(report)
    return PAGES.get(word, f"/{word}"), said


def rule_of(setup: DeliverySetup) -> str:
    """When it is due, as schedules say it."""
    return f"{setup.days} {setup.at}"


def teams_of(services: Services, setup: DeliverySetup) -> list[str]:
    """Ids of the teams that get one each; a single empty one means everybody."""
    if setup.team == EACH_TEAM:
        return [f"team:{key}" for key in services.settings.teams]
    return [f"team:{setup.team}" if setup.team else ""]


def ways(services: Services) -> Mapping[str, Way]:
    """How messages of each channel travel here; mail only where a server is named."""
    found: dict[str, Way] = {"file": Shelf(services.reports_folder)}
    if (post := mailer(services)) is not None:
        found["mail"] = post
    # late: a home without chats loads none of them
    if services.settings.slack.mode != "off" or any(one.teams for one in services.settings.deliveries.values()):
        from fairlead.wiring.slackways import chat_ways

        found |= chat_ways(services)
    return found


def mailer(services: Services) -> Mailer | None:
    """Who hands mail to the server of the settings, if there is one."""
    mail = services.settings.mail
    if not mail.host:
        return None
    from fairlead.governance.smtp import Mailer, Server

    def password() -> str:
        return resolve(mail.password, services.places) if mail.password else ""

    authority = str(services.beside_settings(mail.authority)) if mail.authority else ""
    port = mail.port or _PORTS[mail.security]
    return Mailer(Server(mail.host, port, mail.security, read_address(mail.sender), mail.user, password, authority))


def kept_for(services: Services) -> timedelta:
    """How long the outbox keeps what is done."""
    return timedelta(days=services.settings.reports.keep_days)
