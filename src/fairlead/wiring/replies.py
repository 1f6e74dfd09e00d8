"""What a verb takes and answers: words in, text out, the same on every face."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead.reports.plain import json_text
from fairlead.wiring.services import Services

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a verb answers."""

    text: str
    media_type: str = "text/plain; charset=utf-8"
    exit_code: int = 0
    data: bytes = b""
    """What is no text, like a picture; `text` is empty then."""


def reply_json(value: Any) -> Reply:
    """Any plain value as indented JSON."""
    return Reply(json_text(value), "application/json")


Verb = Callable[[Services, Words], Reply]
