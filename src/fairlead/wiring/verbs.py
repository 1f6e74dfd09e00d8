"""What every face can ask for, by name: words in, text out.

The command line calls a verb in its own process, or, where a server holds the home, by the server's socket: the same
function either way. A verb reads; it never writes to the outside world.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from fairlead.model.errors import Abort
from fairlead.wiring.services import Services

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a verb answers."""

    text: str
    media_type: str = "text/plain; charset=utf-8"
    exit_code: int = 0


def reply_json(value: Any) -> Reply:
    """Any plain value as indented JSON."""
    return Reply(msgspec.json.format(msgspec.json.encode(value), indent=2).decode(), "application/json")


Verb = Callable[[Services, Words], Reply]


def verbs() -> Mapping[str, Verb]:
    """Name -> verb."""
    from fairlead.wiring import answers

    return answers.VERBS


def ask(services: Services, name: str, words: Words) -> Reply:
    """Answers a verb; an unknown name names the known ones."""
    known = verbs()
    if name not in known:
        raise Abort(f"no verb `{name}`", hint=f"there are: {', '.join(sorted(known))}")
    return known[name](services, words)
