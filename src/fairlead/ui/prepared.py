"""What every page needs whatever it shows, made when a process starts instead of while its first reader waits."""

from __future__ import annotations

from fairlead.config.reference import meanings
from fairlead.connectors.kit.registry import connectors
from fairlead.reports import wording
from fairlead.ui import render
from fairlead.ui.words import LANGUAGES, words


def prepare() -> None:
    """Templates, phrases, what settings mean, connectors; each is kept for the whole process by whoever makes it."""
    # Together half a second of processor time: more than any page may take, and nothing beside a start.
    render.prepare()
    for language in LANGUAGES:
        words(language)
        wording.catalogue(language)
    meanings()
    connectors()
