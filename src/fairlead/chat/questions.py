"""The standup asked for in Slack: one question after the other, to one person, at their hour and on their days.

What is answered is kept until that person posts it, or says not to, or is asked anew; nobody else sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from fairlead.chat.answering import known, told
from fairlead.chat.hands import Asker, Hands, Sheet
from fairlead.connectors.fairlead import STANDUP_PARTS
from fairlead.connectors.slack import blocks as kit
from fairlead.ingest.posting import LONGEST, posted
from fairlead.model.errors import Fault, Retry
from fairlead.model.times import entered_at
from fairlead.reports.scope import Scope
from fairlead.store import records, state

_KEY = "chat:standup:"
_ASKED = {"done": "chat.ask_done", "planned": "chat.ask_planned", "blockers": "chat.ask_blockers"}
_HEADINGS = {"done": "chat.done", "planned": "chat.planned", "blockers": "chat.blocked"}
_LATE_BY = timedelta(hours=2)
"""How late a question is still worth asking: after that the day is under way."""
_PREVIEW, _OVER = "preview", "over"
_CHANGE = "standup.change"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the questions need."""

    services: Any
    """The wiring's ready services; `Any`, since `wiring` is above this room."""
    hands: Hands

    def opened(self, person: str) -> dict[str, Any]:
        """How far somebody has come; empty before their first question."""
        with self.services.database.read() as tx:
            return dict(state.get(tx, _KEY + person) or {})

    def keep(self, person: str, **said: Any) -> dict[str, Any]:
        """Notes how far somebody has come."""
        with self.services.database.begin() as tx:
            found = {**(state.get(tx, _KEY + person) or {}), **said}
            state.put(tx, _KEY + person, found)
        return found


def ask_due(desk: Desk, now: datetime) -> list[str]:
    """Asks everybody whose hour has come today: on their working days, in their zone, and nobody who is away."""
    services, at = desk.services, desk.services.settings.slack.standup_at
    if not at:
        return []
    scope = Scope.of(services.warehouse, services.setup, services.clock.now(), None)
    asked = []
    for person, asker in _people(desk).items():
        calendar = scope.calendars.of_person(person)
        local = now.astimezone(calendar.zone)
        due = datetime.combine(local.date(), time.fromisoformat(at), calendar.zone)
        # their calendar lacks the days of their absences
        if not due <= local < due + _LATE_BY or not calendar.is_working_day(local.date()):
            continue
        if any(start <= now.replace(tzinfo=start.tzinfo) < end for start, end in scope.calendars.away(person)):
            continue
        if _begin(desk, asker, local.date().isoformat()):
            asked.append(person)
    return asked


def _people(desk: Desk) -> Mapping[str, Asker]:
    """Members of teams whom Slack reaches and who may post, by person."""
    prefix = f"{desk.hands.source}:@"
    with desk.services.database.read() as tx:
        rows = [row for row in records.rows(tx, "accounts") if row["id"].startswith(prefix) and row["person"]]
    found = {}
    for row in rows:
        *grid, team, user = row["id"].removeprefix(prefix).split(".") if row["id"].count(".") else ("", row["id"])
        asker = desk.hands.asker(grid[0] if grid else "", team, user)
        if asker.team and asker.roles and not asker.stranger:
            found[asker.person] = asker
    return found


def _begin(desk: Desk, asker: Asker, day: str) -> bool:
    """Asks the first question, once a day, whichever process comes to it first."""
    with desk.services.database.begin() as tx:
        desk.services.database.take_turn(tx)
        if (state.get(tx, _KEY + asker.person) or {}).get("day") == day:
            return False
        drafted = {part: "\n".join(lines) for part, lines in desk.hands.draft(asker).items()}
        said = {"day": day, "stage": STANDUP_PARTS[0], "team": asker.team, "said": {}, "draft": drafted}
        state.put(tx, _KEY + asker.person, said)
    try:
        _post(desk, asker, _question(desk, said))
    except Retry:
        # Slack is down: the next look asks, as long as it is worth it
        desk.keep(asker.person, day="")
        return False
    except Fault:
        return False
    return True


def _question(desk: Desk, found: Mapping[str, Any]) -> Sheet:
    words, part = desk.hands.words, str(found["stage"])
    text = words(_ASKED[part])
    drafted = str((found.get("draft") or {}).get(part) or "")
    blocks = [kit.paragraph(kit.stretch(text, bold=True))]
    blocks += kit.lines([kit.stretch(line)] for line in drafted.splitlines())
    buttons = [kit.button(words("chat.nothing"), "standup.nothing", value=part)]
    if drafted:
        buttons.insert(0, kit.button(words("chat.take_draft"), "standup.draft", value=part, style="primary"))
    buttons += _changes(desk, found)
    buttons.append(kit.button(words("chat.not_today"), "standup.drop", value=part))
    return Sheet(text, [*blocks, kit.actions(*buttons)])


def _changes(desk: Desk, found: Mapping[str, Any]) -> list[kit.Block]:
    """A button for each answer that was given: one slip must not cost all of them."""
    words = desk.hands.words
    return [
        kit.button(words("chat.change", part=words(_HEADINGS[part])), f"{_CHANGE}.{part}", value=part)
        for part in STANDUP_PARTS
        if part in found["said"]
    ]


def answered(desk: Desk, asker: Asker, text: str) -> Sheet | None:
    """The answer to the question that is open; `None` if none is."""
    found = desk.opened(asker.person) if asker.person else {}
    if found.get("stage") not in STANDUP_PARTS or known(desk.hands, asker):
        return None
    return _next(desk, asker, found, kit.unescaped(text)[:LONGEST])


def pressed(desk: Desk, asker: Asker, action: str, value: str) -> Sheet | None:
    """A button below a question or the preview."""
    handler = _PRESSED.get(action)
    found = desk.opened(asker.person) if asker.person else {}
    if handler is None or not found or known(desk.hands, asker):
        return known(desk.hands, asker) if handler else None
    return handler(desk, asker, found, value)


def _next(desk: Desk, asker: Asker, found: Mapping[str, Any], text: str) -> Sheet:
    said = {**found["said"], str(found["stage"]): text.strip()}
    # what was answered before an answer was changed is not asked again
    stage = next((part for part in STANDUP_PARTS if part not in said), _PREVIEW)
    kept = desk.keep(asker.person, said=said, stage=stage)
    return _preview(desk, kept) if stage == _PREVIEW else _question(desk, kept)


def _preview(desk: Desk, found: Mapping[str, Any]) -> Sheet:
    """What would be posted, as it would stand there."""
    words = desk.hands.words
    text = words("chat.preview", team=str(found["team"]).removeprefix("team:"))
    blocks = [kit.paragraph(kit.stretch(text))]
    for part in STANDUP_PARTS:
        blocks.append(kit.paragraph(kit.stretch(words(_HEADINGS[part]), bold=True)))
        said = str(found["said"].get(part) or "").splitlines()
        blocks += kit.lines([kit.stretch(line)] for line in said or [words("chat.nothing")])
    buttons = (
        kit.button(words("chat.post"), "standup.post", style="primary"),
        *_changes(desk, found),
        kit.button(words("chat.not_today"), "standup.drop"),
    )
    return Sheet(text, [*blocks, kit.actions(*buttons)])


def _taken(
    text_of: Callable[[Mapping[str, Any], str], str],
) -> Callable[[Desk, Asker, Mapping[str, Any], str], Sheet | None]:
    def take(desk: Desk, asker: Asker, found: Mapping[str, Any], part: str) -> Sheet | None:
        # a button of a question that was answered meanwhile says nothing
        return _next(desk, asker, found, text_of(found, part)) if found.get("stage") == part else None

    return take


def _drop(desk: Desk, asker: Asker, _found: Mapping[str, Any], _value: str) -> Sheet:
    desk.keep(asker.person, stage=_OVER, said={}, draft={})
    return told(desk.hands.words("chat.dropped"))


def _change(desk: Desk, asker: Asker, found: Mapping[str, Any], part: str) -> Sheet | None:
    """Asks one question once more, with what was said in place of its draft; the other answers stay."""
    if found.get("stage") == _OVER or part not in found["said"]:
        return None
    said = {name: text for name, text in found["said"].items() if name != part}
    draft = {**(found.get("draft") or {}), part: found["said"][part]}
    return _question(desk, desk.keep(asker.person, stage=part, draft=draft, said=said))


def _share(desk: Desk, asker: Asker, found: Mapping[str, Any], _value: str) -> Sheet | None:
    """Hands it to the team, exactly as the page does."""
    if found.get("stage") != _PREVIEW:
        return None
    services, team = desk.services, str(found["team"])
    at = entered_at(services.clock)
    services.log.append([posted(services.database, team, found["said"], asker.person, at)])
    desk.keep(asker.person, stage=_OVER, said={}, draft={})
    return told(desk.hands.words("chat.posted", team=team.removeprefix("team:")))


_PRESSED: Mapping[str, Callable[[Desk, Asker, Mapping[str, Any], str], Sheet | None]] = {
    "standup.draft": _taken(lambda found, part: str((found.get("draft") or {}).get(part) or "")),
    "standup.nothing": _taken(lambda _found, _part: ""),
    "standup.drop": _drop,
    # Slack takes each action once in a row of buttons
    **{f"{_CHANGE}.{part}": _change for part in STANDUP_PARTS},
    "standup.post": _share,
}


def _post(desk: Desk, asker: Asker, sheet: Sheet) -> None:
    web = desk.hands.web()
    opened = web.call("conversations.open", {"users": asker.user})
    channel = str((opened.get("channel") or {}).get("id") or "")
    web.call("chat.postMessage", {"channel": channel, "text": sheet.text, "blocks": list(sheet.blocks)})
