"""Bring a local repository, captured events, reports of tests or a folder of tables in.

Example: fairlead import git .
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairlead.cli.asking import Language

if TYPE_CHECKING:
    from fairlead.wiring.services import Services

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)
_FROM_GIT = {"commits": "commits", "changes": "changes", "releases": "tags"}
"""Table -> what a person calls its rows when they come from git."""
_Json = Annotated[bool, typer.Option("--json", help="The summary as JSON.")]


@APP.callback(epilog="Example: fairlead import git .")
def _import() -> None:
    """Bring history in without the network."""


@APP.command(epilog="Example: fairlead import git . --tags-are-deployments")
def git(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Repositories, bare or not.")],
    known_as: Annotated[str, typer.Option("--as", help="Repository id that it stands for.")] = "",
    tags_are_deployments: Annotated[
        bool, typer.Option("--tags-are-deployments", help="Set [deployments] sources to include tags.")
    ] = False,
    json: _Json = False,
) -> None:
    """Read commits, tags and inferred changes of local repositories; again reads only what is new."""
    from dataclasses import asdict, replace

    from fairlead.cli import home
    from fairlead.cli.output import say, show_json
    from fairlead.cli.progress import ProgressLine
    from fairlead.config.settings import SourceSetup
    from fairlead.model.counting import counted
    from fairlead.wiring.editing import count_tags
    from fairlead.workers.syncs import run_sync

    # Before the services open: they read the settings once.
    if tags_are_deployments:
        target = home.settings_file() or home.folder() / "fairlead.toml"
        if count_tags(target):
            say(f"wrote to {target}: tags count as deployments")
    with home.services() as services:
        given = tuple(str(path.expanduser().absolute()) for path in paths)
        services.add_source("git", SourceSetup(tool="git", paths=given, known_as=known_as, since="all"))
        with ProgressLine(quiet=json) as line:
            # what was left out stands in the summary: told here as well it would stand there twice
            once = "git" not in services.settings.sources
            summary = run_sync(
                services, "git", once=once, report=lambda step: line.report(replace(step, left_out=""))
            )
        read = None
        if home.server_socket() is None:
            before = _held(services)
            services.apply()
            read = {word: count - before[word] for word, count in _held(services).items()}
    # nothing else names these paths, so one that cannot be read is a fault of the call
    unread = summary.result == "failure" or (summary.left_out and not _readable(given))
    if json:
        show_json({**asdict(summary), "read": read})
    else:
        typer.echo(summary.words())
        if read is not None and not unread:
            found = ", ".join(counted(count, word.removesuffix("s"), word) for word, count in read.items())
            typer.echo(f"new: {found}" if any(read.values()) else "nothing new: no commits, changes or tags")
    raise typer.Exit(1 if unread else 0)


def _held(services: Services) -> dict[str, int]:
    """How many there are of what git tells; what a range points to is stored in parts that no batch sums up."""
    from fairlead.store import records

    with services.database.read() as tx:
        counts = records.counts(tx)
    return {word: counts.get(table, 0) for table, word in _FROM_GIT.items()}


def _readable(paths: tuple[str, ...]) -> bool:
    from fairlead.connectors.git.command import locate
    from fairlead.model.errors import Fault

    try:
        for path in paths:
            locate(Path(path))
    except Fault:
        return False
    return True


@APP.command(epilog="Example: fairlead import events captured.jsonl")
def events(
    paths: Annotated[
        list[Path], typer.Argument(exists=True, help="Files or folders of captured webhooks and API pages.")
    ],
    json: _Json = False,
) -> None:
    """Read captured webhooks `{source, headers, body}` and API pages `{source, endpoint, body}`; all or nothing."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.model.counting import counted
    from fairlead.wiring.imports import import_events

    with home.services() as services:
        done = import_events(services, paths, apply=home.server_socket() is None)
    if json:
        show_json(done)
        return
    read = f"{counted(done.files, 'file')}: {counted(done.events, 'event')}"
    typer.echo(f"{read}, {done.new} of them new, {done.quarantined} unreadable")


@APP.command("records", epilog="Example: fairlead import records tables")
def records_(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="CSV, JSONL or Parquet files, named by table.")
    ],
    json: _Json = False,
) -> None:
    """Check a folder of tables wholly, then bring it in; all faults at once, nothing half-imported."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.wiring.imports import import_folder

    with home.services() as services:
        done = import_folder(services, folder, apply=home.server_socket() is None)
    if json:
        show_json(done)
        return
    for table, count in done.rows.items():
        typer.echo(f"{table}: {count}")
    for warning in done.warnings:
        typer.echo(f"note: {warning}", err=True)


@APP.command(epilog="Example: fairlead import devlake lake --md")
def devlake(
    place: Annotated[
        str,
        typer.Argument(
            envvar="FAIRLEAD_DEVLAKE", help="Folder with its domain tables, or the address of its database."
        ),
    ],
    months: Annotated[int, typer.Option(help="How many months the report goes back.")] = 12,
    language: Language | None = None,
    json: Annotated[bool, typer.Option("--json", help="Counts, figures and reasons as JSON.")] = False,
    md: Annotated[bool, typer.Option("--md", help="The report as Markdown.")] = False,
    html: Annotated[bool, typer.Option("--html", help="The report as one HTML page.")] = False,
) -> None:
    """Move in from Apache DevLake; tells each figure that differs from its dashboard, and why."""
    from fairlead.cli import home
    from fairlead.cli.output import show, terminal_words
    from fairlead.wiring.moving import move_in

    form = "json" if json else "md" if md else "html" if html else "terminal"
    words = {"form": form, **({"language": language} if language else {}), **terminal_words()}
    with home.services() as services:
        told = move_in(services, place, words, months)
    # apart from the report, which may go to a file
    for line in told.lines:
        typer.echo(line, err=True)
    for warning in told.warnings:
        typer.echo(f"note: {warning}", err=True)
    show(told.report.text)


@APP.command(epilog="Example: fairlead import results build/ --repository github:acme/payments --sha 4fa39e0f")
def results(
    paths: Annotated[list[str], typer.Argument(help="Files, folders or globs; the format is known by content.")],
    repository: Annotated[str, typer.Option(help="Id of the repository, like github:acme/payments.")],
    sha: Annotated[str, typer.Option(help="Commit that was tested.")],
    branch: Annotated[str, typer.Option(help="Branch that was tested.")] = "",
    run: Annotated[str, typer.Option(help="Name that tells runs of one commit apart, like unit or e2e.")] = "",
    build: Annotated[str, typer.Option(help="Id of the build, or its end like run/8112/1.")] = "",
    at: Annotated[str, typer.Option(help="When it ran, like 2026-03-02T10:00Z; else the report's own time.")] = "",
    source: Annotated[str, typer.Option(help="Source that it belongs to.")] = "results",
    json: _Json = False,
) -> None:
    """Read JUnit, Cobertura, LCOV, coverage.py and SARIF files; all faults at once, nothing half-imported."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.connectors.results.stated import Stated, moment
    from fairlead.model.counting import counted
    from fairlead.model.errors import Abort
    from fairlead.wiring.imports import import_results

    when = moment(at)
    if at and when is None:
        raise Abort(f"--at: `{at}` is no time", hint="write it like 2026-03-02T10:00Z")
    stated = Stated(repository, sha, branch, run, build, when)
    with home.services() as services:
        done = import_results(services, paths, stated, source=source, apply=home.server_socket() is None)
    if json:
        show_json(done)
        return
    typer.echo(f"{counted(done.files, 'report')}, {done.new} of them new")
