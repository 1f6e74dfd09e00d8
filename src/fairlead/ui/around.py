"""What stands around a page, from the records: teams, services, repositories, and how fresh each source is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fairlead.connectors.fairlead import SOURCE
from fairlead.model.setup import Setup
from fairlead.ui.frame import Choice, SourceState
from fairlead.ui.kept import kept_for
from fairlead.ui.shown import Shown
from fairlead.ui.words import Words

DONE = {
    "saved": "Saved.",
    "confirmed": "The two accounts are one person now. It can be undone on this page.",
    "refused": "The two accounts stay apart. It can be undone on this page.",
    "reverted": "The decision was taken back.",
    "attributed": "The cause of the incident was noted; it can be taken back on this page.",
    "unattributed": "What was stated about the cause was taken back; the score decides again.",
    "posted": "Your lines stand in the standup of the team.",
    "taken": "You have taken it on: its escalation stops, and you are reminded if it does not heal.",
    "snoozed": "It sleeps until then; the list of what is snoozed has it.",
    "woken": "It is awake again.",
    "muted": "The rule is muted; its signals stay on this page.",
    "yes": "Your yes is kept, bound to exactly what you saw.",
    "no": "Your no is kept; it will not be done.",
    "glass": "The glass is broken: it is being done, and somebody else will be asked to look at it.",
    "withdrawn": "It was withdrawn and will not be done.",
    "settled": "What you found is kept.",
    "undoing": "What takes it back is proposed; policy judges it like any other act.",
    "lent": "Your right is lent; the list below has it.",
    "lent_no_more": "The right is yours alone again.",
    "retried": "The payloads are being read again.",
    "proposed": "It is proposed; policy has judged each part, and the list says what waits for whom.",
    "invited": "The invitation is ready; the link is shown once, below.",
}
"""What a page may say after an act: only these, so that a link cannot put words on a page."""


@dataclass(frozen=True)
class Surroundings:
    """The choices of the scope line and the state of the sources."""

    teams: tuple[Choice, ...] = ()
    repositories: tuple[Choice, ...] = ()
    services: tuple[Choice, ...] = ()
    sources: tuple[SourceState, ...] = ()
    as_of: datetime | None = None


NOTHING = Surroundings()


_CHOICES = """
select 'team' as what, id as value, coalesce(name, id) as title from teams
where deleted_at is null and not coalesce(proposed, false)
union all
select 'repository', id, coalesce(name, id) from repositories
where deleted_at is null and not coalesce(archived, false)
order by what, title
"""

_SOURCES = """
select s.name, s.source, s.since, s.due_at,
  (select arg_max(r.result, r.started_at) from sync_runs r where r.of = s.source) as result
from attention_silent_sources s order by s.name
"""


def surroundings(services: Any, state: Any, words: Words, shown: Shown) -> Surroundings:
    """Reads the choices and the freshness; both are small, and the same on every page until the next refresh."""
    # Both queries cost a few milliseconds, on every page: they are asked once for each refresh.
    warehouse = services.warehouse
    choices, heard = kept_for(
        services, state, "surroundings", lambda: (warehouse.rows(_CHOICES), warehouse.rows(_SOURCES))
    )
    setup: Setup = services.setup
    # what people entered here a moment ago says nothing of how old the tools' data is
    sources = tuple(_source(row, words, shown) for row in heard if row["source"] != SOURCE)
    return Surroundings(
        # Teams that the file names come first and alone: those of the host are proposals and would stand there twice.
        teams=_stated(setup.teams, "team") or _found(choices, "team"),
        repositories=_found(choices, "repository"),
        services=_stated(setup.services, "service"),
        sources=sources,
        as_of=max((source.last for source in sources if source.last), default=None),
    )


def _stated(entries: Mapping[str, Any], kind: str) -> tuple[Choice, ...]:
    return tuple(Choice(f"{kind}:{key}", entry.name or key) for key, entry in sorted(entries.items()))


def _found(rows: Sequence[Mapping[str, Any]], what: str) -> tuple[Choice, ...]:
    return tuple(Choice(row["value"], row["title"]) for row in rows if row["what"] == what)


def _source(row: Mapping[str, Any], words: Words, shown: Shown) -> SourceState:
    # A source is silent by its own rhythm: `due_at` leaves out nights and weekends, as in the brief.
    due = aware(row["due_at"])
    failed = row["result"] == "failure"
    why = words("The last sync failed.") if failed else words("Figures leave out what happened since.")
    silent = failed or row["since"] is None or (due is not None and due <= shown.now)
    return SourceState(name=row["name"] or row["source"], last=aware(row["since"]), silent=silent, why=why)


def aware(at: datetime | None) -> datetime | None:
    """A moment of the warehouse, which keeps UTC without saying so."""
    # DuckDB's TIMESTAMP has no zone, and a naive time must not meet an aware one.
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def zone_name(setup: Setup, viewer: Any) -> str:
    """The reader's own zone, else the organisation's."""
    # The operator is no person of the team, and reads in the organisation's zone.
    key = str(getattr(viewer, "person", "") or "").removeprefix("person:")
    person = setup.people.get(key)
    return (person.time_zone if person else "") or setup.organisation.time_zone


def done(name: str, words: Words) -> str:
    """The sentence about what was just done; an unknown name says nothing."""
    # The name comes from the address: what is not in the table is not said.
    return words(DONE[name]) if name in DONE else ""
