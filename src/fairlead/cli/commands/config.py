"""Check, show and plan the configuration.

Example: fairlead config check
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fairlead.metrics.catalogue import Entry
    from fairlead.model.errors import ConfigFault

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@APP.command(epilog="Example: fairlead config check")
def check(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Tell every fault of fairlead.toml and fairlead.d/ with line and column; exit code 2 if there is one."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json

    _refuse_faults(json)
    loaded = home.loaded()
    shown = str(loaded.path) if loaded.path else None
    if json:
        show_json({"ok": True, "file": shown, "overridden": loaded.overridden, "faults": []})
        return
    typer.echo(f"ok: {shown}" if shown else "no fairlead.toml found; the defaults hold (`fairlead init` writes one)")


@APP.command(epilog="Example: fairlead config plan --file next.toml")
def plan(
    file: Annotated[Path | None, typer.Option(help="Another file than the one that holds here.")] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Tell what applying the file would do: settings, sources read again, marts and figures, before and after."""
    from fairlead.cli import home
    from fairlead.cli.output import say, show, show_json
    from fairlead.cli.plan_lines import lines
    from fairlead.wiring.plan import plan as made

    if file:
        home.use_settings(file)
    _refuse_faults(json)
    with home.services() as services:
        found = made(services, say=lambda what: None if json else say(f"{what} ..."))
    if json:
        show_json(found)
    else:
        show("\n".join(lines(found)))


@APP.command(epilog="Example: fairlead config show --json")
def show(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Show all settings in force, defaults included; secrets are shown by their place only."""
    import msgspec
    import tomlkit

    from fairlead.cli import home
    from fairlead.cli.output import show_json

    values = msgspec.to_builtins(home.loaded().settings)
    if json:
        show_json(values)
        return
    # TOML has no null: a key without a value is left out, as in a file.
    typer.echo(tomlkit.dumps(_without_none(values)))


@APP.command(epilog="Example: fairlead config schema > fairlead.schema.json")
def schema(json: Annotated[bool, typer.Option("--json", help="It always is JSON.")] = True) -> None:  # noqa: ARG001
    """Print the JSON Schema of fairlead.toml for editors."""
    from fairlead.cli.output import show_json
    from fairlead.config.reference import json_schema
    from fairlead.reports.registry import REPORTS

    show_json(json_schema(REPORTS, _catalogue()[0]))


def _refuse_faults(json: bool) -> None:
    """Ends the command with every fault of the file and of what lies beside it."""
    from fairlead.cli.output import show_json
    from fairlead.model.errors import ConfigFaults

    entries, wrong = _catalogue()
    # A figure that cannot be read has no name here: what names it is no fault of its own.
    figures = () if wrong else entries
    parts: list[Callable[[], object]] = [
        lambda: _settings(figures),
        lambda: _tried(entries),
        _mappings,
        _counts,
        _goals,
    ]
    faults = [*wrong, *(fault for part in parts for fault in _faults_of(part))]
    if faults and not json:
        # They leave by the one place that prints faults and gives exit code 2.
        raise ConfigFaults(faults)
    if faults:
        show_json({"ok": False, "faults": [vars_of(fault) for fault in sorted(faults)]})
        raise typer.Exit(2)


def _faults_of(read: Callable[[], object]) -> Sequence[ConfigFault]:
    """What is wrong with one part: the other is checked nonetheless, so that nobody mends and asks in turns."""
    from fairlead.model.errors import ConfigFaults

    try:
        read()
    except ConfigFaults as found:
        return found.faults
    return ()


def _catalogue() -> tuple[Mapping[str, Entry], Sequence[ConfigFault]]:
    """Our figures and the team's own, and what is wrong with the others."""
    from fairlead.cli import home
    from fairlead.config.load import own_folders
    from fairlead.metrics.catalogue import read

    return read(own_folders(home.settings_file(), "metrics"))


def _settings(figures: Collection[str]) -> object:
    from fairlead.cli import home
    from fairlead.connectors.kit.registry import connectors
    from fairlead.reports.registry import REPORTS

    return home.loaded(tools=connectors(), reports=REPORTS, figures=figures)


def _tried(entries: Mapping[str, Entry]) -> None:
    """Own definitions are part of what is configured, though the loader of settings knows nothing of metrics."""
    from fairlead.cli import home
    from fairlead.metrics.trial import tried
    from fairlead.model.errors import ConfigFaults
    from fairlead.model.setup import Setup

    try:
        setup = home.loaded().settings.setup()
    except ConfigFaults:
        # Told already, and the tables are the same whatever a team states.
        setup = Setup()
    if faults := list(tried(entries, setup)):
        raise ConfigFaults(faults)


def _mappings() -> object:
    """What payloads of other tools become; the faults of the settings that name the files are told already."""
    from fairlead.cli import home
    from fairlead.model.errors import ConfigFaults
    from fairlead.wiring.mappings import load_mappings

    try:
        loaded = home.loaded()
    except ConfigFaults:
        return None
    return load_mappings(loaded)


def _counts() -> None:
    """The team's own counts of the snapshot, tried on tables without rows."""
    from fairlead.cli import home
    from fairlead.model.errors import ConfigFaults
    from fairlead.wiring.counting import check_counts

    try:
        loaded = home.loaded()
    except ConfigFaults:
        return
    check_counts(loaded)


def _goals() -> None:
    """Objectives in files."""
    from fairlead.cli import home
    from fairlead.cli.commands.goals import checked
    from fairlead.model.errors import ConfigFaults

    try:
        home.loaded()
    except ConfigFaults:
        return
    checked()


def vars_of(fault: object) -> dict[str, object]:
    """The fields of a fault as plain values."""
    return {name: getattr(fault, name) for name in ("path", "line", "column", "message")}


def _without_none(value: dict[str, object]) -> dict[str, object]:
    return {
        key: _without_none(item) if isinstance(item, dict) else item
        for key, item in value.items()
        if item is not None
    }
