"""Colours of charts by role: fixed ones for documents, each with the page's token that replaces it there."""

from __future__ import annotations

from types import MappingProxyType

ACCENT = "#0b5c6b"
TEXT = "#1c2326"
QUIET = "#596166"
LINE = "#dfdfd8"
HATCH = "#c9cdc9"
OK_BAND = "#eaf5ee"
WATCH_BAND = "#fdf4dd"
ACT_BAND = "#fdeeec"
CATEGORIES = ("#0072b2", "#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#999933")
"""Okabe and Ito's, in an order in which neighbours differ; each series also carries its name."""

TOKENS = MappingProxyType(
    {
        ACCENT: "var(--accent)",
        TEXT: "var(--text)",
        QUIET: "var(--quiet)",
        LINE: "var(--line)",
        HATCH: "var(--hatch)",
        OK_BAND: "var(--ok-ground)",
        WATCH_BAND: "var(--watch-ground)",
        ACT_BAND: "var(--act-ground)",
    }
)
"""Fixed colour -> custom property of the page."""
