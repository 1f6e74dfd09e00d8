"""What all forms share: numbers of claims, labels, and the words for evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from urllib.parse import urlsplit

from fairlead.model.figures import Evidence
from fairlead.reports.document import Block, Claim, Document, Section
from fairlead.reports.wording import Wording

SHOWN_IDS = 50


def numbered(document: Document) -> Iterator[tuple[Section, list[tuple[int | None, Block]]]]:
    """Sections with their blocks; claims of numbered sections are counted through the whole document."""
    count = 0
    for section in document.sections:
        blocks: list[tuple[int | None, Block]] = []
        for block in section.blocks:
            # "and 12 more" is no thirteenth thing to do
            if section.numbered and isinstance(block, Claim) and block.key != "more":
                count += 1
                blocks.append((count, block))
            else:
                blocks.append((None, block))
        yield section, blocks


def records(words: Wording, evidence: Evidence) -> str:
    """`4 records`; nothing where none stands behind it: what is not there has only a definition."""
    if not evidence.count:
        return ""
    return words("evidence.records", n=evidence.count)


def digest(evidence: Evidence) -> str:
    """Short name of a query, for the address of its rows."""
    # Not for secrecy: the address must be short, and the same in another process.
    return hashlib.blake2b(evidence.query.encode(), digest_size=8).hexdigest()


def safe_url(url: str | None) -> str:
    """The address if it may stand behind a link: anything but http, https or a path within Fairlead is dropped."""
    # browsers drop tabs and line breaks from an address: `java\nscript:` is a script to them
    if not url or any(sign.isspace() or ord(sign) < 32 for sign in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https") and parts.netloc:
        return url
    # two slashes lead to another host
    return url if not parts.scheme and not parts.netloc and url.startswith("/") and not url.startswith("//") else ""
