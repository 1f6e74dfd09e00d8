"""For each change and each moment of its past: whose turn it is, since when, and why.

The turns of a change tile the time in which it was open, without gap or overlap. They follow from events and nothing
else: not from `updated_at`, and not from the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from fairlead.changes.history import CHECK_ENDED, CHECK_STARTED, ChangeHistory, Happening, in_order
from fairlead.changes.review_state import Party, ReviewState, TurnWord, Verdict

_CHECKS = (CHECK_STARTED, CHECK_ENDED)
_PUSHES = ("pushed", "force_pushed")
_REVIEWS = ("reviewed", "approved", "changes_requested")
_NO_PARTY: tuple[Party | None, ...] = (None,)
_SAY_NOTHING = (*_CHECKS, "merged", "closed")
"""Known from the record or the commit alone: they do not show that the change's events are known."""


class Turn(NamedTuple):
    """A stretch of time in which a change waited for the same party for the same reason."""

    change: str
    turn: TurnWord
    parties: tuple[Party, ...]
    """Accounts and teams awaited, in the order in which they were asked; empty where there is nobody to name."""
    waiting_since: tuple[Any, ...]
    """For each party (or once, without any) since when it has been its turn without a break, maybe before `since`."""
    since: Any
    until: Any
    """End of the stretch; `None` while it lasts."""
    why: str
    """Key of a phrase: `turn.<why>`."""
    detail: str | None


def turns(
    changes: Iterable[ChangeHistory],
    kinds: Mapping[str, str] | None = None,
    members: Mapping[str, frozenset[str]] | None = None,
) -> Iterator[Turn]:
    """The turns of each change in order.

    `kinds` says which accounts are no humans; `members` which accounts belong to a team, where that is known.
    """
    for change in changes:
        yield from _turns_of(change, kinds or {}, members or {})


def _turns_of(change: ChangeHistory, kinds: Mapping[str, str], members: Mapping[str, frozenset[str]]) -> list[Turn]:
    happenings = in_order(_without_words_of_reviews(change.happenings))
    at = change.opened_at if change.opened_at is not None else (happenings[0].at if happenings else None)
    if at is None:
        return []
    state = _state_at_start(change, happenings, kinds, members)
    last_push = next((h for h in reversed(happenings) if h.kind in _PUSHES), None)
    tiles = _Tiles(change.id)
    moved = True
    for happening in happenings:
        if change.ended_at is not None and happening.at >= change.ended_at:
            break
        if moved and happening.at > at:
            tiles.settle(at, state.verdict() if state.open else None)
            moved = False
        if state.move(happening):
            moved = True
            # What moves nothing must not become the moment at which later knowledge is put in.
            if happening.at > at:
                at = happening.at
        if happening is last_push and happening.sha is None:
            state.head = change.head_sha
    _take_in_record(change, state)
    tiles.settle(at, state.verdict() if state.open else None)
    tiles.settle(change.ended_at, None)
    return tiles.done


class _Tiles:
    """Makes stretches of time out of the moments at which the verdict may have changed."""

    __slots__ = ("_change", "_held", "_since", "_waiting", "done")

    def __init__(self, change: str) -> None:
        self.done: list[Turn] = []
        self._change = change
        self._held: Verdict | None = None
        self._since: Any = None
        self._waiting: dict[Party | None, Any] = {}

    def settle(self, at: Any, verdict: Verdict | None) -> None:
        """The verdict holds from `at` on; `None` means that it is nobody's turn any more."""
        held = self._held
        if verdict == held:
            return
        if held is not None and (at is None or at > self._since):
            waited = tuple(self._waiting.values())
            self.done.append(
                Turn(self._change, held.turn, held.parties, waited, self._since, at, held.why, held.detail)
            )
        if verdict is not None:
            going_on = self._waiting if held is not None and held.turn == verdict.turn else {}
            self._waiting = {key: going_on.get(key, at) for key in verdict.parties or _NO_PARTY}
        self._held, self._since = verdict, at


def _without_words_of_reviews(happenings: list[Happening]) -> list[Happening]:
    """Leaves out comments of a review: they are written before it is handed in, and it speaks for them."""
    reviews = {h.review for h in happenings if h.review is not None and h.kind in _REVIEWS}
    if not reviews:
        return happenings
    return [h for h in happenings if h.kind != "commented" or h.review not in reviews]


def _state_at_start(
    change: ChangeHistory,
    happenings: list[Happening],
    kinds: Mapping[str, str],
    members: Mapping[str, frozenset[str]],
) -> ReviewState:
    """What held when the change was opened: where events first speak of it, the reverse of what they say."""
    first = {"draft": None, "auto": None}  # type: dict[str, str | None]
    shas: set[str | None] = set()
    for happening in happenings:
        kind = happening.kind
        if kind in ("ready", "drafted"):
            first["draft"] = first["draft"] or kind
        elif kind in ("auto_merge_enabled", "auto_merge_disabled"):
            first["auto"] = first["auto"] or kind
        elif kind in _PUSHES:
            shas.add(happening.sha)
    draft = first["draft"] == "ready" if first["draft"] else bool(change.draft)
    state = ReviewState(change.author, kinds, members, draft)
    state.auto_merge = first["auto"] == "auto_merge_disabled" if first["auto"] else bool(change.auto_merge)
    if not shas:
        state.head = change.head_sha
    else:
        # The first commit under test that no later push brought is the one that the change was opened with.
        state.head = next((h.sha for h in happenings if h.kind in _CHECKS and h.sha not in shas), None)
    state.known = any(h.kind not in _SAY_NOTHING for h in happenings)
    return state


def _take_in_record(change: ChangeHistory, state: ReviewState) -> None:
    """What the record says now of an open change, where no event told of it."""
    if change.ended_at is not None or change.state in ("closed", "merged"):
        state.open = state.open and change.ended_at is not None
        return
    if change.state == "open":
        state.open = True
    if change.mergeable in ("clean", "conflicting", "blocked", "behind", "unstable"):
        state.conflicting = change.mergeable == "conflicting"
        state.host_blocks = change.mergeable == "blocked"
    for account in change.reviewers:
        if account not in state.ever:
            state.ask(account)
    if not state.ever:
        state.teams.update(dict.fromkeys(change.teams))
