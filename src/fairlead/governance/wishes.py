"""How somebody wants to be told: channels, quiet hours, the digest's hour, what is left out, a budget, a deputy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any, Literal

import msgspec

from fairlead.model.errors import Skip
from fairlead.model.typed import ready

Channel = Literal["slack", "mail"]
USUAL: tuple[Channel, ...] = ("slack", "mail")
"""Where nobody has said anything: what there is, so that a home with a chat needs no second setting to be heard."""
MOST = 50
"""Messages of a day that somebody may allow: more is no budget."""
_MOST_TOPICS = 500
_HOUR = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person said; what is unsaid is as the settings have it."""

    channels: tuple[Channel, ...] | None = None
    """The first that reaches the person is used; empty: the page alone."""
    quiet: str = ""
    """Hours of a working day, like `18:30-08:00`; without them what lies outside the working hours."""
    digest_at: str = ""
    """Hour of the digest, like `08:45`; without one it comes as the working day begins."""
    muted: tuple[str, ...] = ()
    """Topics: ids of rules, `approval` or `action`."""
    budget: int | None = None
    """Messages of a day; what is more comes with the digest."""
    deputy: str = ""
    """Person who is told in the meantime when this one is away."""
    where: str = ""
    """Condition of the rule language: signals of which it does not hold are left out."""
    language: Literal["", "en", "de"] = ""

    def quiet_at(self, moment: time) -> bool:
        """Whether a wall clock's time lies in the quiet hours that were said."""
        start, end = _span(self.quiet)
        # over midnight the span is what does not lie between its end and its start
        return start <= moment < end if start <= end else not end <= moment < start

    @property
    def digest_time(self) -> time | None:
        """The digest's hour on the wall clock, if one was said."""
        return _hour(self.digest_at) if self.digest_at else None


ready(Wish)


def read_wish(said: Mapping[str, Any]) -> Wish:
    """A wish from plain values; raises `Skip` that names what cannot be."""
    try:
        wish = msgspec.convert(dict(said), Wish, strict=False)
    except msgspec.ValidationError as fault:
        raise Skip(
            f"no such wish: {fault}", hint="`fairlead notices prefer --help` shows what can be said"
        ) from fault
    if wish.digest_at:
        _hour(wish.digest_at)
    if wish.quiet:
        _span(wish.quiet)
    if wish.budget is not None and not 0 <= wish.budget <= MOST:
        raise Skip(f"a budget of {wish.budget} messages a day", hint=f"say 0 to {MOST}")
    if wish.deputy and not wish.deputy.startswith("person:"):
        raise Skip(f"`{wish.deputy}` is nobody", hint="name a person, like person:noor")
    if wish.where:
        # late: who only lists notices parses nothing
        from fairlead.governance.filtering import read_filter

        read_filter(wish.where)
    if len(wish.muted) > _MOST_TOPICS:
        raise Skip(f"more than {_MOST_TOPICS} topics", hint='leave all channels out instead: `--channels ""`')
    return wish


def plain(wish: Wish) -> dict[str, Any]:
    """What was said as plain values, the unsaid left out: what an entry holds."""
    said = {name: getattr(wish, name) for name in Wish.__struct_fields__}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in said.items()
        if value != getattr(_UNSAID, name)
    }


_UNSAID = Wish()


def _span(text: str) -> tuple[time, time]:
    start, _, end = text.partition("-")
    first, last = _hour(start), _hour(end)
    if first == last:
        raise Skip(f"quiet hours `{text}` have no length", hint='write them like 18:30-08:00; `--quiet ""` ends them')
    return first, last


def _hour(text: str) -> time:
    if (found := _HOUR.fullmatch(text.strip())) is None:
        raise Skip(f"`{text}` is no hour", hint="write it like 08:45")
    return time(int(found[1]), int(found[2]))
