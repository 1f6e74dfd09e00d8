"""Finds connectors by name: a file in `fairlead/connectors/` or an entry point `fairlead.connectors` is enough."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

import fairlead.connectors
from fairlead.connectors.kit.acting import Acts
from fairlead.connectors.kit.connector import Connector
from fairlead.model.errors import Abort


@cache
def connectors() -> Mapping[str, Connector]:
    """Tool -> connector, shipped ones first, then those of installed packages."""
    found: dict[str, Connector] = {}
    for module in pkgutil.iter_modules(fairlead.connectors.__path__):
        if module.name != "kit":
            # a folder names its connector in a module of its own, since a doorplate re-exports nothing
            path = f"fairlead.connectors.{module.name}" + (".connector" if module.ispkg else "")
            _admit(found, importlib.import_module(path).CONNECTOR)
    # after the shipped ones, so that an installed package can take the place of one of them
    for entry in entry_points(group="fairlead.connectors"):
        _admit(found, entry.load())
    return MappingProxyType(found)


def connector(tool: str) -> Connector:
    """The connector of a tool."""
    known = connectors()
    if tool not in known:
        raise Abort(f"no connector for `{tool}`", hint=f"there are: {', '.join(sorted(known))}")
    return known[tool]


def actor(tool: str) -> Acts:
    """What writes to a tool; `webhook` is an address of the settings, which nothing is read from."""
    from fairlead.connectors.kit.webhooks import WEBHOOK

    found: object = WEBHOOK if tool == WEBHOOK.tool else connector(tool)
    if not isinstance(found, Acts):
        able = [name for name, one in sorted(connectors().items()) if isinstance(one, Acts)]
        raise Abort(f"`{tool}` cannot be written to", hint=f"these can: {', '.join([*able, WEBHOOK.tool])}")
    return found


def _admit(found: dict[str, Connector], candidate: object) -> None:
    # at the door, with the names of what is missing, instead of in the middle of a night's sync
    if not isinstance(candidate, Connector):
        raise Abort(f"`{candidate!r}` lacks tool, title, records, verify, envelope or read")
    found[candidate.tool] = candidate
