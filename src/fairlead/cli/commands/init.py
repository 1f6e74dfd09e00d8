"""Ask little and write fairlead.toml.

Example: fairlead init --github acme --time-zone Europe/Berlin
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead init --github acme --time-zone Europe/Berlin")
def init(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("fairlead.toml"),
    name: Annotated[str | None, typer.Option(help="Your organisation.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="IANA zone, like Europe/Berlin.")] = None,
    language: Annotated[str, typer.Option(help="en or de.")] = "en",
    github: Annotated[list[str] | None, typer.Option(help="Organisation or owner/repository; repeat it.")] = None,
    git: Annotated[list[str] | None, typer.Option(help="Local repository; repeat it.")] = None,
    token_variable: Annotated[str, typer.Option(help="Environment variable that holds the token.")] = "GITHUB_TOKEN",  # noqa: S107
    webhook_variable: Annotated[str, typer.Option(help="Environment variable with the webhook secret.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Say as JSON what was written.")] = False,
) -> None:
    """Ask little and write fairlead.toml; with options for all questions it asks nothing."""
    from zoneinfo import available_timezones

    from fairlead.cli.output import show_json
    from fairlead.model.errors import Abort
    from fairlead.wiring.starter import Answers, starter

    if path.exists() and not force:
        raise Abort(f"{path} exists", hint="edit it, or overwrite it with --force")
    zone = time_zone or _ask("Time zone", _local_zone())
    if zone not in available_timezones():
        raise Abort(f"unknown time zone: {zone}", hint="write it like Europe/Berlin")
    owner = github[0].partition("/")[0] if github else Path.cwd().name
    answers = Answers(
        organisation=name if name is not None else _ask("Organisation", owner),
        time_zone=zone,
        language=language,
        github=tuple(github or ([] if git else _ask("GitHub organisation or owner/repository", "").split())),
        git_paths=tuple(git or ()),
        token_variable=token_variable,
        webhook_variable=webhook_variable,
    )
    path.write_text(starter(answers), encoding="utf-8")
    if json:
        show_json({"written": str(path), "sources": ["github"] * bool(answers.github) + list(answers.git_paths)})
        return
    typer.echo(f"wrote {path}")
    typer.echo("\nnext:")
    if answers.github:
        typer.echo(
            f"  export {token_variable}=...     # fairlead up, then Settings > GitHub, leads through an App instead"
        )
    typer.echo("  fairlead doctor            # checks everything that the file names")
    typer.echo("  fairlead sync              # reads the history, with progress")
    typer.echo("  fairlead up                # gateway, web and workers")


def _ask(question: str, default: str) -> str:
    import sys

    if not sys.stdin.isatty():
        return default
    return str(typer.prompt(question, default=default, show_default=bool(default))).strip()


def _local_zone() -> str:
    """The machine's zone, where it tells its name."""
    zone_file = Path("/etc/localtime")
    target = zone_file.resolve().parts if zone_file.is_symlink() else ()
    return "/".join(target[target.index("zoneinfo") + 1 :]) if "zoneinfo" in target else "UTC"
