"""What the readers of reports write on: the sayings of one report, under ids that the same report makes again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.kit.connector import Sweep
from fairlead.connectors.results.stated import Stated
from fairlead.model.errors import Unreadable
from fairlead.model.patch import Patch
from fairlead.model.raw import content_id
from fairlead.model.records.delivery import Coverage
from fairlead.model.records.kinds import Record, Text

_DIGEST = 20
_LARGEST = 2**53


@dataclass(slots=True)
class Sheet:
    """One report while it is being read."""

    source: str
    stated: Stated
    patches: list[Patch] = field(default_factory=list)
    sweeps: list[Sweep] = field(default_factory=list)
    nothing: str = ""

    @property
    def build(self) -> Text:
        """Id of the build, with the repository before it where only its end was stated."""
        build = self.stated.build
        if not build:
            return UNSET
        return build if ":" in build else f"{self.stated.repository}/{build.lstrip('/')}"

    def when(self, own: datetime | None) -> datetime:
        """Time of a result: what the sender stated, else what the report says, else when the file was seen."""
        found = self.stated.at or own or self.stated.seen_at
        if found is None:
            raise Unreadable("at", "the report holds no time and none is stated")
        return found

    def below(self, noun: str, *parts: str) -> str:
        """Id of something found at the commit."""
        stated = self.stated
        digest = f"/{digested(*parts)}" if parts else ""
        return f"{stated.repository}@{stated.sha}/{noun}/{stated.name or 'all'}{digest}"

    def say(self, record: Record, at: datetime) -> None:
        """Notes a saying."""
        self.patches.append(Patch(record, at))

    def measured(self, covered: int, total: int, own: datetime | None) -> None:
        """Says the coverage of the commit."""
        if not 0 <= covered <= total < _LARGEST:
            raise Unreadable("", f"{covered} lines covered of {total} is no coverage")
        at = self.when(own)
        self.say(
            Coverage(
                id=self.below("coverage"),
                source=self.source,
                build=self.build,
                repository=self.stated.repository,
                sha=self.stated.sha,
                branch=self.stated.branch or UNSET,
                at=at,
                lines_covered=covered,
                lines_total=total,
            ),
            at,
        )


def digested(*parts: str) -> str:
    """Names of tests and places of findings may be pages long: ids hold a digest of them."""
    return content_id(*parts)[:_DIGEST]
