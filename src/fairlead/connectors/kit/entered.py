"""The one form of what people enter into Fairlead itself: a raw event with who said it and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from fairlead.model.errors import Unreadable
from fairlead.model.raw import RawEvent, content_id
from fairlead.model.times import iso

SOURCE = "fairlead"
"""Source of such events, and the connector that reads them."""
RANK = 50
"""What a person states wins over what a tool says of the same moment."""


OPERATOR = "operator"
"""Who owns the files: not a person of the team."""
_FOR = f"{OPERATOR} for "


def on_behalf(person: str) -> str:
    """Who says it where the operator enters it for somebody: the operator, and that it was for them."""
    return f"{_FOR}{person}"


def meant(by: str) -> str:
    """Whose matter it is: who says it, or for whom the operator does."""
    return by.removeprefix(_FOR)


def speaker(by: str) -> str:
    """Whose word it is: the operator's, also where it was entered for somebody."""
    return OPERATOR if by.startswith(_FOR) else by


def entered(kind: str, said: Mapping[str, Any], by: str, at: datetime) -> RawEvent:
    """The raw event of one entry; the same words by the same person at the same moment are one."""
    try:
        body = msgspec.json.encode({**said, "by": by, "at": iso(at)}, order="sorted")
    except UnicodeEncodeError as fault:
        # JSON may name half of a pair of signs, and no text of ours can hold it
        raise Unreadable("", "holds half of a letter") from fault
    return RawEvent(
        source=SOURCE,
        tool=SOURCE,
        kind=kind,
        delivery=content_id(kind, body),
        body=body,
        received_at=at,
        trust="local",
    )
