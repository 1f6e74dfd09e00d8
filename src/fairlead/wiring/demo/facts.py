"""What the story says happened, as data: `docs/demo.md` is made from it and a test compares the brief with it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StoryFact:
    """One true sentence about the story."""

    kind: str
    """Sentence key, like `stuck-reviewer-away`; one word per kind of statement."""
    id: str
    """Id of the record that it is about, like `github:brightwater/payments#42`."""
    day: int
    """Story day: working days before the last one."""
    sentence: str
    people: tuple[str, ...] = ()
    """Person ids that it names."""
    others: tuple[str, ...] = ()
    """Further record ids: the deployment that was rolled back, the incident that it caused."""


@dataclass(slots=True)
class Facts:
    """Collects facts while the story is played."""

    told: list[StoryFact] = field(default_factory=list)

    def add(
        self, kind: str, id: str, day: int, sentence: str, people: tuple[str, ...] = (), others: tuple[str, ...] = ()
    ) -> None:
        """Writes one down."""
        self.told.append(StoryFact(kind, id, day, sentence, people, others))
