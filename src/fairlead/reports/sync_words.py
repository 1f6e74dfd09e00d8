"""What a sync could not read, in the reader's language.

Connectors say it in English, in sentences of their own or of the tool. Those that teams meet most are known here by
their form; every other one is quoted as it was said: a translation by guess would be no evidence.
"""

from __future__ import annotations

import re

from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.wording import Wording

_FORMS = {
    "sync.shallow": r"history before (?P<n>\d+) commits: the clone is shallow \(.*\)",
    "sync.partial": r"lines and files of commits: the clone is partial \((?P<what>.*)\) and .*",
    "sync.no_commit": r"(?P<what>\S+): leads to a \w+, not to a commit",
    "sync.refused": r"(?P<what>\S+): the credentials were refused",
    "sync.too_slow": r"(?P<what>\S+) did not answer in time(?:, also after several tries)?",
    "sync.unreachable": r"(?P<what>\S+) cannot be reached: .*",
    "sync.answered": r"(?P<what>\S+) answered (?P<status>\d+)(?:: .*)?(?:, also after several tries)?",
    "sync.limited": r"(?P<what>\S+): limited for another (?P<n>\d+) minutes",
    "sync.nothing_there": r"(?P<what>\S+): there is nothing here",
    "sync.no_repository": r"(?P<what>\S+): this is no git repository",
}
_KNOWN = tuple((key, re.compile(rf"(?:(?P<about>\S+): )?{form}")) for key, form in _FORMS.items())


def missed(words: Wording, said: str) -> str:
    """One sentence of a sync about what it left out or why it failed."""
    # connectors' own words are English already, and say more than their forms
    if words.language == "en":
        return plain(said)
    for key, form in _KNOWN:
        if found := form.fullmatch(said):
            named = {name: value or "" for name, value in found.groupdict().items() if name != "about"}
            count = {"n": int(named.pop("n"))} if "n" in named else {}
            about = f"{short_name(found['about'])}: " if found["about"] else ""
            return about + words(key, **named, **count)
    return words("sync.quoted", said=said)
