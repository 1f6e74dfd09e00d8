"""The commands: the same verbs as on the command line, answered to who asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from fairlead.chat import approvals
from fairlead.chat.answering import Reply, cannot, known, told
from fairlead.chat.hands import Asker, Hands, Sheet
from fairlead.connectors.slack import blocks as kit

SHOW = "show"
"""Action of the button that shows an answer to everybody."""
_PARTS = {"done": "chat.done", "planned": "chat.planned", "blockers": "chat.blocked"}


def answer(hands: Hands, asker: Asker, command: str, text: str, reply: Reply) -> Sheet | None:
    """What a command says; `text` is what was typed behind its name."""
    if refused := known(hands, asker):
        return refused
    name, text = _named(hands, command, text)
    handler = _COMMANDS.get(name)
    if handler is None:
        why = hands.words("chat.no_command", command=name or command)
        return cannot(hands, why, hands.words("chat.commands", names=", ".join(hands.commands)))
    sheet = handler(hands, asker, text)
    if sheet.shareable and reply.channel and not reply.channel.startswith("D"):
        # the question and not the answer: it is asked again with the rights of the channel
        return replace(sheet, blocks=[*sheet.blocks[: kit.MOST_BLOCKS - 1], _offer(hands, f"{name} {text}".strip())])
    return sheet


def show(hands: Hands, asker: Asker, question: str, reply: Reply) -> Sheet | None:
    """The same question, answered for everybody who reads the channel: with a viewer's eyes and nobody's own."""
    if refused := known(hands, asker):
        return refused
    if why := hands.kept_from(reply.channel):
        return cannot(hands, hands.words("chat.readers", who=why), hands.words("chat.readers_hint"), asker=asker)
    name, _, text = question.partition(" ")
    handler = _COMMANDS.get(name)
    # what names nobody can be answered to anybody
    sheet = handler(hands, Asker("", ""), text) if handler in _SHAREABLE else None
    if sheet is None or not sheet.shareable:
        return cannot(hands, hands.words("chat.no_command", command=name))
    by = kit.context(hands.words("chat.shown_by", name=asker.name))
    reply.publicly(replace(sheet, blocks=[*sheet.blocks[: kit.MOST_BLOCKS - 1], by]))
    return None


def _named(hands: Hands, command: str, text: str) -> tuple[str, str]:
    """Name and rest: of `/standup me`, `/fl-standup me`, `/fl standup me` and of `@fairlead standup me`."""
    name = command.lstrip("/").strip().lower()
    if hands.prefix and name.startswith(hands.prefix):
        name = name.removeprefix(hands.prefix)
    if name in _COMMANDS:
        return name, text.strip()
    first, _, rest = text.strip().partition(" ")
    return first.lower(), rest.strip()


def _offer(hands: Hands, question: str) -> kit.Block:
    return kit.actions(kit.button(hands.words("chat.show"), SHOW, value=question))


def _standup(hands: Hands, asker: Asker, text: str) -> Sheet:
    if text.lower() in ("me", "draft", "mine"):
        return _draft(hands, asker)
    return hands.report("standup", _team("" if text.lower() == "team" else text, asker))


def _draft(hands: Hands, asker: Asker) -> Sheet:
    found, words = hands.draft(asker), hands.words
    blocks = [kit.context(words("chat.draft"))]
    for part, key in _PARTS.items():
        blocks.append(kit.paragraph(kit.stretch(words(key), bold=True)))
        blocks += kit.lines([kit.stretch(line)] for line in found.get(part) or [words("chat.home_nothing")])
    return Sheet(words("chat.draft"), blocks)


def _sprint(hands: Hands, asker: Asker, text: str) -> Sheet:
    return hands.report("sprint-health", _team(text, asker))


def _triage(hands: Hands, asker: Asker, text: str) -> Sheet:
    if text.lower() == "mine":
        lines = [[kit.link(one.url, one.text)] for one in hands.queue(asker).turns]
        return Sheet(hands.words("chat.home_turn"), [
            kit.header(hands.words("chat.home_turn")),
            *kit.lines(lines or [[kit.stretch(hands.words("chat.home_nothing"))]]),
        ])  # fmt: skip
    return hands.report("triage", _team("" if text.lower() == "team" else text, asker))


def _blockers(hands: Hands, asker: Asker, text: str) -> Sheet:
    return hands.blockers(_team(text, asker).get("team", ""))


def _metrics(hands: Hands, asker: Asker, text: str) -> Sheet:
    name, _, team = text.partition(" ")
    return hands.report("metrics", {**({"name": name} if name else {}), **_team(team, asker)})


def _approve(hands: Hands, asker: Asker, _text: str) -> Sheet:
    return approvals.listed(hands.words, hands.queue(asker).approvals, asker.person)


def _ask(hands: Hands, asker: Asker, _text: str) -> Sheet:
    return cannot(hands, hands.words("chat.no_ask"), ask=True, asker=asker)


def _incident(hands: Hands, asker: Asker, _text: str) -> Sheet:
    return cannot(hands, hands.words("chat.no_incident"), ask=True, asker=asker)


def _help(hands: Hands, _asker: Asker, _text: str) -> Sheet:
    return told(hands.words("chat.commands", names=", ".join(hands.commands)))


def _team(text: str, asker: Asker) -> Mapping[str, str]:
    """The team that was named, else the asker's own; `all` is everybody."""
    team = text.strip() or asker.team.removeprefix("team:")
    return {} if not team or team.lower() == "all" else {"team": team}


_Handler = Callable[[Hands, Asker, str], Sheet]
_COMMANDS: Mapping[str, _Handler] = {
    "standup": _standup,
    "sprint-health": _sprint,
    "triage": _triage,
    "blockers": _blockers,
    "metrics": _metrics,
    "approve": _approve,
    "ask": _ask,
    "incident": _incident,
    "help": _help,
}
_SHAREABLE = (_standup, _sprint, _triage, _blockers, _metrics)
