"""Writes messages as files into one folder: whole or not at all, and never beside it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from fairlead.governance.letter import Letter
from fairlead.model.errors import Retry, Skip
from fairlead.store.outbox import Message


class Shelf:
    """A folder of reports."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: Message, letter: Letter) -> str:
        """Writes the letter's file under the address, which is a path in the folder; gives where."""
        part = next(iter(letter.parts), None)
        if part is None:
            raise Skip("this message holds no file")
        path = self._place(message.address)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, part.data)
        except OSError as fault:
            # a full disk is emptied, a folder gets its rights back
            raise Retry(f"cannot write {path}: {(fault.strerror or str(fault)).lower()}") from fault
        return str(path)

    def rest(self) -> None:
        """Holds nothing open."""

    def _place(self, address: str) -> Path:
        folder = self._folder.resolve()
        # resolved: a link in the folder may lead out of it as well as two dots
        path = (folder / address).resolve()
        if not path.is_relative_to(folder) or path == folder:
            raise Skip(f"`{address}` leads out of {folder}")
        return path


def team_folder(team: str) -> str:
    """Name of a team's folder; `all` for everybody's."""
    safe = (letter if letter.isalnum() or letter in "-_" else "-" for letter in team.removeprefix("team:"))
    return "".join(safe) or "all"


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file so that nobody ever sees half of it."""
    # a name of its own for each try: two at once must not write into one draft
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            # noted as written only when it is: a power cut after the note would leave an empty file
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
