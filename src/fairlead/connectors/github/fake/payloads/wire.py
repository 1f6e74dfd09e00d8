"""How objects are written: base addresses, and whether links that nobody follows are left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]


class Wire:
    """Addresses and the amount of detail of one deployment of GitHub.

    `slim` leaves out link templates and fields that are constant for every object, which are four fifths of GitHub's
    bytes: a canned history stays small. Everything that tells something is in both forms.
    """

    def __init__(
        self, api: str = "https://api.github.com", html: str = "https://github.com", slim: bool = False
    ) -> None:
        self.api = api
        self.html = html
        self.slim = slim
        self._kept: dict[object, Json] = {}

    def links(self, address: str, parts: Mapping[str, str]) -> Json:
        """Link fields below an address: field name -> rest of the address."""
        if self.slim:
            return {}
        return {name: address + rest for name, rest in parts.items()}

    def detail(self, **fields: Any) -> Json:
        """Fields that a slim object does without."""
        return {} if self.slim else fields

    def kept(self, key: object, build: Callable[[], Json]) -> Json:
        """An object that stays the same, built once; nobody may alter it."""
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = build()
        return found
