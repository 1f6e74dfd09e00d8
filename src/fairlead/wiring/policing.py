"""Policies of a home, ready to decide."""

from __future__ import annotations

from typing import Any

from fairlead.config.settings import Policy
from fairlead.governance.policy import policies
from fairlead.governance.policy.embedded import Embedded
from fairlead.governance.policy.engine import VERDICT
from fairlead.governance.policy.judge import Judge
from fairlead.governance.policy.policies import Policies
from fairlead.wiring.services import Services


def open_policy(services: Services) -> Judge:
    """The judge of a home, with the engine that its settings name."""
    loaded = load(services)
    timeout_s = services.settings.policy.timeout_ms / 1000
    return Judge(loaded, Embedded(loaded.texts, loaded.data, [VERDICT], timeout_s=timeout_s))


def load(services: Services) -> Policies:
    """Policies and the data that they go by."""
    return policies.load(services.loaded.own_folders("policies"), values(services.settings.policy))


def values(said: Policy) -> dict[str, Any]:
    """What of `[policy]` policies read, as `data.fairlead.settings`."""
    return {
        "repositories": list(said.repositories),
        "merge_needs": list(said.merge_needs),
        "coverage_percent": said.coverage_percent,
        "acts_per_hour": said.acts_per_hour,
        "break_glass": list(said.break_glass),
        "own_domains": [domain.lower() for domain in said.own_domains],
    }
