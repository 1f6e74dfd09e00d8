"""Words in the reader's language: phrases from one catalogue, dates, lengths of time and numbers by its rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from datetime import date as LocalDate  # noqa: N812 - `Wording.date` tells one
from functools import cache
from pathlib import Path
from typing import Any

from fairlead.reports.plain import plain

LANGUAGES = ("en", "de")

PHRASES = Path(__file__).parent / "phrases"
"""One `.po` file a language; English too is a translation of keys."""

Forms = tuple[str, ...]

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(_WEEKDAYS)})\b")

_DAYS_FROM = 48 * 3600
"""Seconds from which a length of time is told in days."""


@cache
def catalogue(language: str) -> dict[str, Forms]:
    """Key -> its phrase, or its forms for one and for several."""
    # read once a process; only what speaks pays for loading it
    from babel.messages.pofile import read_po

    found: dict[str, Forms] = {}
    with (PHRASES / f"{language}.po").open("rb") as file:
        for message in read_po(file, locale=language):
            # a phrase with a plural has a pair for its id
            key = message.id if isinstance(message.id, str) else message.id[0]
            if key:
                said = message.string
                found[key] = (said,) if isinstance(said, str) else tuple(said or ())
    return found


@dataclass(frozen=True, slots=True)
class Working:
    """A length of working time, told in days of the calendar that it was measured by."""

    seconds: float
    day_seconds: float
    limit_seconds: float | None = None
    """The limit that stands beside it: told in the same unit, and never rounded to the limit or over it."""


@dataclass(frozen=True, slots=True)
class WorkingLimit:
    """A limit of working time, told as it was set: rounded it would be another one."""

    seconds: float
    day_seconds: float

    @property
    def in_days(self) -> bool:
        """Whether it is a number of whole days of its calendar."""
        return self.day_seconds > 0 and self.seconds >= self.day_seconds and self.seconds % self.day_seconds == 0


@dataclass(frozen=True, slots=True)
class Elapsed:
    """A length of calendar time, said to be that where it comes to days: waits beside it are in working days."""

    seconds: float
    bent: bool = False
    """Whether it stands after a preposition: German bends its days there."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of one, told as per cent."""

    value: float


class Wording:
    """Says things in one language, as of one moment, in one zone."""

    def __init__(self, language: str, zone: tzinfo = UTC, now: datetime | None = None) -> None:
        # an unknown language still gets a report
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self.zone = zone
        self.now = now
        self._phrases = catalogue(self.language)

    def __call__(self, key: str, /, **args: Any) -> str:
        """The phrase of a key with its arguments put into words; `n` decides between singular and plural."""
        forms = self._phrases[key]
        one = len(forms) == 1 or args.get("n") == 1
        # English and German have two forms; one phrase for all numbers is its own plural
        return forms[0 if one else -1].format(**{name: self.value(value) for name, value in args.items()})

    def knows(self, key: str) -> bool:
        """Whether there is such a phrase."""
        return key in self._phrases

    def value(self, value: Any) -> str:
        """One argument in words; text is made harmless."""
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, Working):
            return self.working(value)
        if isinstance(value, WorkingLimit):
            unit, key = _unit(value.day_seconds, days=value.in_days)
            return self._said(key, round(value.seconds / unit, 2))
        if isinstance(value, Elapsed):
            if abs(value.seconds) < _DAYS_FROM:
                return self.elapsed(value.seconds)
            return self._counted(f"span.calendar_days{'_bent' if value.bent else ''}", value.seconds / 86_400)
        if isinstance(value, Share):
            return self.share(value.value)
        # before numbers: `True` is one to Python
        if isinstance(value, bool):
            return str(value)
        if isinstance(value, int | float):
            return self.number(value)
        return plain(str(value)) if value is not None else ""

    def moment(self, at: datetime, *, year: bool = False) -> str:
        """`Tue 14 Oct, 16:20`, with the year where it is not this one or is asked for."""
        return f"{self.day(at, year=year)}, {self._local(at):%H:%M}"

    def day(self, at: datetime, *, year: bool = False) -> str:
        """`Tue 14 Oct`."""
        local = self._local(at)
        weekday, month = (self._phrases[f"{kind}.{number}"][0] for kind, number in
                          (("weekday", local.isoweekday()), ("month", local.month)))  # fmt: skip
        shown = self._phrases["date"][0].format(weekday=weekday, day=local.day, month=month)
        # without a moment of reading no year goes without saying
        told = year or self.now is None or local.year != self._local(self.now).year
        return f"{shown} {local.year}" if told else shown

    def date(self, day: LocalDate) -> str:
        """`Tue 14 Oct` of a date that is the reader's own already."""
        return self.day(datetime.combine(day, time(12), self.zone))

    def short_date(self, day: LocalDate) -> str:
        """`14 Oct`, for axes."""
        return self.date(day).partition(" ")[2]

    def recent(self, at: datetime) -> str:
        """`Fri 15:10` within the last six days, else the whole date: short where it cannot be mistaken."""
        # by dates: the weekday of a week ago would be read as of today
        if self.now is None or not 0 <= (self._local(self.now).date() - self._local(at).date()).days < 7:
            return self.moment(at)
        return f"{self._phrases[f'weekday.{self._local(at).isoweekday()}'][0]} {self._local(at):%H:%M}"

    def ago(self, at: datetime) -> str:
        """`4 min ago`."""
        assert self.now is not None
        seconds = max(0.0, (self.now - _aware(at)).total_seconds())
        if seconds < 60:
            return self("ago.now")
        # After "ago" German bends its days, so that they have a phrase of their own.
        return (
            self._counted("ago.days", seconds / 86_400)
            if seconds >= _DAYS_FROM
            else self("ago", span=Elapsed(seconds))
        )

    def hours(self, text: str) -> str:
        """Working hours as the calendar writes them, with the language's names of weekdays: `Mo-Fr 09:00-17:00`."""
        return _WEEKDAY.sub(lambda found: self._phrases[f"weekday.{_WEEKDAYS.index(found[0]) + 1}"][0], text)

    def working(self, time: Working) -> str:
        """`1.4 working days`, below a day in hours, and in hours too beside a limit of hours that is near."""
        limit_s = time.limit_seconds
        near = limit_s is not None and time.seconds < 2 * limit_s
        in_days = time.day_seconds > 0 and time.seconds >= time.day_seconds
        if near and limit_s is not None:
            in_days = in_days and WorkingLimit(limit_s, time.day_seconds).in_days
        unit, key = _unit(time.day_seconds, days=in_days)
        rounded = _rounded(time.seconds / unit)
        # 7.96 of 8 hours are not yet "8 of 8", nor are 8.04 of them
        if limit_s is not None and rounded == _rounded(limit_s / unit) and time.seconds != limit_s:
            rounded = round(limit_s / unit + (0.1 if time.seconds > limit_s else -0.1), 1)
        return self._said(key, rounded)

    def elapsed(self, seconds: float) -> str:
        """`42 s`, `12 min`, `31 h`, `3.4 days`."""
        size = abs(seconds)
        if size < 60:
            return f"{self.number(round(seconds))} s"
        if size < 3600:
            return f"{self.number(round(seconds / 60))} min"
        if size < _DAYS_FROM:
            return f"{self.number(round(seconds / 3600, 1 if size < 36_000 else None))} h"
        return self._counted("span.days", seconds / 86_400)

    def share(self, share: float) -> str:
        """`6 %`; near its ends with as many decimals as keep some from reading as none, and nearly all as all."""
        size, percent = abs(share), share * 100
        # away from the ends whole per cents are enough
        if 0.1 <= size <= 0.99 or size >= 1 or not size:
            return f"{self.number(round(percent))} %"
        shown = round(percent, 1)
        # rounding must not make some into none, nor nearly all into all
        if abs(shown) not in (0, 100):
            return f"{self.number(shown)} %"
        sign = "-" if share < 0 else ""
        return f"{sign}{'<' if not shown else '>'} {self.number(0.1 if not shown else 99.9)} %"

    def number(self, value: float) -> str:
        """A number with the language's separators and at most two digits behind the point."""
        # an endless fraction is noise: two digits are more than any figure is sure of
        text = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
        if self.language == "de":
            text = text.translate({ord(","): ".", ord("."): ","})
        # a small loss rounds to minus nothing
        return "0" if text == "-0" else text

    def _counted(self, key: str, amount: float) -> str:
        # rounded before the form is chosen: 0.98 days is told as "1 day"
        return self._said(key, _rounded(amount))

    def _said(self, key: str, rounded: float) -> str:
        forms = self._phrases[key]
        return forms[0 if rounded == 1 else -1].format(n=self.number(rounded))

    def _local(self, at: datetime) -> datetime:
        return _aware(at).astimezone(self.zone)


def _rounded(amount: float) -> float:
    """As exact as a reader needs: below ten one digit behind the point."""
    return round(amount, 1) if abs(amount) < 10 else round(amount)


def _unit(day_seconds: float, *, days: bool) -> tuple[float, str]:
    """Seconds of the unit of working time, and its phrase."""
    return (day_seconds, "span.working_days") if days else (3600, "span.working_hours")


def _aware(at: datetime) -> datetime:
    """The warehouse holds clock readings of UTC without saying so."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
