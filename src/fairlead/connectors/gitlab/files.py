"""The CODEOWNERS file, whose sections GitLab knows and GitHub does not."""

from __future__ import annotations

import re

from fairlead.connectors.gitlab.sheet import Sheet
from fairlead.connectors.kit.owners import AT_GITLAB, say_code_owners
from fairlead.connectors.kit.payload import Doc, file_text

_SECTION = re.compile(r"^\^?\[[^\]]+\](?:\[\d+\])?[ \t]*(?P<owners>.*)$")


def file_page(sheet: Sheet, found: Doc) -> None:
    """A file of the default branch."""
    path = found.need_text("file_path")
    if path in AT_GITLAB:
        say_code_owners(sheet, path, found.text("blob_id") or "", plain_lines(file_text(found)))


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
