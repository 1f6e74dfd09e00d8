"""The pages of `docs/` that are made from what they describe, so that they cannot lag behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fairlead.cli.main import Commands


def pages() -> Mapping[str, str]:
    """File name in `docs/` -> text."""
    from fairlead.config.reference import page as configuration
    from fairlead.connectors.kit.table import markdown as connectors
    from fairlead.governance.policy.reference import page as policy
    from fairlead.governance.policy.reference import schema_text as policy_schema
    from fairlead.metrics.catalogue import load
    from fairlead.metrics.marts import marts
    from fairlead.metrics.reference import marts_page, metrics_page
    from fairlead.model.acts_page import page as acts
    from fairlead.model.reference import markdown as records
    from fairlead.signals.reference import page as rules
    from fairlead.wiring.demo.page import demo_page

    # Functions and not texts: the test that compares pages names the one that cannot be made.
    made: Mapping[str, Callable[[], str]] = {
        "configuration.md": configuration,
        "records.md": records,
        "records.schema.json": _record_schema,
        "plan.schema.json": _plan_schema,
        "metrics.md": lambda: metrics_page(load()),
        "marts.md": lambda: marts_page(marts()),
        "demo.md": demo_page,
        "acts.md": acts,
        "rules.md": rules,
        "policy.md": policy,
        "policy.schema.json": policy_schema,
        "commands.md": commands_page,
        "connectors/README.md": connectors,
    }
    return {name: make().rstrip("\n") + "\n" for name, make in made.items()}


def _record_schema() -> str:
    import msgspec

    from fairlead.model.reference import json_schema

    return msgspec.json.format(msgspec.json.encode(json_schema()), indent=1).decode()


def _plan_schema() -> str:
    import msgspec

    from fairlead.planning.schema import json_schema

    return msgspec.json.format(msgspec.json.encode(json_schema()), indent=1).decode()


def commands_page() -> str:
    """Every command with its words, as the command line itself describes them."""
    lines = [
        "# Commands",
        "",
        "Before the command stand `--config PATH`, `--demo` (the demo's home) and `--as-of TIME`. Data go to",
        "standard output, progress to standard error. Exit code 0: done; 1: something is wrong; 2: a wrong call",
        "or faulty files. A server that runs on the home answers for the command line.",
        "",
    ]
    group = Commands(name="fairlead")
    for name in group.list_commands(None):
        for words, command in _leaves(group.get_command(None, name), (name,)):
            lines += _described(words, command)
    return "\n".join(lines)


def _leaves(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    # By what it has and not by its class: Typer brings its own copy of the classes of Click.
    children = getattr(command, "commands", None)
    # a group may do something by itself
    if not children or command.invoke_without_command:
        yield words, command
    for name, child in (children or {}).items():
        yield from _leaves(child, (*words, name))


def _described(words: tuple[str, ...], command: Any) -> list[str]:
    arguments = [option for option in command.params if option.param_type_name == "argument"]
    options = [option for option in command.params if option.param_type_name == "option"]
    usage = " ".join(
        ["fairlead", *words, *(option.name.upper() for option in arguments), *(["[...]"] if options else [])]
    )
    lines = [f"## {' '.join(words)}", "", f"`{usage}`", "", command.help.strip(), ""]
    rows = [
        f"| `{'`, `'.join(option.opts) if option in options else option.name.upper()}` | {option.help or ''} |"
        for option in (*arguments, *options)
        if option.name != "help"
    ]
    lines += ["| word | meaning |", "|---|---|", *rows, ""] if rows else []
    if command.epilog:
        lines += [command.epilog.replace("Example: ", "Example: `").rstrip() + "`", ""]
    return lines
