"""Why some events of GitHub carry none of our records."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_WHY: Mapping[str, str] = MappingProxyType(
    {
        "check_suite": "a suite only groups check runs, which come by themselves",
        "custom_property": "it describes a setting of the organisation",
        "custom_property_values": "it describes a setting of the organisation",
        "deployment_protection_rule": "it asks an app for a decision; the deployment comes by itself",
        "discussion": "discussions are not read",
        "discussion_comment": "discussions are not read",
        "fork": "a fork is another repository, which is read if it is configured",
        "github_app_authorization": "it concerns the app's own access",
        "gollum": "wiki pages are not read",
        "label": "it names no issue and no time; the next sync asks again who bears the label",
        "merge_group": "the queue's trial merge; the change itself tells that it was queued and merged",
        "meta": "the webhook was deleted at GitHub",
        "ping": "GitHub tried the webhook",
        "projects_v2": "boards are not read",
        # its fields, iterations too, would become transitions and sprints of an issue that cannot be found
        "projects_v2_item": "a board item names its issue only by node id, without repository or number",
        "projects_v2_status_update": "boards are not read",
        "repository_import": "the repository's own events tell what was imported",
        "repository_dispatch": "it starts a workflow, whose run comes by itself",
        "star": "stars are not recorded",
        "watch": "stars are not recorded",
        "workflow_dispatch": "it starts a workflow, whose run comes by itself",
    }
)


def why_nothing(kind: str) -> str:
    """The reason in words, for the Data page and for `fairlead replay`."""
    return _WHY.get(kind, f"`{kind}` carries none of our records")
