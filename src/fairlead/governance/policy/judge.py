"""Decides on an input document. Whatever fails on the way is a denial that says so, in the verdict and in the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from fairlead.governance.policy import document as documents
from fairlead.governance.policy.elements import ASKED, unkept
from fairlead.governance.policy.engine import VERDICT, Engine, EngineFault
from fairlead.governance.policy.policies import Policies
from fairlead.governance.verdict import Effect, Need, Reason, Verdict
from fairlead.model.errors import Fault
from fairlead.model.typed import ready

if TYPE_CHECKING:
    from fairlead.governance.policy.testing import Tested

log = logging.getLogger(__name__)

FAILED = "policy/failed"
"""Rule of a denial that no policy said."""
NOBODY_ALLOWS = "policy/nobody-allows"


class _Spoken(msgspec.Struct, frozen=True):
    rule: str
    words: str = ""
    role: str = "member"
    count: int = 1
    not_by: tuple[str, ...] = ()


class _Said(msgspec.Struct, frozen=True):
    """What `main.rego` gives."""

    effect: Effect
    denied: tuple[_Spoken, ...]
    allowed: tuple[_Spoken, ...]
    asked: tuple[_Spoken, ...]
    noted: tuple[_Spoken, ...]
    obligations: tuple[dict[str, Any], ...]
    overcome: tuple[_Spoken, ...]


ready(_Said)


class Judge:
    """Policies and the engine that they run in."""

    def __init__(self, policies: Policies, engine: Engine) -> None:
        self.policies, self.engine = policies, engine

    @property
    def version(self) -> str:
        """Hash of all policies and their data."""
        return self.policies.version

    @cached_property
    def tests(self) -> tuple[Tested, ...]:
        """What came of the tests beside these policies: the same until other ones are loaded."""
        from fairlead.governance.policy.testing import run

        return tuple(run(self.policies)) if not self.policies.faults else ()

    def decide(self, document: Mapping[str, Any]) -> Verdict:
        """What policy says of an act; never raises."""
        began = time.perf_counter()
        inputs = ""
        try:
            inputs = documents.inputs_hash(document)
            self._refuse_faults()
            # a misspelt field would leave the rule that reads it undefined, and so silent
            documents.read(document)
            said = msgspec.convert(self.engine.ask(VERDICT, document), _Said)
            _refuse_unkept(said)
        # anything at all: the one way out of here that lets an act pass is a verdict that an engine gave
        except Exception as fault:
            return self.failed(fault, inputs, _ms_since(began))
        return Verdict(
            said.effect,
            _reasons(said),
            _needs(said.asked if said.effect == "ask" else ()),
            tuple(said.obligations),
            self.version,
            inputs,
            self.engine.name,
            _ms_since(began),
        )

    def failed(self, fault: Exception, inputs: str = "", took_ms: float = 0.0) -> Verdict:
        """A denial, since nothing could be judged; said aloud, for somebody has to mend it."""
        log.error("policy failed, so the act is denied: %s", fault)
        words = fault.message if isinstance(fault, Fault) else f"{type(fault).__name__}: {fault}"
        reasons = (Reason(FAILED, words),)
        return Verdict("deny", reasons, version=self.version, inputs=inputs, engine=self.engine.name, took_ms=took_ms)

    def close(self) -> None:
        """Ends the engine."""
        self.engine.close()

    def _refuse_faults(self) -> None:
        if self.policies.faults:
            raise EngineFault(f"policies do not load: {self.policies.faults[0]}", hint="fairlead policy check")


def _refuse_unkept(said: _Said) -> None:
    """What nobody knows how to keep, or whom to ask, must not be passed over."""
    for one in said.obligations:
        if why := unkept(one):
            raise EngineFault(why)
    for asked in said.asked:
        # of fewer than one everybody's silence would be enough
        if asked.count < 1 or asked.role not in ASKED:
            raise EngineFault(
                f"`{asked.rule}` asks for {asked.count} of the role `{asked.role}`: there is no such word"
            )


def _reasons(said: _Said) -> tuple[Reason, ...]:
    """What decided first, then what else was said, each once."""
    found = [Reason(one.rule, one.words) for one in said.denied]
    found += [Reason(one.rule, f"overcome by breaking the glass: {one.words}", "overcome") for one in said.overcome]
    found += [Reason(one.rule, one.words, "ask") for one in said.asked if not said.overcome]
    found += [Reason(one.rule, one.words, "note") for one in said.noted]
    found += [Reason(one.rule, one.words, "allow") for one in said.allowed]
    if not said.allowed:
        found.append(Reason(NOBODY_ALLOWS, "no policy allows this, and what nobody allows is denied"))
    once: dict[tuple[str, str], Reason] = {}
    for one in found:
        once.setdefault((one.rule, one.words), one)
    return tuple(once.values())


def _needs(asked: tuple[_Spoken, ...]) -> tuple[Need, ...]:
    """All approvals asked for: of one role the most that a rule wants, since one person's word serves them all."""
    most: dict[str, _Spoken] = {}
    barred: dict[str, dict[str, None]] = {}
    for one in sorted(asked, key=lambda one: one.rule):
        barred.setdefault(one.role, {}).update(dict.fromkeys(one.not_by))
        if one.role not in most or one.count > most[one.role].count:
            most[one.role] = one
    return tuple(Need(one.role, one.count, one.rule, tuple(barred[one.role])) for one in most.values())


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 3)
