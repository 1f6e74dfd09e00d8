"""Reports that are written as files day by day.

What a delivery sends as a file goes through the outbox; these are written at once, for whoever looks there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fairlead.governance.files import team_folder, write_whole
from fairlead.wiring import verbs
from fairlead.wiring.services import Services


def write_report(services: Services, name: str, forms: Sequence[str], team: str = "") -> list[Path]:
    """Writes `<team>/<date>-<name>.<form>`; gives the files. Those of the same day are written over."""
    day = services.clock.now().date().isoformat()
    folder = services.reports_folder / team_folder(team)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = [folder / f"{day}-{name}.{form}" for form in forms]
    for path, form in zip(written, forms, strict=True):
        # Asked like by anybody else: a file can never say something else than the command.
        words = {"form": form} | ({"team": team} if team else {})
        write_whole(path, verbs.ask(services, name, words).text.encode())
    return written
