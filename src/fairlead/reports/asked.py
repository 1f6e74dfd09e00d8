"""What every report is asked with, and how what it found becomes a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fairlead.model.setup import Setup
from fairlead.reports import facts
from fairlead.reports.brief_data import freshness
from fairlead.reports.document import Claim, Document, Section
from fairlead.reports.facts import SourceState
from fairlead.reports.intake import Intake
from fairlead.reports.naming import Names
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller
from fairlead.reports.wording import Wording

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse


@dataclass(frozen=True)
class Asked:
    """A question to a report: of which data, at which moment, for whom and in which language."""

    warehouse: Warehouse
    setup: Setup
    now: datetime
    team: str | None = None
    """Key, id or name; without one the report is of everybody."""
    language: str = "en"
    intake: Intake = field(default_factory=Intake)
    _held: dict[tuple[str, datetime], Any] = field(init=False, default_factory=dict, compare=False, repr=False)

    @cached_property
    def scope(self) -> Scope:
        """Whose report it is; an unknown team is refused with those that there are."""
        return self.scope_of(self.team)

    def scope_of(self, team: str | None) -> Scope:
        """The same question's scope for another team: a report may tell of several, one after the other."""
        return replace(Scope.of(self.warehouse, self.setup, self.now, team, self.intake), held=self._held)

    def scopes_of(self, teams: Sequence[str]) -> list[Scope]:
        """Scopes of several teams that one report tells of, each knowing of the others."""
        found = [self.scope_of(team) for team in teams]
        beside = frozenset(scope.team for scope in found if scope.team)
        return [replace(scope, beside=beside) for scope in found]

    @cached_property
    def names(self) -> Names:
        """Names of people and teams, loaded once for every teller of the report."""
        return Names.load(self.warehouse)

    def teller(self, scope: Scope | None = None, zone: tzinfo | None = None) -> Teller:
        """Who words facts for a scope, in its zone unless another is named."""
        scope = scope or self.scope
        return Teller(Wording(self.language, zone or scope.calendar.zone, scope.now), self.names, scope)


def document(
    teller: Teller,
    kind: str,
    title: Claim,
    sections: Sequence[Section],
    sources: Sequence[SourceState] | None = None,
) -> Document:
    """The finished report, with how fresh it is; who has loaded the sources already hands them over."""
    scope, words = teller.scope, teller.words
    return Document(
        kind=kind,
        title=title,
        scope=scope.name or words("scope.all"),
        as_of=scope.now,
        shown_as_of=words.moment(scope.now, year=True),
        freshness=freshness(teller, facts.load_sources(scope) if sources is None else sources),
        sections=tuple(sections),
        language=words.language,
        team=scope.team,
    )
