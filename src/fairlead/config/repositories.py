"""Faults of settings that name repositories: without its source an id fits nothing and has no figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.config.check import Fault

Values = Mapping[str, Any]

_ID = re.compile(r"[a-z][a-z0-9_-]*:.+")
_HOSTS = ("github", "gitlab")
"""Code hosts: what somebody wrote without a source is most likely theirs."""


def repository_faults(values: Values) -> Iterator[Fault]:
    """All of them, each with the id that was most likely meant."""
    for key, service in table(values, "services").items():
        yield from _unprefixed(values, ("services", key, "repository"), service)
    for key, source in table(values, "sources").items():
        yield from _unprefixed(values, ("sources", key, "known_as"), source)
        yield from _prefixed(key, source)
    for key, team in table(values, "teams").items():
        for glob in _texts(team, "repositories"):
            # A glob that begins with a wildcard fits the source as well.
            if not _ID.fullmatch(glob) and glob[:1] not in ("*", "?", "["):
                yield ("teams", key, "repositories"), _without_source(values, glob)


def table(values: Values, name: str) -> Values:
    """A section of named entries; empty where something else stands in its place, which is told elsewhere."""
    found = values.get(name)
    return found if isinstance(found, Mapping) else {}


def _unprefixed(values: Values, place: tuple[str, str, str], entry: object) -> Iterator[Fault]:
    for said in _texts(entry, place[-1]):
        if "*" in said:
            yield place, f"`{said}` is a glob, and one repository is named here"
        elif not _ID.fullmatch(said):
            yield place, _without_source(values, said)


def _prefixed(source: str, entry: object) -> Iterator[Fault]:
    """The other way round: here the tool is asked, and it knows nothing of our ids."""
    for said in _texts(entry, "repositories"):
        if said.startswith(f"{source}:"):
            meant = said.partition(":")[2]
            yield ("sources", source, "repositories"), f"`{said}` begins with the source; did you mean `{meant}`?"


def _without_source(values: Values, said: str) -> str:
    return f"`{said}` lacks its source in front; did you mean `{_meant(values, said)}`?"


def _meant(values: Values, said: str) -> str:
    # What a source is told to read, by its path or the end of it; likeness would propose a neighbour.
    for known in _known(values):
        path = known.partition(":")[2].lower()
        if path == said.lower() or path.endswith("/" + said.lower()):
            return known
    sources = table(values, "sources").items()
    tools = {key: source.get("tool") or key for key, source in sources if isinstance(source, Mapping)}
    return f"{next((key for key, tool in tools.items() if tool in _HOSTS), _HOSTS[0])}:{said}"


def _known(values: Values) -> list[str]:
    """Ids of the repositories that sources are told to read."""
    found = [
        said if key == "known_as" else f"{source}:{said}"
        for source, entry in table(values, "sources").items()
        for key in ("known_as", "repositories")
        for said in _texts(entry, key)
    ]
    return [one for one in found if _ID.fullmatch(one)]


def _texts(entry: object, key: str) -> list[str]:
    said = entry.get(key) if isinstance(entry, Mapping) else None
    return [one for one in (said if isinstance(said, list) else [said]) if isinstance(one, str) and one]
