"""Dependencies of teams: who waits for whom, by when it was agreed, moved, kept or missed.

Example: fairlead dependencies list
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, By, Language, Team, ask, tell

if TYPE_CHECKING:
    from datetime import datetime

    from fairlead.wiring.services import Services

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
_One = Annotated[str, typer.Argument(help="Its number or id, like dependency:3.")]
_Until = Annotated[str, typer.Option("--until", help="Day by whose end it is to be there, like 2027-03-01.")]
_From = Annotated[str, typer.Option("--from", help="Team that waits, by key.")]
_To = Annotated[str, typer.Option("--to", help="Team that delivers, by key.")]
_Item = Annotated[str, typer.Option("--item", help="Id of the work item that is delivered.")]
_For = Annotated[str, typer.Option("--for", help="Id of the work item that waits.")]


@APP.command("list", epilog="Example: fairlead dependencies list --team payments")
def list_(
    team: Team = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="As a graph in Mermaid.")] = False,
) -> None:
    """Who waits for whom: dates agreed and moved, what is late or likely to be, and what links suggest."""
    if mermaid:
        raise typer.Exit(ask("dependencies", {"team": team, "form": "mermaid"}))
    tell("dependencies", {"team": team, "language": language}, json=json, md=md, html=html)


@APP.command(epilog="Example: fairlead dependencies add 'The new login' --from payments --to platform")
def add(
    title: Annotated[str, typer.Argument(help="What is delivered, in words; may be left out with --item.")] = "",
    waits: _From = "",
    gives: _To = "",
    item: _Item = "",
    waiting: _For = "",
    by: By = "",
    json: _Json = False,
) -> None:
    """Enter that a team waits for another; also confirms what a link between items suggests."""

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import depending
        from fairlead.wiring.dependencies import said_of

        said = {"title": title, "from_team": waits, "to_team": gives, "work_item": item, "waiting_item": waiting}
        return depending.add(services, said_of(said), who)

    _do(enter, by, json)


@APP.command(epilog="Example: fairlead dependencies agree 1 --until 2027-03-01")
def agree(dependency: _One, until: _Until, by: By = "", json: _Json = False) -> None:
    """Agree on a date, for the team that delivers."""

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import depending

        return depending.agree(services, dependency, _day(until), who)

    _do(enter, by, json)


@APP.command(epilog="Example: fairlead dependencies move 1 --until 2027-03-15")
def move(dependency: _One, until: _Until, by: By = "", json: _Json = False) -> None:
    """Agree on another date; the one before is kept."""

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import depending

        return depending.move(services, dependency, _day(until), who)

    _do(enter, by, json)


@APP.command(epilog="Example: fairlead dependencies deliver 1")
def deliver(
    dependency: _One,
    at: Annotated[str, typer.Option("--at", help="Since when it is there; else now.")] = "",
    by: By = "",
    json: _Json = False,
) -> None:
    """Say that what was agreed is there."""

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import depending, entering

        return depending.deliver(services, dependency, who, entering.moment(at or None))

    _do(enter, by, json)


@APP.command(epilog="Example: fairlead dependencies drop 2")
def drop(dependency: _One, by: By = "", json: _Json = False) -> None:
    """Say that nobody waits for it any more."""

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import depending

        return depending.drop(services, dependency, who)

    _gone(enter, by, json)


@APP.command(epilog="Example: fairlead dependencies refuse --from payments --to platform --item 'jira:PLAT-1'")
def refuse(waits: _From, gives: _To, item: _Item, waiting: _For = "", by: By = "", json: _Json = False) -> None:
    """Say that a suggested one is none: it is not suggested again."""

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import depending
        from fairlead.wiring.dependencies import said_of

        said = {"from_team": waits, "to_team": gives, "work_item": item, "waiting_item": waiting}
        return depending.refuse(services, said_of(said), who)

    _gone(enter, by, json)


def _day(said: str) -> datetime:
    from fairlead.governance.entering import moment
    from fairlead.model.errors import Skip

    found = moment(said)
    if found is None:
        raise Skip("a date is needed", hint="write it like 2027-03-01")
    return found


def _do(enter: Callable[[Services, str], str], by: str, json: bool) -> None:
    from fairlead.cli.entering import entered
    from fairlead.governance.depending import told

    entered(
        "team_dependencies", enter, told,
        lambda row: f"{row['from_team']} waits for {row['to_team']}: {row['title'] or row['work_item']}"
        + (f", agreed for {str(row['due_at'])[:10]}" if row["agreed_at"] else ", no date agreed"),
        by=by, json=json,
    )  # fmt: skip


def _gone(enter: Callable[[Services, str], str], by: str, json: bool) -> None:
    """The same for what is not listed any more."""
    from fairlead.cli import home
    from fairlead.cli.acting import enters
    from fairlead.cli.output import show_json

    with home.services() as services:
        alone = home.server_socket() is None
        if alone:
            services.apply()
        record = enter(services, enters(services, by))
        if alone:
            services.apply()
    if json:
        show_json({"id": record, "dropped": True})
        return
    typer.echo(f"{record} is dropped")
