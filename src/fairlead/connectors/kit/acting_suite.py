"""The suite of everything that writes: what is planned is sent, once, whatever breaks in between.

class TestActing(ActingSuite):
    connector = CONNECTOR

    def stage(self) -> Stage:
        desk = ...                                  # a fresh fake
        return Stage(desk, NOW, OPTIONS, {"token": "t0ken"}, {}, {"comment": Case(Comment(...), "comment ACME-1")})
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from fairlead.connectors.kit.acting import ActRequest, Acts, Call, Outcome
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.fake.call import Desk, Request
from fairlead.connectors.kit.fake.faults import FaultKind, Faults
from fairlead.connectors.kit.fake.transport import FakeTransport
from fairlead.connectors.kit.writing import asking
from fairlead.model.acts import Act, kind_of
from fairlead.model.errors import Denied, Retry, Skip

_LATE = re.compile(r"<[^<>]+>")
_LOST: tuple[FaultKind, ...] = ("done-drop", "done-502", "done-html")
_NEVER: tuple[FaultKind, ...] = ("drop", "502", "html")
_KEY = "action:0193f/7"
_MOST_STEPS = 12


class ActingDesk(Desk):
    """A fake that counts what somebody can see, with faults on demand."""

    faults: Faults
    seen: list[Request]

    @property
    def effects(self) -> list[str]:
        """What requests changed."""
        raise NotImplementedError

    def turn(self, clock: Callable[[], datetime]) -> None:
        """Goes by another clock."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Case:
    """An act that can be done on a fresh stage."""

    act: Act
    effect: str
    """How the fake counts it, like `comment acme/pay#1`; what follows may be more."""
    undone: str = ""
    """How the fake counts what takes it back; empty where nothing does."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    unsure: bool = False
    """Whether the tool cannot be asked, so that a lost answer leaves nobody knowing."""


@dataclass
class Stage:
    """A fresh fake and one act of each kind."""

    desk: Any
    now: datetime
    options: Options
    secrets: Mapping[str, str]
    settings: Mapping[str, Any]
    cases: Mapping[str, Case]

    def request(self, case: Case, **more: Any) -> ActRequest:
        """What the connector is asked with."""
        return ActRequest(
            act=case.act,
            key=more.pop("key", _KEY),
            options=self.options,
            settings=self.settings,
            secrets=more.pop("secrets", self.secrets),
            now=self.now,
            client=httpx.Client(transport=more.pop("transport", None) or FakeTransport(self.desk)),
            sleep=lambda _: None,
            facts=more.pop("facts", case.facts),
            **more,
        )

    def count(self, effect: str) -> int:
        """How often the fake saw it."""
        return sum(one.startswith(effect) for one in self.desk.effects)


class _Killed(BaseException):
    """The process is gone."""


class _Dying(FakeTransport):
    """Ends the process before or after the nth request."""

    def __init__(self, desk: Desk, step: int, *, after: bool) -> None:
        super().__init__(desk)
        self.left, self.after = step, after

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.left -= 1
        if self.left < 0 and not self.after:
            raise _Killed
        answer = super().handle_request(request)
        if self.left < 0:
            raise _Killed
        return answer


class ActingSuite:
    """What must hold of everything that writes."""

    connector: ClassVar[Any]
    read: ClassVar[Mapping[str, Any]] = {}
    """Settings that reading takes besides, like which repositories there are."""

    def stage(self) -> Stage:
        """A fresh stage."""
        raise NotImplementedError

    def test_each_kind_is_shown_on_a_stage_and_names_its_right(self) -> None:
        acts: Acts = self.connector
        assert isinstance(self.connector, Acts)
        cases = self.stage().cases
        assert {kind_of(case.act) for case in cases.values()} == set(acts.acts)
        assert all(acts.acts.values())

    def test_what_is_planned_is_sent_and_seen_once(self) -> None:
        for name, stage, case in self._stages():
            planned = self.connector.plan(replace(stage.request(case), client=None, secrets={}))
            assert planned == self.connector.plan(stage.request(case)), f"{name}: the plan is not pure"
            outcome = self.connector.act(stage.request(case))
            assert outcome.done and not outcome.found, name
            assert stage.count(case.effect) == 1, f"{name}: {stage.desk.effects}"
            sent = [_sent(one) for one in stage.desk.seen if one.method != "GET" and not _reads(one)]
            # what is so already is left out, and nothing is added
            wanted = iter(_asked(one) for one in planned)
            for one in sent:
                assert any(_same(list(call), list(one)) for call in wanted), f"{name}: {one} was not planned"

    def test_asked_again_it_is_found_and_not_repeated(self) -> None:
        for name, stage, case in self._stages():
            first = self.connector.act(stage.request(case))
            again = self.connector.act(stage.request(case, tried=True))
            assert stage.count(case.effect) == 1, f"{name}: {stage.desk.effects}"
            assert again.done is (None if case.unsure else True), name
            assert again.found or case.unsure, name
            # what a later act goes by is the same, whichever try found it
            if again.found:
                assert {key: again.result.get(key) for key in first.result} == dict(first.result), name

    @pytest.mark.parametrize("kind", _LOST)
    def test_a_lost_answer_is_looked_for(self, kind: FaultKind) -> None:
        for name, stage, case in self._stages():
            stage.desk.faults.add(kind, method="write")
            outcome = self._in_the_end(stage, case)
            assert outcome.done is (None if case.unsure else True), f"{name}: {outcome}"
            assert stage.count(case.effect) == 1, f"{name}: {stage.desk.effects}"

    @pytest.mark.parametrize("kind", _NEVER)
    def test_what_never_arrived_is_done_by_the_next_try(self, kind: FaultKind) -> None:
        for name, stage, case in self._stages():
            stage.desk.faults.add(kind, method="write")
            outcome = self._in_the_end(stage, case)
            if case.unsure:
                assert outcome.done is None and not stage.count(case.effect), name
            else:
                assert outcome.done and stage.count(case.effect) == 1, f"{name}: {stage.desk.effects}"

    def test_killed_at_any_point_it_happens_once(self) -> None:
        for name in self.stage().cases:
            for after in (False, True):
                for step in range(_MOST_STEPS):
                    stage = self.stage()
                    case = stage.cases[name]
                    try:
                        self.connector.act(stage.request(case, transport=_Dying(stage.desk, step, after=after)))
                        break
                    except _Killed:
                        pass
                    outcome = self._in_the_end(stage, case, tried=True)
                    assert stage.count(case.effect) == 1 or outcome.done is None, f"{name}, killed at {step}"
                    assert stage.count(case.effect) <= 1, f"{name}, killed at {step}: {stage.desk.effects}"

    def test_a_limit_is_told_and_not_waited_for_long(self) -> None:
        for name, stage, case in self._stages():
            stage.desk.faults.add("429", method="write", times=-1)
            with pytest.raises(Retry) as told:
                self.connector.act(stage.request(case))
            assert told.value.after_s, name
            assert not stage.count(case.effect), name

    def test_a_lost_right_is_named(self) -> None:
        for name, stage, case in self._stages():
            stage.desk.faults.add("403", method="write", times=-1)
            with pytest.raises(Denied) as told:
                self.connector.act(stage.request(case))
            assert self.connector.acts[kind_of(case.act)] in told.value.hint, name
            assert not stage.count(case.effect), name

    def test_wrong_credentials_are_a_denial(self) -> None:
        stage = self.stage()
        for name, case in stage.cases.items():
            with pytest.raises(Denied):
                self.connector.act(stage.request(case, secrets=dict.fromkeys(stage.secrets, "wrong")))
            assert not stage.count(case.effect), name

    def test_a_redirect_is_not_followed(self) -> None:
        for name, stage, case in self._stages():
            stage.desk.faults.add("redirect", method="write", times=-1)
            with pytest.raises(Skip, match="redirect"):
                self.connector.act(stage.request(case))
            assert not stage.count(case.effect), name
            assert not [one for one in stage.desk.seen if "elsewhere" in one.url], name

    def test_doctor_tells_whether_acts_can_be_done(self) -> None:
        stage = self.stage()
        for acts in (True, False):
            request = stage.request(next(iter(stage.cases.values())))
            asked = replace(asking(request), settings={**stage.settings, **self.read, "acts": acts})
            found = [one for one in self.connector.check(asked) if one.what == "acts"]
            assert [one.ok is not False for one in found] == ([True] if acts else []), found

    def test_undo_takes_back_what_it_did(self) -> None:
        for name, stage, case in self._stages():
            done = self.connector.act(stage.request(case))
            assert bool(done.undo) is bool(case.undone), f"{name}: {done.undo}"
            if done.undo is None:
                continue
            before = stage.count(case.undone)
            back = self.connector.act(stage.request(replace(case, act=done.undo), key=f"{_KEY}/undo"))
            assert back.done, name
            assert stage.count(case.undone) == before + 1, f"{name}: {stage.desk.effects}"

    def test_a_record_of_another_source_is_refused(self) -> None:
        for name, stage, case in self._stages():
            with pytest.raises(Skip):
                self.connector.plan(replace(stage.request(case), options=Options("elsewhere"), facts={}))
            assert not stage.desk.seen, name

    def _in_the_end(self, stage: Stage, case: Case, *, tried: bool = False) -> Outcome:
        """As a worker does it: after `Retry` once more, told that it was tried."""
        for _ in range(4):
            try:
                found: Outcome = self.connector.act(stage.request(case, tried=tried))
                return found
            except Retry:
                tried = True
        raise AssertionError("it never came to an end")

    def _stages(self) -> Iterator[tuple[str, Stage, Case]]:
        for name in self.stage().cases:
            stage = self.stage()
            yield name, stage, stage.cases[name]


def _reads(request: Request) -> bool:
    """Whether a post only asks, as GraphQL and token requests do."""
    return request.path.endswith(("/graphql", "/access_tokens"))


def _sent(request: Request) -> tuple[str, str, Any]:
    return request.method, request.path, json.loads(request.body) if request.body else None


def _asked(call: Call) -> tuple[str, str, Any]:
    return call.method, unquote(urlsplit(call.url).path), call.body


def _same(planned: Any, sent: Any) -> bool:
    """Whether what was sent is what was planned, but for what stands in angle brackets there."""
    if isinstance(planned, str) and _LATE.fullmatch(planned):
        return True
    if isinstance(planned, dict) and isinstance(sent, dict):
        return planned.keys() == sent.keys() and all(_same(planned[key], sent[key]) for key in planned)
    if isinstance(planned, list) and isinstance(sent, list):
        return len(planned) == len(sent) and all(map(_same, planned, sent))
    return bool(planned == sent)
