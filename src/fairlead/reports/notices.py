"""Notices as letters: one subject with all that is told of it, or a day's digest; each says why it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.governance.letter import Letter
from fairlead.governance.notices import ACTION, APPROVAL, Card, Line
from fairlead.reports.nudges import Nudges
from fairlead.reports.plain import plain
from fairlead.store.notices import Notice


@dataclass(frozen=True, slots=True)
class Matter:
    """One notice with what only its reader's moment can say."""

    notice: Notice
    others: tuple[str, ...] = ()
    """Names of who else was told."""
    offer_mute: bool = False
    """The last three of its topic went unanswered."""


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses that readers reach; empty without a public one."""

    subject: str = ""
    settings: str = ""


@dataclass(frozen=True, slots=True)
class Over:
    """How it ended that a reader was told of."""

    state: str
    """Of what was asked of them: the action's state, `given` or `changed`; empty for signals."""
    said: tuple[str, ...]


@dataclass(frozen=True)
class Letters:
    """Writes to one reader."""

    nudges: Nudges
    recipient: str

    def of_subject(
        self,
        matters: Sequence[Matter],
        places: Places,
        *,
        over: Over | None = None,
        still: Sequence[Notice] = (),
        seen: int = 0,
    ) -> tuple[Letter, Card]:
        """The message about one subject: the newest matter leads, what still stands from earlier follows."""
        words = self.nudges.teller.words
        lead = max(matters, key=lambda one: (one.notice.exempt, one.notice.made_at, one.notice.id))
        title = self._title(lead.notice, over.state if over else "")
        lines = (
            [] if lead.notice.topic in (APPROVAL, ACTION) else self.nudges.facts(lead.notice.subject, self.recipient)
        )
        news = [line for one in matters for line in self._matter(one.notice)]
        older = [line for one in still for line in self._matter(one)]
        lines = list(dict.fromkeys((*news, *older, *lines)))
        if over:
            lines = [*(Line(one, (lead.notice.about,)) for one in over.said), *lines]
        card = Card(
            subject=lead.notice.subject,
            about=lead.notice.about,
            topic=lead.notice.topic,
            whom=self.recipient,
            title=title.text,
            lines=tuple(lines),
            news=" ".join(over.said if over else (line.text for line in news)),
            why=self.why(lead.notice),
            others=words("notice.others", names=self.nudges.teller.listed(lead.others)) if lead.others else "",
            over=over is not None,
            approve=lead.notice.about if lead.notice.topic == APPROVAL else "",
            digest=str(lead.notice.said.get("digest", "")) if lead.notice.topic == APPROVAL else "",
            signal="" if lead.notice.topic in (APPROVAL, ACTION) else lead.notice.about,
            offer_mute=lead.offer_mute,
            seen=seen,
            page=places.subject,
            settings=places.settings,
            notices=tuple(one.notice.id for one in matters),
            language=words.language,
        )
        return self._letter(card), card

    def digest(self, subjects: Sequence[Sequence[Matter]], healed: int, places: Places) -> Letter:
        """All that could wait, a subject a paragraph, and how much went away by itself."""
        words, parts = self.nudges.teller.words, []
        for matters in subjects:
            lead = matters[0].notice
            title = self._title(lead)
            told = [line.text for one in matters for line in self._matter(one.notice)]
            parts.append("\n".join([f"* {title.text}", *(f"  {text}" for text in dict.fromkeys(told)),
                                    f"  {self.why(lead)}", f"  {self._how(lead)}"]))  # fmt: skip
        foot = [words("notice.healed", n=healed)] if healed else []
        foot += [words("notice.settings", url=places.settings)] if places.settings else []
        subject = words("notice.digest", n=len(subjects))
        return Letter(subject=subject, text="\n\n".join([*parts, *foot]) + "\n")

    def _letter(self, card: Card) -> Letter:
        words = self.nudges.teller.words
        ids = dict.fromkeys(one for line in card.lines for one in line.evidence if one != card.subject)
        foot = [card.why, card.others, words("notice.evidence", ids=", ".join((card.subject, *ids)))]
        foot += [words("mail.page", url=card.page)] if card.page else []
        if card.approve and not card.over:
            foot.append(words("notice.approve", action=card.approve))
        foot.append(words("notice.how", notice=card.notices[0][:10], topic=card.topic))
        if card.offer_mute:
            foot.append(words("notice.offer", topic=card.topic))
        text = "\n".join([card.title, "", *(f"* {line.text}" for line in card.lines), "", *filter(None, foot)])
        return Letter(subject=card.title, text=f"{text}\n")

    def _how(self, notice: Notice) -> str:
        return self.nudges.teller.words("notice.how", notice=notice.id[:10], topic=notice.topic)

    def _title(self, notice: Notice, ended: str = "") -> Line:
        words, said = self.nudges.teller.words, notice.said
        if notice.topic in (APPROVAL, ACTION):
            key = f"notice.action.{ended or notice.kind}"
            return Line(
                words(key if words.knows(key) else "notice.approval", title=plain(said.get("title"))), (notice.about,)
            )
        return self.nudges.heading(notice.subject, self.recipient, said.get("title", ""))

    def _matter(self, notice: Notice) -> list[Line]:
        """What happened, in a line or two."""
        words, said, teller = self.nudges.teller.words, notice.said, self.nudges.teller
        evidence = (notice.about,)
        if notice.topic in (APPROVAL, ACTION):
            by = str(said.get("by", ""))
            found = [words("notice.because", why=plain(said["why"]))] if said.get("why") else []
            found += (
                [words("notice.by", name=teller.names.person(by) if by.startswith("person:") else by)] if by else []
            )
            found += [words("notice.until", at=notice.expires_at)] if notice.expires_at else []
            found += [plain(said["error"])] if said.get("error") else []
            return [Line(text, evidence) for text in found]
        happened = words(f"notice.kind.{notice.kind}", level=said.get("level", 0), severity=said.get("severity", ""))
        return [Line(words("notice.rule", title=plain(said.get("title")), what=happened), evidence)]

    def why(self, notice: Notice) -> str:
        """Why its reader sees it: the word of the rule or of its chain that meant them."""
        words, said = self.nudges.teller.words, notice.said
        word, rule = str(said.get("to", "")), said.get("rule") or notice.topic
        if away := said.get("instead_of"):
            return words("why.instead", name=self.nudges.teller.names.person(away), rule=rule)
        if word.startswith("role:"):
            return words("why.role", role=word.removeprefix("role:"), rule=rule)
        key = f"why.{word}"
        return words(key, rule=rule) if words.knows(key) else words("why.named", rule=rule)
