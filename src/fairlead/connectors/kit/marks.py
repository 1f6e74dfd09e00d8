"""What we write carries a mark, so that a look finds it again; and nothing in it is hidden from whoever reads it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from fairlead.model.errors import Skip

# Directions that are turned make a text read as another one, and what has no width is read by programs alone: by
# bots that take commands from comments, and by agents. The joiners within words and emoji stay.
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Tools look for names in what Markdown makes of a text: an `@` written as an entity calls as well, and so does one
# after an underscore. After a letter or digit it is an address of mail.
_AT = re.compile(r"&(?:#0*64|#[xX]0*40|commat);?")
_CALL = re.compile(r"(?<![A-Za-z0-9])@(?=\S)(?P<name>[A-Za-z0-9][\w.-]*(?P<rest>[/\\&]?))?")
_NUMBER_SIGN = re.compile(r"&(?:#0*35|#[xX]0*23|num);?")
_JIRA_NAME = re.compile(r"\[(?=~)")
_REFERENCE = r"(?:[\w.-]+(?:/[\w.-]+)+)?#\d+|https?://\S+"
# GitLab closes all that a list names
_CLOSES = re.compile(
    r"\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?)[\s:*_`]+(?:issues?[\s:]+)?"
    rf"(?:{_REFERENCE})(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)(?:{_REFERENCE}))*",
    re.IGNORECASE,
)
_LINKS = re.compile(r"(?<![&\w])([#!&])(?=\d)|(?<=[\w.-])([#!])(?=\d)|\bGH-(?=\d)|(?<=[a-z]):(?=//)", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z0-9_.:/=@-]{1,120}")


def visible(text: str) -> str:
    """A text without what cannot be seen."""
    return _CONTROL.sub("", _UNSEEN.sub("", text.replace("\r\n", "\n")))


def spoken(text: str) -> str:
    """The same, and with hidden remarks of Markdown made visible."""
    return visible(text).replace("<!--", "&lt;!--")


def uncalled(text: str, known: Callable[[str], bool] = lambda _: False) -> str:
    """A text that calls nobody save whom `known` says is a single person: teams, groups and everybody are named only.

    A space after the sign holds wherever the text stands; a code span would end at the first stray backtick of its
    author, and what has no width hides from whoever approves it.
    """

    def named(found: re.Match[str]) -> str:
        name = (found["name"] or "").rstrip("._-")
        # with a group behind it, or what may become one as Markdown reads it, it is no person's
        return found[0] if name and not found["rest"] and known(name.lower()) else f"@ {found[0][1:]}"

    return _JIRA_NAME.sub("[ ", _CALL.sub(named, _AT.sub("@", text)))


def unclosing(text: str) -> str:
    """A text by which a tool closes no issue: `fixes #1` in a description or a message of a merge does."""
    return _CLOSES.sub(lambda found: unlinked(found[0]), _NUMBER_SIGN.sub("#", text))


def unlinked(text: str) -> str:
    """A text that refers to nothing by itself: what a stranger wrote as a title puts no link under others' issues."""
    return _LINKS.sub(r"\g<0> ", _NUMBER_SIGN.sub("#", text))


def fitting(field: str, text: str, most: int, tool: str) -> str:
    """A text that a tool takes; raises `Skip` with the field's name for one that it would refuse."""
    if not text.strip():
        raise Skip(f"`{field}` says nothing")
    if len(text) > most:
        raise Skip(f"`{field}` has {len(text):,} characters as it is sent, and {tool} takes {most:,}")
    return text


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
