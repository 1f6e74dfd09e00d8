"""Paths and addresses of the REST API: what they name."""

from __future__ import annotations

import re

_ISSUE = re.compile(r"/repos/([^/\s]+/[^/\s]+)/(?:issues|pulls)/([0-9]{1,18})(?:/|$)")
_REPOSITORY = re.compile(r"(?:^|/)repos/([^/\s?#]+/[^/\s?#]+)")
_ORGANISATION = re.compile(r"(?:^|/)orgs/([^/\s?#]+)")


def issue_of_url(source: str, url: str) -> str | None:
    """Id of the issue or pull request that an address names."""
    found = _ISSUE.search(url)
    return f"{source}:{found[1]}#{int(found[2])}" if found else None


def repository_of_path(path: str) -> str | None:
    """`owner/name` of the repository that a path is below."""
    found = _REPOSITORY.search(path)
    return found[1] if found else None


def organisation_of_path(path: str) -> str | None:
    """Login of the organisation that a path is below."""
    found = _ORGANISATION.search(path)
    return found[1] if found else None


def last_number(url: str) -> int | None:
    """The number at the end of an address, like that of a deployment."""
    tail = url.rstrip("/").rpartition("/")[2]
    return int(tail) if tail.isascii() and tail.isdigit() and len(tail) <= 18 else None
