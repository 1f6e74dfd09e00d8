"""The CODEOWNERS file, whose sections GitLab knows and GitHub does not."""

from __future__ import annotations

import base64
import binascii
import re

from fairlead.connectors.gitlab.sheet import Sheet
from fairlead.connectors.kit.connector import Sweep
from fairlead.connectors.kit.moments import SNAPSHOT
from fairlead.connectors.kit.owners import code_owner_rows
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.people import CodeOwner

LOCATIONS = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where GitLab looks, in this order; the first file found is the only one that counts."""

_SECTION = re.compile(r"^\^?\[[^\]]+\](?:\[\d+\])?[ \t]*(?P<owners>.*)$")


def file_page(sheet: Sheet, found: Doc) -> None:
    """A file of the default branch: the lines as of now."""
    path = found.need_text("file_path")
    if path not in LOCATIONS:
        return
    at = sheet.date or OLDEST
    scope = f"{sheet.repository}/codeowners/"
    version = (found.text("blob_id") or "unknown")[:12]
    ids = set()
    for line in code_owner_rows(plain_lines(_text(found))):
        owner = CodeOwner(
            # Lines are named by the version of their file, so that yesterday's owners stay yesterday's.
            id=f"{scope}{path}@{version}:{line.position}",
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


def plain_lines(text: str) -> str:
    """The file without sections, line by line: a pattern without owners has those of its section.

    >>> plain_lines("[Web] @kim\\n/web/\\n/api/ @noor")
    '\\n/web/ @kim\\n/api/ @noor'
    """
    owners, lines = "", []
    for line in text.splitlines():
        if section := _SECTION.match(line):
            owners = section["owners"].partition("#")[0].strip()
            lines.append("")
        else:
            bare = line.partition(" #")[0].split()
            lines.append(f"{line.strip()} {owners}" if len(bare) == 1 and owners and line[:1] != "#" else line)
    return "\n".join(lines)


def _text(file: Doc) -> str:
    content = file.text("content") or ""
    if file.text("encoding") != "base64":
        return content
    try:
        return base64.b64decode(content).decode("utf-8", "replace").replace("\0", "\ufffd")
    except (binascii.Error, ValueError):
        file.wrong("content", "is not base64")
