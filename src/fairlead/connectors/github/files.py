"""Files of changes, and contents of the few files that speak about people."""

from __future__ import annotations

from msgspec import UNSET

from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.moments import SNAPSHOT
from fairlead.connectors.kit.owners import AT_GITHUB, say_code_owners
from fairlead.connectors.kit.payload import Doc, file_text
from fairlead.model.patch import OLDEST
from fairlead.model.records.code import ChangeFile
from fairlead.model.records.conversation import Document

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
        if path in AT_GITHUB:
            say_code_owners(sheet, path, file.text("sha") or "", file_text(file))
        elif path == IGNORED_REVISIONS:
            _document(sheet, path, file_text(file), file)


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
