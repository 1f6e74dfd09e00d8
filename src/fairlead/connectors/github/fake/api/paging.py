"""Pages: by number with `Link` headers, or by cursor."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

from fairlead.connectors.github.fake.api.call import Listing, Refusal
from fairlead.connectors.kit.fake.call import Request

MOST_PER_PAGE = 100


def cut(listing: Listing, request: Request, most: int = MOST_PER_PAGE) -> tuple[Any, dict[str, str]]:
    """The body of the wanted page and its `Link` header."""
    items = listing.items[: listing.most] if listing.most else listing.items
    size = min(_whole(request, "per_page", listing.per_page) or listing.per_page, most)
    if listing.cursor:
        shown, links = _by_cursor(items, request, size)
    else:
        page = max(1, _whole(request, "page", 1))
        begin = (page - 1) * size
        shown, links = items[begin : begin + size], _numbers(request, page, -(-len(items) // size))
    body: Any = [listing.show(item) for item in shown]
    if listing.key:
        # The count is that of everything, also where GitHub then stops at a thousand.
        body = {"total_count": len(listing.items), listing.key: body}
    header = ", ".join(f'<{address}>; rel="{name}"' for name, address in links.items())
    return body, {"link": header} if header else {}


def _numbers(request: Request, page: int, last: int) -> dict[str, str]:
    wanted = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    if page <= 1:
        del wanted["prev"], wanted["first"]
    if page >= last:
        del wanted["next"], wanted["last"]
    return {name: address(request, page=str(number)) for name, number in wanted.items()}


def _by_cursor(items: Any, request: Request, size: int) -> tuple[Any, dict[str, str]]:
    name = "cursor" if request.path.endswith("/deliveries") else "after"
    word = request.query.get(name, "")
    begin = 0
    if word:
        try:
            begin = int(base64.urlsafe_b64decode(word).decode().removeprefix("offset:"))
        except (ValueError, UnicodeDecodeError):
            raise Refusal(422, "Invalid cursor") from None
    links = {}
    if begin + size < len(items):
        following = base64.urlsafe_b64encode(f"offset:{begin + size}".encode()).decode()
        links["next"] = address(request, **{name: following})
    return items[begin : begin + size], links


def address(request: Request, **changed: str) -> str:
    """The request's own address with other parameters."""
    return f"{request.url}{request.path}?{urlencode({**request.query, **changed})}"


def _whole(request: Request, name: str, default: int) -> int:
    word = request.query.get(name, "")
    return int(word) if word.isascii() and word.isdigit() else default
