"""Puts facts into claims: the subject of every sentence is work, and every sentence knows its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fairlead.changes.queue import Part
from fairlead.changes.reviewers import ScorePart, Suggestion, Suggestions
from fairlead.model.figures import Evidence
from fairlead.reports import proof
from fairlead.reports.document import Act, Claim, Ref, Score, ScoreLine, Tone
from fairlead.reports.facts import Trouble
from fairlead.reports.naming import Names, short_name, short_sha
from fairlead.reports.open_changes import Waiting
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope
from fairlead.reports.wording import Elapsed, Wording, Working, WorkingLimit


@dataclass(frozen=True)
class Teller:
    """Words facts for one reader."""

    words: Wording
    names: Names
    scope: Scope

    def claim(self, key: str, evidence: Evidence, /, tone: Tone = "neutral", **args: Any) -> Claim:
        """A claim of a phrase alone."""
        return Claim(key=key, text=self.words(key, **args), evidence=evidence, tone=tone)

    # --- changes ---

    def waiting(self, waiting: Waiting, reasons: Sequence[Claim] = (), tone: Tone | None = None) -> Claim:
        """For whom a change waits, since when, and what is usual."""
        evidence = proof.of_change(waiting.change, waiting.events)
        key, said = self._wait(waiting)
        text = self.words(key, **said)
        return Claim(
            key=key,
            text=text,
            evidence=evidence,
            tone=tone or ("act" if waiting.overdue else "neutral"),
            refs=(Ref(waiting.change, short_name(waiting.change), waiting.url),),
            title=plain(waiting.title),
            reasons=(self.why(waiting), *self.away(waiting), *reasons),
            act=Act(self.words("act.open"), url=waiting.url) if waiting.url else None,
        )

    def _wait(self, waiting: Waiting) -> tuple[str, dict[str, Any]]:
        who = self.whom(waiting)
        # no moment is made up for it: without one there is no length either, and no limit to be judged by
        if waiting.since is None:
            return "wait.undated", {"who": who}
        span = Working(waiting.waited_s, waiting.day_s, waiting.limit_s)
        said: dict[str, Any] = {"who": who, "since": self.words.recent(waiting.since), "span": span}
        key = "wait.plain"
        # a number alone says neither good nor bad: beside it stands the limit by which the change is judged
        if waiting.limit_s is not None:
            key = "wait.limit"
            said["limit"] = WorkingLimit(waiting.limit_s, waiting.day_s)
        # the team's own history is told besides; it decides the place in the queue, and what is late it does not
        if waiting.limit_s is not None and waiting.usual_s is not None:
            key = "wait.usual"
            said["usual"] = Working(waiting.usual_s, waiting.day_s)
        return key, said

    def whom(self, waiting: Waiting) -> str:
        """For whom it waits, in words."""
        if waiting.turn == "author":
            name = self.names.person(waiting.author)
            return self.words("who.author", name=name) if name else self.words("who.author_unknown")
        if waiting.turn != "reviewer":
            return self.words(f"who.{waiting.turn}")
        said = [
            self.names.person(account) if account else self.words("who.team", team=self.names.team(team))
            for account, team in waiting.parties
        ]
        # a turn without a known party still waits for somebody
        return self.listed(said) or self.words("who.any_reviewer")

    def why(self, waiting: Waiting) -> Claim:
        """Why it is that party's turn."""
        # a check is named with its kind in front, as in `check:lint`
        detail = (waiting.detail or "").partition(":")[2] or (waiting.detail or "")
        evidence = proof.of_change(waiting.change, waiting.events)
        return self.claim(f"turn.{waiting.why}", evidence, detail=detail)

    def away(self, waiting: Waiting) -> list[Claim]:
        """Who of those for whom it waits is away now, and until when."""
        awaited = [account for account, _ in waiting.parties] if waiting.turn == "reviewer" else []
        if waiting.turn == "author":
            awaited = [waiting.author]
        # one person may be asked by two accounts: told once, in the order asked
        people = dict.fromkeys(self.names.person_of.get(account, account) for account in awaited if account)
        return [
            self.is_away(person, until) for person in people if (until := self.scope.away_until(person)) is not None
        ]

    def is_away(self, person: str, until: datetime) -> Claim:
        """Until when somebody is away, as their absences say: neither a change nor its files know it."""
        evidence = proof.of_records("absences", self.scope.absences(person, until))
        return self.claim("reviewer.away", evidence, name=self.names.person(person), until=self.words.day(until))

    def place(self, waiting: Waiting) -> list[Claim]:
        """What adds up to its place in the queue, and what could not be added."""
        evidence = proof.of_change(waiting.change, waiting.events)
        told = [
            self.claim(
                f"queue.{part.key}", evidence, points=f"{part.points:+d}", value=self._part_value(part, waiting)
            )
            for part in waiting.placed.parts
        ]
        # silence would read as "not small"
        return told if waiting.lines is not None else [*told, self.claim("queue.size_unknown", evidence)]

    def _part_value(self, part: Part, waiting: Waiting) -> Any:
        if part.key == "waiting":
            return Working(waiting.waited_s, waiting.day_s)
        return short_name(str(part.value)) if part.key == "incident" else part.value

    # --- reviewers ---

    def reviewers(self, waiting: Waiting, found: Suggestions | None, *, parts: bool) -> list[Claim]:
        """Who is away among those asked, and who else fits, with the parts of the score if asked for."""
        if found is None:
            return []
        # scores follow from files and not from events
        evidence = proof.of_files(waiting.change, found.files)
        claims = [self.is_away(person, until) for person, until in found.away]
        for suggestion in found.best:
            key = "reviewer.fits_to_spread" if suggestion.to_spread else "reviewer.fits"
            score = _score(suggestion)
            # A brief is read in a minute: it says what speaks for somebody; the triage adds what each weighs.
            said = [
                self.words("reviewer.part", what=self._part(part), points=line.points, most=line.most)
                if parts
                else self._part(part)
                for part, line in zip(suggestion.parts, score.parts, strict=True)
                if parts or _matters(part)
            ]
            name, why = self.names.person(suggestion.person), ", ".join(said)
            told = self.claim(key, evidence, name=name, why=why, score=score.value, most=score.most)
            claims.append(replace(told, score=score))
        return claims

    def _part(self, part: ScorePart) -> str:
        if part.key in ("ownership", "expertise"):
            few, files = int(part.numbers[0]), int(part.numbers[1])
            return self.words(f"reviewer.{part.key}", n=files, few=few)
        if part.key == "load":
            waiting = int(part.numbers[0])
            return self.words("reviewer.load", n=waiting) if waiting else self.words("reviewer.load_none")
        hours = part.numbers[0]
        return (
            self.words("reviewer.at_work")
            if hours <= 0
            else self.words("reviewer.zone", span=Elapsed(hours * 3600, bent=True))
        )

    # --- what is broken ---

    def incident(self, trouble: Trouble, fix: Waiting | None = None) -> Claim:
        """An incident that is not resolved."""
        key = "incident.open_severe" if trouble.severity in ("critical", "high") else "incident.open"
        evidence = proof.of_records("counted_incidents", [trouble.id], "incident")
        where = short_name(trouble.service or trouble.repository)
        severity = self.words(f"severity.{trouble.severity}") if trouble.severity else ""
        claim = self._broken(
            trouble, key, evidence, short_name(trouble.id), title=trouble.name, where=where, severity=severity
        )
        return self._with_fix(claim, fix)

    def red_main(self, trouble: Trouble, fix: Waiting | None = None) -> Claim:
        """A pipeline of a main branch that fails."""
        evidence = proof.of_failures(trouble)
        label = short_name(trouble.repository)
        return self._with_fix(
            self._broken(trouble, "main.red", evidence, label, n=trouble.count, name=trouble.name), fix
        )

    def failed_deployment(self, trouble: Trouble, fix: Waiting | None = None) -> Claim:
        """A service whose last production deployment failed."""
        evidence = proof.of_records("counted_deployments", [trouble.id], "deployment")
        label = short_name(trouble.service or trouble.repository)
        key = "deploy.failed" if trouble.sha else "deploy.failed_unnamed"
        where = trouble.name or self.words("production")
        return self._with_fix(
            self._broken(trouble, key, evidence, label, sha=short_sha(trouble.sha), where=where), fix
        )

    def _with_fix(self, claim: Claim, fix: Waiting | None) -> Claim:
        """Names an open change that repairs production in the same repository, and whose turn it is."""
        if fix is None:
            return claim
        evidence = proof.of_change(fix.change, fix.events)
        said = self.claim("fix.open", evidence, change=short_name(fix.change), who=self.whom(fix))
        return replace(claim, reasons=(*claim.reasons, said))

    def _broken(
        self, trouble: Trouble, key: str, evidence: Evidence, label: str, *, title: str = "", **args: Any
    ) -> Claim:
        # the tool's clock may be ahead of ours: no wait is below zero
        passed = Elapsed(max(0.0, (self.scope.now - trouble.since).total_seconds()))
        text = self.words(key, since=self.words.recent(trouble.since), span=passed, **args)
        return Claim(
            key=key, text=text, evidence=evidence, tone="act", refs=(Ref(trouble.id, label, trouble.url),),
            title=plain(title), act=Act(self.words("act.open"), url=trouble.url) if trouble.url else None,
        )  # fmt: skip

    def listed(self, said: Sequence[str]) -> str:
        """`Kim, Lee and Mo`."""
        # somebody without a name left no word; a comma would
        known = [text for text in said if text]
        if len(known) < 2:
            return "".join(known)
        return self.words("list.and", first=", ".join(known[:-1]), last=known[-1])


def _matters(part: ScorePart) -> bool:
    """What the brief tells of a score: all that adds to it, so that the sum can be checked, and always the load."""
    return part.value > 0 or part.key == "load"


def _score(suggestion: Suggestion) -> Score:
    """A suggestion's score with what each part gives and could give."""
    lines = tuple(
        ScoreLine(part.key, round(part.weight * part.value, 2), round(part.weight, 2)) for part in suggestion.parts
    )
    return Score(round(suggestion.score, 2), round(sum(part.weight for part in suggestion.parts), 2), lines)
