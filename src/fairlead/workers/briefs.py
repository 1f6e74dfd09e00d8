"""Writes each team's brief at its hour as files, for those who read it in a folder or pass it on."""

from __future__ import annotations

from pathlib import Path

from fairlead.wiring import verbs
from fairlead.wiring.services import Services

_FORMS = ("md", "html", "json")


def write_brief(services: Services, team: str) -> list[Path]:
    """Writes `reports/<team>/<date>-brief.*` in the home; gives the files. The same day is written over."""
    day = services.clock.now().date().isoformat()
    folder = services.home / "reports" / (_name(team) or "all")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = []
    for form in _FORMS:
        # Asked like by anybody else: a file can never say something else than the command.
        words = {"form": form} | ({"team": team} if team else {})
        path = folder / f"{day}-brief.{form}"
        # A reader of the folder never sees half a file.
        draft = path.with_name(f".{path.name}.new")
        draft.write_text(verbs.ask(services, "brief", words).text, encoding="utf-8")
        draft.replace(path)
        written.append(path)
    return written


def _name(team: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in team.removeprefix("team:"))
