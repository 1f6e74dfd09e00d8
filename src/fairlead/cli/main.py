"""`fairlead`: finds a command by its name and imports nothing else, so that `--help` is quick."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from fairlead.cli import home
from fairlead.model.errors import ConfigFaults, Fault

_COMMANDS = Path(__file__).parent / "commands"


class Commands(TyperGroup):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is given
        """All command names, sorted."""
        return sorted(path.stem.rstrip("_").replace("_", "-") for path in _COMMANDS.glob("[a-z]*.py"))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Imports the command's module; `None` for an unknown name."""
        # By the list of files, so that a typed name never becomes the name of a module to import.
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"fairlead.cli.commands.{_module_name(cmd_name)}")
        command = typer.main.get_command(module.APP)
        command.name = cmd_name
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of a word; a misspelt one is told with what was meant."""
        from fairlead.config.check import did_you_mean

        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            ctx.fail(f"No such command '{args[0]}'{did_you_mean(args[0], known, show=0)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Lists the commands with the first line of each file, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _summary(name)) for name in self.list_commands(ctx)])


def _module_name(command: str) -> str:
    name = command.replace("-", "_")
    return name if (_COMMANDS / f"{name}.py").exists() else f"{name}_"


def _summary(command: str) -> str:
    # the first line of the file: parsing thirty of them would take half the time of `--help`
    with (_COMMANDS / f"{_module_name(command)}.py").open(encoding="utf-8") as file:
        return file.readline().strip().strip('"')


APP = typer.Typer(
    cls=Commands,
    name="fairlead",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A chief of staff for engineering teams: reads the team's tools, says what matters, shows why.",
    epilog="Example: fairlead brief --team payments",
)


@APP.callback()
def _options(
    config: Annotated[
        Path | None, typer.Option(help="Settings file; else the nearest fairlead.toml upwards.")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Use the home of the demo team.")] = False,
    as_of: Annotated[str, typer.Option(help="Tell what was known at this moment, like 2026-10-14T09:00Z.")] = "",
) -> None:
    home.choose(config=config, demo=demo, as_of=as_of)


def rest_the_collector() -> None:
    """Lets Python look for cycles more rarely: payloads and rows have none; the walks took a fifth of the time."""
    gc.set_threshold(50_000, 20, 20)


def run(arguments: list[str] | None = None) -> None:
    """Entry point: exit code 0 for success, 1 for a failure, 2 for a wrong call or faulty files."""
    rest_the_collector()
    # A terminal of an older encoding shows a name with `?` in it; it must not end the report at that name.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        APP(args=arguments, standalone_mode=True)
    except ConfigFaults as faults:
        for fault in faults.faults:
            print(fault, file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except Fault as fault:
        print(f"error: {fault.message}", file=sys.stderr)  # noqa: T201
        if fault.hint:
            print(f"\nhint: {fault.hint}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
    # As shells say it for a signal: a reader that leaves early, like `head`, is no failure of ours.
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
    except Exception as fault:
        if os.environ.get("FAIRLEAD_DEBUG"):
            raise
        words, hint = _told(fault)
        print(f"error: {words}\n\nhint: {hint}", file=sys.stderr)  # noqa: T201
        sys.exit(1)


_HINTS = {
    "duckdb": "the warehouse can be made anew: delete warehouse.duckdb in the home",
    "sqlite3": "`fairlead doctor` checks the store",
    "sqlalchemy": "`fairlead doctor` checks the store",
    "psycopg": "is PostgreSQL up, and is [store] url right? `fairlead doctor` checks it",
    "httpx": "is the other side up and reachable? `fairlead doctor` checks the sources",
}
"""Library whose fault it is -> what to look at; by name, since importing them would cost every command."""
_SPOILT_FILE = ("IOException", "SerializationException", "FatalException", "InternalException")


def _told(fault: Exception) -> tuple[str, str]:
    """One line about a fault that no room has put into words, and where to look."""
    seen = "FAIRLEAD_DEBUG=1 shows where it happened"
    if isinstance(fault, OSError) and fault.strerror:
        # A file or folder that somebody named: its name and the system's word say all that a traceback would.
        place = f"{fault.filename}: " if fault.filename else ""
        return f"{place}{fault.strerror.lower()}", seen
    lines = str(fault).strip().splitlines()
    library = type(fault).__module__.lstrip("_").partition(".")[0]
    name = "" if library in _HINTS else f"{type(fault).__name__}: "
    # A wrong statement is a fault of ours: to throw the file away would cost a rebuild and mend nothing.
    spoilt = library != "duckdb" or type(fault).__name__ in _SPOILT_FILE
    return f"{name}{lines[0] if lines else type(fault).__name__}", _HINTS.get(library, seen) if spoilt else seen


if __name__ == "__main__":
    run()
