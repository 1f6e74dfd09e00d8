"""One objective: the page Goals with that one alone, and how its values came to be what they are."""

from __future__ import annotations

from fairlead.ui.page import Page
from fairlead.ui.pages.goals import show

PAGE = Page("/goals/{objective}", "Objective", 37, show, shown="nowhere", cut=("team", "window"), reads=("quarter",))
