"""How values look to a reader: moments in the reader's zone, spans, numbers, each with its unit in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

from fairlead.ui.words import Words

DASH = "–"
"""Stands in an empty cell; the reason is on hover."""


def zone_of(name: str) -> tzinfo:
    """The zone by its name; UTC where the machine does not know it."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


@dataclass(frozen=True)
class Shown:
    """Words values for one reader."""

    words: Words
    zone: tzinfo
    now: datetime

    @property
    def locale(self) -> Locale:
        """Babel's rules for the reader's language; English with the day before the month."""
        return Locale.parse("en_GB" if self.words.language == "en" else self.words.language)

    @property
    def zone_name(self) -> str:
        """The zone as people say it, like `Europe/Berlin`."""
        return str(self.zone)

    def moment(self, at: datetime | None) -> str:
        """`Tue 14 Oct, 16:20`, with the year once it is another one."""
        if at is None:
            return DASH
        local = at.astimezone(self.zone)
        year = " y" if local.year != self.now.astimezone(self.zone).year else ""
        day = "EEE d MMM" if self.words.language == "en" else "EEE d. MMM"
        text = format_datetime(local, f"{day}{year}, HH:mm", tzinfo=None, locale=self.locale)
        return text.replace("Sept", "Sep")

    def exact(self, at: datetime) -> str:
        """The moment to the second with its zone, for the hover."""
        local = at.astimezone(self.zone)
        return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"

    def time(self, at: datetime) -> str:
        """`16:20`."""
        return format_time(at.astimezone(self.zone), "HH:mm", tzinfo=None, locale=self.locale)

    def day(self, at: datetime | date) -> str:
        """`Tue 14 Oct`."""
        local = at.astimezone(self.zone).date() if isinstance(at, datetime) else at
        pattern = "EEE d MMM" if self.words.language == "en" else "EEE d. MMM"
        return format_date(local, pattern, locale=self.locale).replace("Sept", "Sep")

    def ago(self, at: datetime) -> str:
        """`3 h ago`, or `in 2 days`: the relative form that stands beside a date."""
        seconds = (self.now - at).total_seconds()
        if abs(seconds) < 60:
            return self.words("just now")
        span = self.span(abs(seconds))
        return self.words("{span} ago", span=span) if seconds > 0 else self.words("in {span}", span=span)

    def span(self, seconds: float | None) -> str:
        """A length of time with one unit: `42 s`, `42 min`, `31 h`, `3.4 days`."""
        if seconds is None:
            return DASH
        size = abs(seconds)
        if size < 60:
            return f"{self.number(round(seconds))} s"
        if size < 3600:
            return f"{self.number(round(seconds / 60))} min"
        if size < 48 * 3600:
            hours = seconds / 3600
            return f"{self.number(round(hours, 1) if size < 10 * 3600 else round(hours))} h"
        days = round(seconds / 86400, 1 if size < 10 * 86400 else None)
        return self.words.plural("{n} day", "{n} days", days, n=self.number(days))

    def number(self, value: float | None, digits: int = 1) -> str:
        """A number by the reader's rules, without useless zeros."""
        if value is None:
            return DASH
        return str(format_decimal(round(value, digits), locale=self.locale))

    def share(self, value: float | None) -> str:
        """A share of one as per cent: `6 %`."""
        if value is None:
            return DASH
        return f"{self.number(value * 100, 1 if 0 < abs(value) < 0.1 else 0)} %"

    def value(self, value: float | None, unit: str) -> str:
        """A figure's value with its unit in words."""
        if value is None:
            return DASH
        if unit == "seconds":
            return self.span(value)
        if unit == "share":
            return self.share(value)
        number = self.number(value)
        form = UNITS.get(unit)
        return number if form is None else self.words.plural(*form, value, n=number)

    def change(self, now: float | None, before: float | None, unit: str) -> str:
        """The difference from the period before, in words: `2 h less`, `the same`; empty without a period before."""
        if now is None or before is None:
            return ""
        apart = self.value(abs(now - before), unit)
        if apart == self.value(0.0, unit):
            return self.words("the same")
        if unit == "share":
            apart = self.words("{n} points", n=self.number(abs(now - before) * 100))
        if unit == "seconds":
            form = "{size} slower" if now > before else "{size} faster"
        else:
            form = "{size} more" if now > before else "{size} less"
        return self.words(form, size=apart)


UNITS: dict[str, tuple[str, str]] = {
    "per_week": ("{n} day a week", "{n} days a week"),
    "per_day": ("{n} a day", "{n} a day"),
    "lines": ("{n} line", "{n} lines"),
    "rounds": ("{n} round", "{n} rounds"),
    "days": ("{n} day", "{n} days"),
    "people": ("{n} person", "{n} people"),
}
"""Unit -> its singular and plural; a count stands alone, since its title says what is counted."""
