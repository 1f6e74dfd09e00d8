"""How a tool is connected, told as data beside its connector: `setup.toml` in its folder, or `<tool>.toml` beside it.

The set-up pages are made from it, so that a connector of somebody else gets one without a page of its own being
written. Texts are English; the pages look each up in their catalogue of phrases.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from fairlead.connectors.kit.connector import Connector
from fairlead.connectors.kit.registry import connectors
from fairlead.model.errors import Abort
from fairlead.model.typed import ready


class Right(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A right that the account or token needs at the tool."""

    name: str
    """As the tool calls it."""
    why: str
    """What is read by it."""


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to do."""

    say: str
    click: str = ""
    """Where to click, in the words of the tool."""
    link: str = ""
    lines: str = ""
    """For `fairlead.toml`."""
    run: str = ""
    """For a shell."""
    file: str = ""
    """What another file holds, like a CI job or a mapping."""


class Way(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the ways to connect it, or a part that may follow."""

    title: str
    steps: tuple[Step, ...]
    about: str = ""


class Meanings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields whose numbers differ from one installation to the next: found by meaning, to be confirmed by people."""

    note: str
    """Header in which the sync notes what it found, beside its pages."""
    option: str
    """Key of `[sources.<name>.options]` that states them."""
    table: str
    """Records that show what came of it."""
    columns: Mapping[str, str]
    """Meaning -> column of the table."""
    titles: Mapping[str, str]
    """Meaning -> what people call it."""


class Guide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that the set-up page of a tool says.

    In its texts `{source}` stands for the name of the source, `{address}` for where the tool sends to, `{public}` for
    the address of this server.
    """

    brings: str
    """One sentence: what it tells of."""
    needs: str
    """What must be at hand, in a few words."""
    ways: tuple[Way, ...]
    source: str = ""
    """Name that its source is given until it has one; without it the tool's."""
    receives: str = ""
    """Where its webhooks arrive, like `/hooks/{source}`; empty for tools that are only asked."""
    rights: tuple[Right, ...] = ()
    meanings: Meanings | None = None


ready(Guide)


@cache
def guides() -> Mapping[str, Guide]:
    """Tool -> its guide, for all connectors that have one."""
    found = {tool: _read(place) for tool, one in connectors().items() if (place := _place(one)).is_file()}
    return MappingProxyType(found)


def _place(connector: Connector) -> Path:
    """Where the guide of a connector lies: by the module that defines its class, wherever that was installed."""
    module = Path(sys.modules[type(connector).__module__].__file__ or "")
    return module.with_name("setup.toml") if module.stem == "connector" else module.with_suffix(".toml")


def _read(place: Path) -> Guide:
    try:
        return msgspec.convert(tomllib.loads(place.read_text(encoding="utf-8")), Guide)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as fault:
        raise Abort(f"{place}: {fault}", hint="docs/connectors/writing-one.md says what it holds") from fault
