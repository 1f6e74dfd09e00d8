"""What people enter of decisions and risks: checked as it will be read, and appended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from fairlead.connectors.fairlead import CONNECTOR, SOURCE
from fairlead.connectors.kit.connector import Delivery, Options
from fairlead.model.errors import Abort, Fault, Skip
from fairlead.model.raw import RawEvent
from fairlead.model.times import Clock, entered_at, parse_time
from fairlead.store import decided, records
from fairlead.store.decided import Row, Table

if TYPE_CHECKING:
    from fairlead.bus.log import EventLog
    from fairlead.governance.ledger.book import Ledger
    from fairlead.model.setup import Setup
    from fairlead.store.database import Database, Transaction

LONGEST = 20_000
"""Characters of a text: more is a document, which a link leads to."""
_LISTS: Mapping[Table, str] = {
    "decisions": "decisions list", "risks": "risks list", "team_dependencies": "dependencies list",
    "objectives": "goals", "key_results": "goals", "check_ins": "goals", "objective_links": "alignment",
}  # fmt: skip
"""Command that shows what is in a table."""
Event = Callable[[str, Mapping[str, Any], str, datetime, str], RawEvent]


class Home(Protocol):
    """What entering takes of a home."""

    @property
    def database(self) -> Database:
        """Facts."""
        ...

    @property
    def log(self) -> EventLog:
        """Raw events."""
        ...

    @property
    def ledger(self) -> Ledger:
        """What was decided and done."""
        ...

    @property
    def clock(self) -> Clock:
        """The moment that counts."""
        ...

    @property
    def setup(self) -> Setup:
        """What the team states about itself."""
        ...


def enter(home: Home, event: Event, record: str, what: str, said: Mapping[str, Any], by: str) -> RawEvent:
    """Enters fields of a decision or risk; `what` is done is what the ledger says of it once the event is read."""
    made = _made(home, event, record, what, said, by)
    home.log.append([made])
    return made


def enter_new(home: Home, event: Event, table: Table, what: str, said: Mapping[str, Any], by: str) -> str:
    """The same under the next number of a table, which what is refused does not take; gives its id."""
    _made(home, event, decided.record_id(table, 1), what, said, by)
    record = decided.record_id(table, number(home, table))
    enter(home, event, record, what, said, by)
    return record


def _made(home: Home, event: Event, record: str, what: str, said: Mapping[str, Any], by: str) -> RawEvent:
    said = {name: value for name, value in said.items() if value is not None}
    if long := next((name for name, value in said.items() if isinstance(value, str) and len(value) > LONGEST), ""):
        raise Skip(f"`{long}` is longer than {LONGEST:,} characters", hint="link to a document instead")
    try:
        made = event(record, said, by, entered_at(home.clock), what)
        # the reader decides what can be read: what it would not take must not lie in the log for ever
        CONNECTOR.read(Delivery(made.kind, made.headers, made.body), Options(source=SOURCE))
    except Fault as fault:
        raise Skip(fault.message, fault.hint) from fault
    _known(home, said)
    return made


def one(home: Home, table: Table, said: str) -> Row:
    """A decision or risk by number or id."""
    kind = decided.kind_of(table)
    # other ids end in numbers too: those of links do as the ids of their items do
    number = said.removeprefix(f"{kind}:").lstrip("0")
    record = decided.record_id(table, int(number)) if number.isdecimal() and len(number) < 12 else said
    with home.database.read() as tx:
        found = records.get(tx, table, record)
    if found is None or found["deleted_at"] is not None:
        raise Abort(f"no {kind.replace('_', ' ')} {said!r:.80}", hint=f"`fairlead {_LISTS[table]}` shows them")
    return found


def number(home: Home, table: Table) -> int:
    """The next one, drawn for good."""
    with home.database.begin() as tx:
        return decided.next_number(tx, table)


def moment(said: str | None) -> datetime | None:
    """A day or moment that somebody typed."""
    try:
        return parse_time(said)
    except (ValueError, OverflowError) as fault:
        raise Skip(f"{said!r:.80} is no day", hint="write it like 2027-03-01") from fault


def team_id(said: str) -> str:
    """A team by key or id."""
    return said if ":" in said or not said else f"team:{said}"


def _known(home: Home, said: Mapping[str, Any]) -> None:
    """People, teams and services that are named must be there: a misspelt owner is no owner."""
    with home.database.read() as tx:
        for name, table in (("owner", "people"), ("service", "services")):
            if (value := said.get(name)) and records.get(tx, table, value) is None:
                key = str(value).partition(":")[2]
                stated = home.setup.people if name == "owner" else home.setup.services
                if key not in stated:
                    raise Skip(f"no {table} {value!r:.80}", hint="`fairlead people list` shows who there is")
        for name in ("work_item", "waiting_item"):
            if (value := said.get(name)) and records.get(tx, "work_items", str(value)) is None:
                raise Skip(f"no work item {value!r:.80}", hint="`fairlead search` finds its id")
        for name in ("team", "from_team", "to_team"):
            _known_team(home, tx, str(said.get(name) or ""))


def _known_team(home: Home, tx: Transaction, team: str) -> None:
    if team and team.removeprefix("team:") not in home.setup.teams and records.get(tx, "teams", team) is None:
        raise Skip(f"no team {team!r:.80}", hint="teams are set under [teams] of fairlead.toml")
