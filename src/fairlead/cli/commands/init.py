"""Ask little and write fairlead.toml.

Example: fairlead init --github acme --time-zone Europe/Berlin
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from fairlead.wiring.starter import Answers
    from fairlead.wiring.starting_tools import Connected

T = TypeVar("T")

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead init --github acme --time-zone Europe/Berlin")
def init(
    path: Annotated[Path, typer.Argument(help="Where to write it: a file, or a folder.")] = Path("fairlead.toml"),
    name: Annotated[str | None, typer.Option(help="Your organisation.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="IANA zone, like Europe/Berlin.")] = None,
    language: Annotated[str, typer.Option(help="en or de.")] = "en",
    github: Annotated[list[str] | None, typer.Option(help="Organisation or owner/repository; repeat it.")] = None,
    gitlab: Annotated[str | None, typer.Option(help="Group, group/project, or the address of one.")] = None,
    jira: Annotated[str | None, typer.Option(help="Address of your Jira.")] = None,
    jira_user: Annotated[str, typer.Option(help="Whose API token it is, at Jira Cloud.")] = "",
    pagerduty: Annotated[bool, typer.Option("--pagerduty", help="Read PagerDuty too.")] = False,
    git: Annotated[list[str] | None, typer.Option(help="Local repository; repeat it.")] = None,
    token_variable: Annotated[str, typer.Option(help="Environment variable that holds the token.")] = "GITHUB_TOKEN",  # noqa: S107
    webhook_variable: Annotated[str, typer.Option(help="Environment variable with the webhook secret.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Say as JSON what was written.")] = False,
) -> None:
    """Ask little and write fairlead.toml; with options for all questions it asks nothing."""
    from fairlead.cli.output import show_json
    from fairlead.config.load import FILE_NAME, own_folders
    from fairlead.config.reference import json_schema
    from fairlead.metrics import catalogue
    from fairlead.model.errors import Abort
    from fairlead.reports.plain import json_text
    from fairlead.reports.registry import REPORTS
    from fairlead.wiring.starter import SCHEMA_NAME, Answers, starter

    # Whoever names a folder means the file in it that is looked for there.
    path = path / FILE_NAME if path.is_dir() else path
    if path.exists() and not force:
        raise Abort(f"{path} exists", hint="edit it, or overwrite it with --force")
    if language not in ("en", "de"):
        raise Abort(f"no language `{language}`", hint="en or de")
    zone = _checked(time_zone, "Time zone", _local_zone(), _as_zone)
    names = [_as_github(one) for one in github or ()]
    near = _near() if sys.stdin.isatty() else {}
    # Asked in the order in which one answer gives the default of the next.
    organisation = (
        name if name is not None else _ask("Organisation", names[0].partition("/")[0] if names else _here())
    )
    # whoever named a tool by an option has said what there is: then nothing is asked
    named = bool(names or git or gitlab or jira or pagerduty)
    if not named:
        default = near.get("github", "")
        names = _checked(None, "GitHub organisation or owner/repository (empty: none)", default, _as_names)
    others = list(_others(gitlab, jira, jira_user, pagerduty, None if named else near))
    paths = [_as_folder(one) for one in git or ()]
    if not names and not paths and not others:
        paths = _checked(None, "Folder of a local git repository (empty: none)", "", _as_folders)
    answers = Answers(
        organisation=organisation,
        time_zone=zone,
        language=language,
        github=tuple(names),
        git_paths=tuple(paths),
        others=tuple(others),
        token_variable=token_variable,
        webhook_variable=webhook_variable,
    )
    path.write_text(starter(answers), encoding="utf-8")
    # the team's own figures too, where `--force` writes into a folder that has some
    schema = json_schema(REPORTS, catalogue.read(own_folders(path, "metrics"))[0])
    path.with_name(SCHEMA_NAME).write_text(json_text(schema) + "\n", encoding="utf-8")
    if json:
        show_json(
            {"written": str(path), "sources": [*["github"] * bool(names), *(one.tool for one in others), *paths]}
        )
        return
    typer.echo(f"wrote {path}\n\nnext:")
    for step in _next(answers, path):
        typer.echo(f"  {step}")


def _others(
    gitlab: str | None, jira: str | None, jira_user: str, pagerduty: bool, near: Mapping[str, str] | None
) -> Iterator[Connected]:
    """The further tools; without `near` nothing more is asked than what was named lacks."""
    from fairlead.wiring.starting_tools import Connected, needs_user

    ask = near is not None
    if gitlab or ask:
        default = (near or {}).get("gitlab", "")
        found = _checked(gitlab, "GitLab group, or its address (empty: none)", default, _as_gitlab)
        yield from (found,) if found else ()
    if jira or ask:
        found = _checked(jira, "Address of Jira (empty: none)", "", _as_jira)
        if found and needs_user(found):
            user = _checked(jira_user or None, "Address of whose API token it is", "", _as_user)
            found = Connected(found.tool, found.url, found.names, user)
        yield from (found,) if found else ()
    # a question less: who has a key of it at hand uses it
    if pagerduty or (ask and "PAGERDUTY_TOKEN" in os.environ):
        yield Connected("pagerduty")


def _near() -> Mapping[str, str]:
    """What the clone that we stand in was cloned from."""
    from fairlead.connectors.git.command import locate
    from fairlead.model.errors import Fault
    from fairlead.wiring.starting_tools import hosts

    try:
        told = locate(Path.cwd()).ask("config", "--get-regexp", r"^remote\..*\.url$").stdout
    except Fault:
        return {}
    return hosts(line.partition(" ")[2] for line in told.decode("utf-8", "replace").splitlines())


def _as_gitlab(text: str) -> Connected | None:
    from fairlead.model.errors import Abort
    from fairlead.wiring.starting_tools import gitlab

    if text and gitlab(text) is None:
        raise Abort(f"`{text}` names nothing at GitLab", hint="write quay, quay/berths, or its address")
    return gitlab(text) if text else None


def _as_jira(text: str) -> Connected | None:
    from fairlead.model.errors import Abort
    from fairlead.wiring.starting_tools import jira

    if text and jira(text) is None:
        raise Abort(f"`{text}` is no address", hint="write https://acme.atlassian.net, or that of your Data Center")
    return jira(text) if text else None


def _as_user(text: str) -> str:
    from fairlead.model.errors import Abort

    if "@" not in text:
        raise Abort("Jira Cloud asks whose token it is", hint="name an address: --jira-user kim@acme.example")
    return text


def _next(answers: Answers, path: Path) -> Iterator[str]:
    """What to type, in order, for what was answered."""
    from fairlead.wiring.starting_tools import steps

    # A file of another name is not looked for: then each command must be told of it.
    found = path.name == "fairlead.toml" and path.absolute().parent == Path.cwd()
    call = "fairlead" if found else f"fairlead --config {path}"
    if answers.github:
        yield f"export {answers.token_variable}=...   # scopes repo, read:org"
        yield "# or an App instead of a token: `fairlead up`, then the page /setup/github"
    for one in answers.others:
        yield from steps(one)
    if answers.webhook_variable:
        yield f"export {answers.webhook_variable}=...   # the secret that you give GitHub for its webhooks"
    if answers.others:
        pages = ", ".join(f"/setup/{one.tool}" for one in answers.others)
        yield f"# rights and webhooks, step by step: `fairlead up`, then {pages}"
    if answers.github or answers.git_paths or answers.others:
        yield f"{call} doctor   # checks everything that the file names"
        yield f"{call} sync     # reads the history, with progress"
        yield f"{call} brief    # what needs you"
    else:
        yield f"{call} import git ~/src/yours   # or name a source in {path}: docs/configuration.md"
    yield f"{call} up       # gateway, pages and workers"


def _checked(given: str | None, question: str, default: str, read: Callable[[str], T]) -> T:
    """Reads what was given, or asks until it can be read: a slip must not cost the answers before it."""
    from fairlead.model.errors import Fault

    while given is None:
        try:
            return read(_ask(question, default))
        except Fault as fault:
            if not sys.stdin.isatty():
                raise
            typer.echo(": ".join(filter(None, (fault.message, fault.hint))), err=True)
    return read(given)


def _as_zone(text: str) -> str:
    from fairlead.config.meanings import zone_fault
    from fairlead.model.errors import Abort

    if said := zone_fault(text):
        raise Abort(said)
    return text


def _as_github(text: str) -> str:
    from fairlead.model.errors import Abort
    from fairlead.wiring.starter import github_name

    if not (name := github_name(text)):
        raise Abort(f"`{text}` names nobody at GitHub", hint="write acme, or acme/payments")
    return name


def _as_names(text: str) -> list[str]:
    return [_as_github(one) for one in text.replace(",", " ").split()]


def _as_folder(text: str) -> str:
    """By its full path: the file is also read by a server that was started elsewhere."""
    from fairlead.model.errors import Abort

    folder = Path(text).expanduser().absolute()
    if not folder.is_dir():
        raise Abort(f"no folder {folder}", hint="name one that holds a git repository")
    return str(folder)


def _as_folders(text: str) -> list[str]:
    return [_as_folder(text)] if text else []


def _ask(question: str, default: str) -> str:
    # Without a terminal nobody answers: a script gets the defaults instead of a hang.
    if not sys.stdin.isatty():
        return default
    return str(typer.prompt(question, default=default, show_default=bool(default))).strip()


def _here() -> str:
    return Path.cwd().name


def _local_zone() -> str:
    """The machine's zone, where it tells its name."""
    zone_file = Path("/etc/localtime")
    target = zone_file.resolve().parts if zone_file.is_symlink() else ()
    return "/".join(target[target.index("zoneinfo") + 1 :]) if "zoneinfo" in target else "UTC"
