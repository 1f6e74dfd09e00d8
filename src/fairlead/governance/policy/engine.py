"""What an engine is: it is handed a document and gives what a rule says of it, or says why it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from fairlead.model.errors import Fault

VERDICT = "fairlead/main/verdict"
"""Rule that every decision asks."""


class EngineFault(Fault):
    """No answer: undefined, an error, a time-out, nobody there. Whoever asked takes it for a no."""


class Undefined(EngineFault):
    """The rule has no value."""


class Engine(Protocol):
    """Rego, somewhere."""

    name: str
    """`embedded` or `opa`."""

    def ask(self, entry: str, document: Mapping[str, Any]) -> Any:
        """What a rule like `fairlead/main/verdict` says of an input document; raises `EngineFault`."""
        ...

    def close(self) -> None:
        """Lets go of what it holds."""
        ...
