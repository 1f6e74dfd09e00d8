"""Tree -> text: what was understood, written the one way that the language has."""

from __future__ import annotations

from fairlead.signals.language.tree import (
    Among,
    Call,
    Column,
    Compared,
    Denied,
    Joined,
    Known,
    Like,
    Literally,
    Node,
    Reckoned,
    Usual,
)


def say(node: Node) -> str:
    """A condition or value as text; it parses to the same tree, places aside."""
    match node:
        case Literally(said=said):
            return said
        case Column(name=name):
            return name
        case Usual(percent=percent, history=history, floor=floor):
            return f"p{percent}({history}{f', floor {say(floor)}' if floor else ''})"
        case Call(name=name, given=given):
            return f"{name}({', '.join(map(say, given))})"
        case Reckoned(how=how, left=left, right=right) | Compared(how=how, left=left, right=right):
            return f"{_held(left, node)} {how} {_held(right, node)}"
        case Among(value=value, listed=listed):
            return f"{say(value)} in ({', '.join(map(say, listed))})"
        case Like(value=value, glob=glob):
            quoted = glob.replace("'", "''")
            return f"{say(value)} like '{quoted}'"
        case Known(value=value):
            return f"{say(value)} is known"
        case Denied(one=one):
            return f"not ({say(one)})"
        case Joined(how=how, parts=parts):
            word = " and " if how == "all" else " or "
            return word.join(f"({say(part)})" if isinstance(part, Joined) else say(part) for part in parts)


def _held(node: Node, within: Node) -> str:
    inner = isinstance(within, Reckoned) and isinstance(node, Reckoned)
    return f"({say(node)})" if inner else say(node)
