"""Files of changes, and contents of the few files that speak about people."""

from __future__ import annotations

import base64
import binascii

from msgspec import UNSET

from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.connector import Sweep
from fairlead.connectors.kit.moments import SNAPSHOT
from fairlead.connectors.kit.owners import LOCATIONS, code_owner_rows
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.code import ChangeFile
from fairlead.model.records.conversation import Document
from fairlead.model.records.people import CodeOwner

IGNORED_REVISIONS = ".git-blame-ignore-revs"


def change_file(sheet: Sheet, file: Doc, change: str) -> None:
    """A file of a pull request."""
    path = file.need_text("filename")
    sheet.say(
        ChangeFile(
            id=f"{change}:{path}",
            source=sheet.source,
            change=change,
            repository=sheet.repository,
            path=path,
            previous_path=file.text("previous_filename"),
            status=file.text("status"),
            additions=file.whole("additions"),
            deletions=file.whole("deletions"),
        ),
        sheet.date or OLDEST,
        SNAPSHOT,
    )


def contents_page(sheet: Sheet, entries: list[Doc], _rest: str) -> None:
    """A file of the default branch: CODEOWNERS becomes its lines, `.git-blame-ignore-revs` a document."""
    for file in entries:
        path = file.need_text("path")
        if path in LOCATIONS:
            # Lines are named by the version of their file, so that yesterday's owners stay yesterday's.
            _code_owners(sheet, f"{path}@{(file.text('sha') or 'unknown')[:12]}", path, _text(file))
        elif path == IGNORED_REVISIONS:
            _document(sheet, path, _text(file), file)


def _document(sheet: Sheet, path: str, body: str, file: Doc) -> None:
    """A file under the id that a local repository gives it too."""
    document = Document(
        id=f"{sheet.repository}/file/{path}",
        source=sheet.source,
        repository=sheet.repository,
        path=path,
        title=path.rpartition("/")[2],
        body=body,
        url=file.text("html_url") or UNSET,
        deleted_at=None,
    )
    sheet.say(document, sheet.date or OLDEST, SNAPSHOT)


def _code_owners(sheet: Sheet, version: str, path: str, text: str) -> None:
    """The lines as of now; GitHub heeds one file only, so all others of the repository are gone."""
    at = sheet.date or OLDEST
    scope = f"{sheet.repository}/codeowners/"
    ids = set()
    for line in code_owner_rows(text):
        owner = CodeOwner(
            id=f"{scope}{version}:{line.position}",
            source=sheet.source,
            deleted_at=None,
            repository=sheet.repository,
            path=path,
            position=line.position,
            pattern=line.pattern,
            owners=line.owners,
        )
        ids.add(owner.id)
        sheet.say(owner, at, SNAPSHOT)
    if sheet.date:
        sheet.sweeps.append(Sweep(table="code_owners", scope=scope, ids=frozenset(ids), at=at))


def _text(file: Doc) -> str:
    content = file.text("content") or ""
    if file.text("encoding") != "base64":
        return content
    try:
        return base64.b64decode(content).decode("utf-8", "replace").replace("\0", "\ufffd")
    except (binascii.Error, ValueError):
        file.wrong("content", "is not base64")
