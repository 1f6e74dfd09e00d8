"""The judge of a home: policies, the values that they go by, and the engine that the settings name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fairlead.config.load import Loaded
from fairlead.config.secrets import Places, resolve
from fairlead.config.settings import Policy
from fairlead.governance.policy import checking, policies
from fairlead.governance.policy.embedded import Embedded
from fairlead.governance.policy.engine import VERDICT
from fairlead.governance.policy.judge import Judge
from fairlead.governance.policy.policies import Policies


def open_policy(loaded: Loaded, places: Places) -> Judge:
    """The judge; `places` are where the token of an OPA server is looked up."""
    read = read_policies(loaded)
    if any(not module.shipped for module in read.modules):
        # a team's own are checked first, in a process that may die of them: this one must not
        read = replace(read, faults=tuple(checking.faults(read, own_only=True)))
    said, timeout_s = loaded.settings.policy, loaded.settings.policy.timeout_ms / 1000
    if not said.opa_url:
        return Judge(read, Embedded(read.texts, read.data, [VERDICT], timeout_s=timeout_s))
    from fairlead.governance.policy.opa import Opa

    secret = said.opa_token

    def token() -> str:
        return resolve(secret, places) if secret else ""

    return Judge(read, Opa(read, said.opa_url, token=token, load=said.opa_load, timeout_s=timeout_s))


def read_policies(loaded: Loaded) -> Policies:
    """Ours and the team's own."""
    return policies.load(
        loaded.own_folders("policies"),
        values(loaded.settings.policy),
        # the folder that holds a team's files of all kinds: freezes are one file in it
        loaded.own_folders(""),
        loaded.settings.organisation.time_zone,
    )


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
