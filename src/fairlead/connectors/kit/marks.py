"""What we write carries a mark, so that a look finds it again; and nothing in it is hidden from whoever reads it."""

from __future__ import annotations

import hashlib
import re

# Directions that are turned make a text read as another one, and what has no width is read by programs alone: by
# bots that take commands from comments, and by agents. The joiners within words and emoji stay.
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PLAIN = re.compile(r"[A-Za-z0-9_.:/=@-]{1,120}")


def visible(text: str) -> str:
    """A text without what cannot be seen."""
    return _CONTROL.sub("", _UNSEEN.sub("", text.replace("\r\n", "\n")))


def spoken(text: str) -> str:
    """The same, and with hidden remarks of Markdown made visible."""
    return visible(text).replace("<!--", "&lt;!--")


def key_of(key: str) -> str:
    """A key as it may stand in a remark: as it is, or by its digest."""
    return key if _PLAIN.fullmatch(key) and "--" not in key else short_of(key, 32)


def short_of(key: str, length: int = 10) -> str:
    """A few letters that stand for a key where people see them."""
    return hashlib.sha256(key.encode()).hexdigest()[:length]


def mark(key: str) -> str:
    """An invisible remark of Markdown, like `<!-- fairlead:action-17 -->`."""
    return f"<!-- fairlead:{key_of(key)} -->"


def marked(text: str, key: str) -> str:
    """A text with its mark."""
    return f"{spoken(text).rstrip()}\n\n{mark(key)}".lstrip()


def carries(text: object, key: str) -> bool:
    """Whether a text that stands at a tool is the one of this key; a quotation of it is not."""
    return isinstance(text, str) and text.rstrip().endswith(mark(key)) and not text.lstrip().startswith(">")
