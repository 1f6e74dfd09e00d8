"""What is needed from whom: one record as its reader has to see it, in their language and zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from fairlead.governance.notices import Line
from fairlead.reports.naming import short_name
from fairlead.reports.open_changes import Waiting, load_open
from fairlead.reports.plain import plain
from fairlead.reports.sentences import Teller
from fairlead.reports.suggesting import owned_files
from fairlead.reports.wording import Working


@dataclass(frozen=True)
class Nudges:
    """Words what is told of records; all facts of one round are loaded once."""

    teller: Teller
    wanted: Collection[str] = ()
    """Records that it will be asked about."""
    _loaded: dict[str, Waiting] = field(default_factory=dict)
    _owned: dict[str, Counter[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        scope = self.teller.scope
        if self.wanted and not self._loaded:
            # the turns of all open changes are one query; which of them are told of is a matter of a few
            waiting: Mapping[str, Waiting] = scope.once(
                "nudges", lambda: {found.change: found for found in load_open(scope)}
            )
            mine = [waiting[one] for one in self.wanted if one in waiting]
            self._loaded.update({found.change: found for found in mine})
            self._owned.update(owned_files(scope, mine) if mine else {})

    def heading(self, subject: str, recipient: str, title: str) -> Line:
        """The sentence on top: what waits for the reader, or else what is the matter."""
        words, waiting = self.teller.words, self._loaded.get(subject)
        what = short_name(subject)
        if waiting is None:
            return Line(words("nudge.matter", what=what, title=plain(title)), (subject,))
        since = words.recent(waiting.since) if waiting.since else ""
        if not self._is_mine(waiting, recipient):
            who = self.teller.whom(waiting)
            text = (
                words("nudge.whom", what=what, who=who, since=since)
                if since
                else words("nudge.matter", what=what, title=plain(title))
            )
        elif waiting.turn == "author":
            text = (
                words("nudge.author", what=what, since=since) if since else words("nudge.author_undated", what=what)
            )
        else:
            text = (
                words("nudge.review", what=what, since=since) if since else words("nudge.review_undated", what=what)
            )
        return Line(text, (subject,))

    def facts(self, subject: str, recipient: str) -> list[Line]:
        """What else helps to decide when to look: title, reason, wait, size, and how much of it is theirs."""
        waiting = self._loaded.get(subject)
        if waiting is None:
            return []
        words, evidence = self.teller.words, (subject,)
        found = [plain(waiting.title)] if waiting.title else []
        found.append(self.teller.why(waiting).text)
        if waiting.since is not None:
            span = Working(waiting.waited_s, waiting.day_s, waiting.limit_s)
            found.append(words("nudge.waited", span=span))
        if waiting.lines is not None:
            found.append(words("nudge.size", n=waiting.lines))
        if owned := self._owned.get(subject, Counter())[recipient]:
            found.append(words("nudge.own", n=owned))
        return [Line(text, evidence) for text in found]

    def _is_mine(self, waiting: Waiting, recipient: str) -> bool:
        person_of = self.teller.names.person_of
        if waiting.turn == "author":
            return recipient in (waiting.author, person_of.get(waiting.author or ""))
        named = {name for party in waiting.parties for name in party if name}
        return waiting.turn == "reviewer" and recipient in named | {person_of.get(name, name) for name in named}
