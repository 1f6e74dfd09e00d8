"""Decisions as Markdown in a repository, by the headings of MADR, and such files read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.model.times import parse_day

_STATES: Mapping[str, str] = {
    "proposed": "proposed", "draft": "proposed", "accepted": "accepted", "decided": "accepted",
    "superseded": "superseded", "deprecated": "withdrawn", "rejected": "withdrawn", "withdrawn": "withdrawn",
}  # fmt: skip
_HEADINGS: Mapping[str, str] = {
    "context and problem statement": "context", "context": "context", "problem": "context",
    "considered options": "options", "options": "options", "alternatives": "options",
    "decision outcome": "rationale", "decision": "rationale", "rationale": "rationale",
    "status": "status", "date": "date", "more information": "links", "links": "links",
}  # fmt: skip
_NUMBER = re.compile(r"^(\d{1,6})[-_ .]")
_TITLE_NUMBER = re.compile(r"^(?:ADR[- ]?)?\d{1,6}[.:]\s*|^ADR[- ]?\d{1,6}\s+", re.I)


@dataclass(frozen=True, slots=True)
class Adr:
    """What a file says."""

    number: int
    said: Mapping[str, Any]
    """Fields of the decision."""


def file_name(number: int, title: str, present: Iterable[str] = ()) -> str:
    """`0007-use-queues.md`; a file that is there keeps its name, for others link to it."""
    begins = f"{number:04d}-"
    kept = next((name for name in sorted(present) if name.startswith(begins) and name.endswith(".md")), "")
    # letters of every script may stand in a title, but not in every file system
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].rstrip("-")
    return kept or f"{begins}{slug or 'decision'}.md"


def markdown(decision: Mapping[str, Any], owner: str, names: Mapping[str, str]) -> str:
    """The file of one decision; `names` are the file names of others, by id."""
    parts = [
        "---", f"status: {_status(decision, names)}", f"date: {_day(decision['decided_at'])}",
        *([f"decision-makers: {_line(owner)}"] if owner else []), "---", "", f"# {_line(decision['title'])}", "",
        "## Context and Problem Statement", "", _text(decision["context"]), "",
    ]  # fmt: skip
    if decision["options"]:
        parts += ["## Considered Options", "", *(f"* {_line(one)}" for one in decision["options"]), ""]
    parts += ["## Decision Outcome", "", _text(decision["rationale"]), ""]
    more = [f"* {_line(one)}" for one in decision["links"] or ()]
    more += [f"* To be looked at again: {_day(decision['review_at'])}"] if decision["review_at"] else []
    if more:
        parts += ["## More Information", "", *more, ""]
    return "\n".join(parts)


def _status(decision: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if decision["state"] == "superseded" and (later := decision["superseded_by"]):
        name = names.get(later, later)
        return f'"superseded by [{name.removesuffix(".md")}]({name})"'
    return str(decision["state"] or "proposed")


def read(name: str, text: str) -> Adr | None:
    """A file by MADR's or Nygard's headings; nothing where it has neither a number nor a title."""
    found = _NUMBER.match(name)
    front, body = _front(text.replace("\r\n", "\n"))
    title, sections = _sections(body)
    if found is None or not title:
        return None
    said: dict[str, Any] = {"title": _TITLE_NUMBER.sub("", title).strip() or title}
    for key in ("context", "rationale"):
        if sections.get(key):
            said[key] = sections[key]
    for key in ("options", "links"):
        if listed := [line[2:].strip() for line in sections.get(key, "").splitlines() if line[:2] in ("* ", "- ")]:
            said[key] = listed
    status = (front.get("status") or sections.get("status", "")).strip().lower()
    said["state"] = next((state for word, state in _STATES.items() if word in status), "accepted")
    if day := _read_day(front.get("date") or sections.get("date", "")):
        said["decided_at"] = day
    return Adr(int(found[1]), said)


def _front(text: str) -> tuple[dict[str, str], str]:
    """Keys between two lines of dashes at the start: simple ones, as these files have them."""
    if not text.startswith("---\n") or "\n---" not in text[4:]:
        # older forms have bullets below the title
        found = re.findall(r"^[*-] (status|date): *(.+)$", text, re.M | re.I)
        return {key.lower(): value for key, value in found}, text
    head, _, body = text[4:].partition("\n---")
    pairs = (line.partition(":") for line in head.splitlines())
    return {key.strip().lower(): value.strip().strip("\"'") for key, _, value in pairs}, body


def _sections(body: str) -> tuple[str, dict[str, str]]:
    title, key, found = "", "", dict[str, list[str]]()
    for line in body.splitlines():
        if line.startswith("# ") and not title:
            title = line[2:].strip()
        elif line.startswith("## "):
            key = _HEADINGS.get(line[3:].strip().lower(), "")
        elif key:
            found.setdefault(key, []).append(line)
    return title, {name: "\n".join(lines).strip() for name, lines in found.items()}


def _read_day(text: str) -> str:
    try:
        day = parse_day(text.strip()[:10])
    except ValueError:
        return ""
    return f"{day.isoformat()}T00:00:00Z" if day else ""


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else ""


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _text(text: str | None) -> str:
    """Text as it was entered, but no heading of it may pass for one of ours."""
    return re.sub(r"^(#+ )", r"\\\1", (text or "").replace("\r\n", "\n").strip(), flags=re.M) or "-"
