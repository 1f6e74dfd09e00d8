"""Whose turn it was, worked out change by change and event by event: what the warehouse's SQL must agree with.

Small and slow on purpose. It shares no line with `metrics/turns/`, which does the same for all changes at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

Row = dict[str, Any]

UNDATED = datetime(1970, 1, 1)  # noqa: DTZ001 - the warehouse holds clock readings of UTC
"""Where what has no date stands: before all that has one. No row tells it."""

ORDER = (
    "opened", "drafted", "closed", "reopened", "pushed force_pushed", "check_started",
    "check_ended checks_failed checks_passed conflicting mergeable", "commented",
    "reviewed approved changes_requested", "review_dismissed", "review_request_removed", "ready", "review_requested",
    "auto_merge_disabled auto_merge_enabled dequeued queued", "merged",
)  # fmt: skip
RANK = {kind: rank for rank, kinds in enumerate(ORDER) for kind in kinds.split()}
CHECKS = ("check_started", "check_ended")
PUSHES = ("pushed", "force_pushed")
REVIEWS = ("reviewed", "approved", "changes_requested")


def turns(change: Row, events: list[Row], checks: list[Row], kinds: Mapping[str, str], teams: Mapping[str, set[str]]) -> list[Row]:  # fmt: skip  # noqa: E501
    """Rows of `change_turns` of one change."""
    told = in_order(events, checks)
    start = change.get("created_at") or min((event["at"] for event in [*told, *events]), default=None)
    end = change.get("merged_at") or change.get("closed_at")
    if start is None and (end is not None or change.get("state") != "open"):
        return []
    start = start or UNDATED
    state = State(change, told, kinds, teams)
    moments = {start: state.verdict()}
    for event in told:
        if end is not None and event["at"] >= end:
            break
        if state.move(event):
            moments[max(event["at"], start)] = state.verdict()
    if end is None:
        state.take_in_record()
        moments[max(moments)] = state.verdict()
    found = list(tiles(change, list(moments.items()), end))
    return [row | {key: None for key in ("since", "waiting_since") if row[key] == UNDATED} for row in found]


def in_order(events: list[Row], checks: list[Row]) -> list[Row]:
    """By time, by what makes sense within a second, by id.

    A review speaks for its comments, a pipeline for its jobs.
    """
    spoken = {event.get("review") for event in events if event["kind"] in REVIEWS} - {None}
    told = [event for event in events if event["kind"] != "commented" or event.get("review") not in spoken]
    pipelines = [check for check in checks if check.get("kind") == "pipeline" and check.get("required") is not False]
    for check in checks:
        of_pipeline = check.get("parent") in {pipeline["id"] for pipeline in pipelines}
        of_commit = check.get("parent") is None and check.get("sha") in {
            pipeline.get("sha") for pipeline in pipelines
        }
        if check.get("required") is False or (check["kind"] == "job" and (of_pipeline or of_commit)):
            continue
        said = {"id": check["id"], "sha": check.get("sha"), "name": f"{check['kind']}:{check['name']}"}
        if check["started_at"] is not None:
            told.append(said | {"kind": "check_started", "at": check["started_at"], "result": "running"})
        if check["finished_at"] is not None:
            result = "failing" if check["result"] in ("failure", "error") else "done"
            told.append(said | {"kind": "check_ended", "at": check["finished_at"], "result": result})
    return sorted(told, key=lambda event: (event["at"], RANK.get(event["kind"], 0), event["id"]))


def tiles(change: Row, moments: list[tuple[Any, Any]], end: Any) -> Iterator[Row]:
    """Equal neighbours become one; each party waits from when its turn began without a break."""
    held: Any = None
    since, waiting = None, dict[Any, Any]()
    for at, verdict in [*moments, (end, None)]:
        if verdict == held:
            continue
        if held and (at is None or at > since):
            for number, (party, waits) in enumerate(waiting.items()):
                yield {
                    "change": change["id"], "turn": held[0], "account": party[0], "team": party[1], "since": since,
                    "until": at, "why": held[1], "detail": held[2], "party": number, "waiting_since": waits,
                }  # fmt: skip
        if verdict:
            before = waiting if held and held[0] == verdict[0] else {}
            waiting = {party: before.get(party, at) for party in verdict[3]}
        held, since = verdict, at


class State:
    """Where one change stands."""

    def __init__(self, change: Row, told: list[Row], kinds: Mapping[str, str], teams: Mapping[str, set[str]]) -> None:
        self.change, self.kinds, self.members = change, kinds, teams
        words = [event["kind"] for event in told]
        draft = next((word for word in words if word in ("ready", "drafted")), None)
        auto = next((word for word in words if word.startswith("auto_merge")), None)
        self.draft = draft == "ready" if draft else bool(change.get("draft"))
        self.auto = auto == "auto_merge_disabled" if auto else bool(change.get("auto_merge"))
        self.known = any(word not in (*CHECKS, "merged", "closed") for word in words)
        pushes = [event for event in told if event["kind"] in PUSHES]
        brought = [event.get("sha") for event in pushes]
        first = (event["sha"] for event in told if event["kind"] in CHECKS and event["sha"] not in brought)
        self.head = next(first, None) if pushes else change.get("head_sha")
        self.last_push = pushes[-1] if pushes else None
        self.open, self.queued, self.conflict, self.blocked = True, False, False, False
        self.checks: dict[Any, dict[str, str]] = {}
        self.asked: list[str] = []
        self.teams: list[str] = []
        self.stance: dict[str, str] = {}
        """Of each reviewer: approved, blocking, comments, again (answered) or rework (answered, had wanted changes);
        those who spoke last stand last."""
        self.part: set[str] = set()
        by = sorted((self.speaker(e), e["review"]) for e in told if e.get("review") and self.reviews(e))
        self.reviewers = {review: who for who, review in by}

    def human(self, account: str | None) -> bool:
        return account is not None and self.kinds.get(account, "human") == "human"

    def reviewer(self, account: str | None) -> bool:
        return self.human(account) and account != self.change["author"]

    def reviews(self, event: Row) -> bool:
        return event["kind"] in (*REVIEWS, "commented") and self.reviewer(self.speaker(event))

    def speaker(self, event: Row) -> Any:
        """Who speaks; the approval of somebody whose account is deleted is that of somebody of its own."""
        unknown = event["kind"] == "approved" and event["actor"] is None and self.change["author"] is not None
        return f"?{event.get('review') or event['id']}" if unknown else event["actor"]

    def answers_for(self, team: str, who: str) -> bool:
        return team not in self.members or who in self.members[team]

    def has(self, *stances: str) -> bool:
        return any(stance in stances for stance in self.stance.values())

    def verdict(self) -> Any:
        """Turn, reason, what the reason names, parties; nothing while closed."""
        if not self.open:
            return None
        mine = [(self.change["author"], None)]
        approved, checks = self.has("approved"), self.checks.get(self.head, {})
        failing, running = ([n for n, result in checks.items() if result == word] for word in ("failing", "running"))
        again = [
            who for who, stance in self.stance.items() if stance == "rework" or (stance == "again" and not approved)
        ]
        asked = [] if approved and self.has("rework") else self.asked
        waits = [(who, None) for who in [*asked, *(who for who in again if who not in asked)]]
        waits += [] if approved and self.has("rework") else [(None, team) for team in self.teams]
        for holds, turn, why, detail, parties in (
            (self.draft, "author", "draft", None, mine),
            (self.queued, "merge_queue", "queued", None, [(None, None)]),
            (self.conflict, "author", "conflict", None, mine),
            (failing, "author", "checks_failed", (*failing, None)[0], mine),
            (self.has("blocking"), "author", "changes_requested", None, mine),
            (self.has("comments") and not approved, "author", "comments", None, mine),
            (again, "reviewer", "answered", None, waits),
            (waits and (not approved or self.blocked), "reviewer", "review_requested", None, waits),
            (approved and running, "ci", "checks_running", (*running, None)[0], [(None, None)]),
            (approved and self.auto, "merge_queue", "auto_merge", None, [(None, None)]),
            (approved, "author", "approved", None, mine),
            (not self.known, "nobody_knows", "no_events", None, [(None, None)]),
        ):
            if holds:
                return turn, why, detail, parties
        return "any_reviewer", "nobody_asked", None, [(None, None)]

    def move(self, event: Row) -> bool:
        """Takes in one event; tells whether it may have moved anything."""
        kind, actor, sha = event["kind"], event.get("actor"), event.get("sha")
        if kind in CHECKS:
            self.checks.setdefault(sha, {})[event["name"]] = event["result"]
            return bool(sha == self.head)
        if kind in ("checks_failed", "checks_passed"):
            self.checks.setdefault(sha or self.head, {})["checks"] = "failing" if kind == "checks_failed" else "done"
        elif kind in PUSHES:
            self.head = sha or (self.change.get("head_sha") if event is self.last_push else None)
            if actor is None or actor == self.change["author"] or self.human(actor):
                self.author_answers()
        elif kind == "opened":
            self.head = sha or self.head
        elif kind in ("drafted", "ready"):
            self.draft = kind == "drafted"
        elif kind in ("queued", "dequeued"):
            self.queued = kind == "queued"
        elif kind in ("auto_merge_enabled", "auto_merge_disabled"):
            self.auto = kind == "auto_merge_enabled"
        elif kind in ("conflicting", "mergeable"):
            self.conflict = kind == "conflicting"
        elif kind in ("closed", "merged"):
            self.open = self.queued = False
        elif kind == "reopened":
            self.open = True
        elif kind == "review_requested":
            return self.ask(event)
        elif kind == "review_request_removed":
            self.asked = [who for who in self.asked if who != event.get("subject")]
            self.teams = [team for team in self.teams if team != event.get("subject_team")]
        elif kind == "review_dismissed":
            who = self.reviewers.get(event.get("review")) or event.get("subject")
            if who is not None and self.stance.pop(who, None) == "approved" and not who.startswith("?"):
                self.stance[who] = "again"
        elif kind in (*REVIEWS, "commented"):
            return self.speak(event, self.speaker(event))
        else:
            return False
        return True

    def ask(self, event: Row) -> bool:
        who, team = event.get("subject"), event.get("subject_team")
        if team is not None:
            self.teams += [] if team in self.teams else [team]
            return True
        if who is None or not self.reviewer(who):
            return False
        self.stance.pop(who, None)
        self.asked += [] if who in self.asked else [who]
        self.part.add(who)
        return True

    def speak(self, event: Row, who: Any) -> bool:
        kind, review = event["kind"], event["kind"] != "commented" or event.get("review") is not None
        if who == self.change["author"] and self.human(who) and kind in ("reviewed", "commented"):
            return self.author_answers()
        if not self.reviewer(who):
            return False
        if kind in ("reviewed", "commented"):
            stranger = who not in self.part and not any(self.answers_for(team, who) for team in self.teams)
            if self.stance.get(who) == "approved" or (not review and stranger and (self.part or self.teams)):
                return False
        # Whoever wanted changes and speaks again still wants them.
        was = self.stance.pop(who, None)
        blocks = kind == "changes_requested" or (kind != "approved" and was in ("blocking", "rework"))
        self.stance[who] = "approved" if kind == "approved" else "blocking" if blocks else "comments"
        self.part.add(who)
        if review:
            self.asked = [other for other in self.asked if other != who]
            self.teams = [team for team in self.teams if not self.answers_for(team, who)]
        return True

    def author_answers(self) -> bool:
        pending = self.has("blocking", "comments")
        after = {"blocking": "rework", "comments": "again"}
        self.stance = {who: after.get(stance, stance) for who, stance in self.stance.items()}
        return pending

    def take_in_record(self) -> None:
        """What the record says now, where no event told of it."""
        record = self.change
        if record.get("state") in ("closed", "merged"):
            self.open = False
            return
        self.open = self.open or record.get("state") == "open"
        if record.get("mergeable") in ("clean", "conflicting", "blocked", "behind", "unstable"):
            self.conflict, self.blocked = record["mergeable"] == "conflicting", record["mergeable"] == "blocked"
        for account in record.get("requested_reviewers") or ():
            if account not in self.part:
                self.ask({"subject": account})
        if not self.part:
            self.teams += [team for team in record.get("requested_teams") or () if team not in self.teams]
