"""The log of decisions: what was decided, why, by whom, and when to look at it again.

Example: fairlead decisions list
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairlead.cli.asking import By, Team, tell

if TYPE_CHECKING:
    from fairlead.wiring.services import Services

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
_Decision = Annotated[str, typer.Argument(help="Its number.")]
_Context = Annotated[str | None, typer.Option(help="What made it necessary.")]
_Options = Annotated[list[str] | None, typer.Option("--option", help="What was weighed; repeat it.")]
_Rationale = Annotated[str | None, typer.Option(help="Why this one.")]
_Owner = Annotated[str | None, typer.Option(help="Person id of who answers for it; else who enters it.")]
_OfTeam = Annotated[str | None, typer.Option("--team", help="Team concerned, by key.")]
_Links = Annotated[list[str] | None, typer.Option("--link", help="Record id or address; repeat it.")]
_Review = Annotated[str | None, typer.Option("--review-at", help="Day to look at it again, like 2027-03-01.")]


@APP.command("list", epilog="Example: fairlead decisions list --stale")
def list_(
    state: Annotated[str, typer.Option(help="proposed, accepted, superseded or withdrawn.")] = "",
    team: Team = "",
    stale: Annotated[bool, typer.Option("--stale", help="Only those whose review is due.")] = False,
    json: _Json = False,
) -> None:
    """All decisions by number."""
    tell("decisions", {"state": state, "team": team, "stale": "yes" if stale else ""}, json=json)


@APP.command(epilog="Example: fairlead decisions show 1")
def show(decision: _Decision, json: _Json = False) -> None:
    """One decision: context, options, rationale, links."""
    tell("decisions", {"decision": decision}, json=json)


@APP.command(
    epilog="Example: fairlead decisions add 'Use queues between services' --rationale 'they outlive a crash'"
)
def add(
    title: Annotated[str, typer.Argument(help="What was decided, in a sentence.")],
    context: _Context = None,
    option: _Options = None,
    rationale: _Rationale = None,
    owner: _Owner = None,
    team: _OfTeam = None,
    link: _Links = None,
    review_at: _Review = None,
    proposed: Annotated[bool, typer.Option("--proposed", help="It is not decided yet.")] = False,
    by: By = "",
    json: _Json = False,
) -> None:
    """Enter a decision; it gets the next number."""
    said = _said(context, option, rationale, owner, team, link, review_at)
    said |= {"title": title, "state": "proposed" if proposed else "accepted"}

    def enter(services: Services, who: str) -> str:
        from fairlead.governance.deciding import add as added

        return added(services, said, who)

    _do(enter, by, json)


@APP.command(epilog="Example: fairlead decisions edit 1 --review-at 2027-03-01 --accept")
def edit(
    decision: _Decision,
    title: Annotated[str | None, typer.Option(help="What was decided.")] = None,
    context: _Context = None,
    option: _Options = None,
    rationale: _Rationale = None,
    owner: _Owner = None,
    team: _OfTeam = None,
    link: _Links = None,
    review_at: _Review = None,
    accept: Annotated[bool, typer.Option("--accept", help="It is decided.")] = False,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="It holds no more, and nothing took its place.")
    ] = False,
    by: By = "",
    json: _Json = False,
) -> None:
    """Change a decision: what is not named stays, an empty text empties it."""
    said = _said(context, option, rationale, owner, team, link, review_at)
    said |= {"title": title} if title else {}

    def enter(services: Services, who: str) -> str:
        from fairlead.governance.deciding import change
        from fairlead.model.times import entered_at

        if accept:
            said.update(state="accepted", decided_at=entered_at(services.clock))
        if withdraw:
            said["state"] = "withdrawn"
        return change(services, decision, said, who)

    _do(enter, by, json)


@APP.command(epilog="Example: fairlead decisions supersede 1 --with 4")
def supersede(
    decision: _Decision,
    later: Annotated[str, typer.Option("--with", help="Number of the decision that takes its place.")],
    by: By = "",
    json: _Json = False,
) -> None:
    """Put a later decision in the place of one."""

    def enter(services: Services, who: str) -> str:
        from fairlead.governance.deciding import supersede as superseded

        superseded(services, decision, later, who)
        return decision

    _do(enter, by, json)


@APP.command(epilog="Example: fairlead decisions review 1 --next 2027-06-01")
def review(
    decision: _Decision,
    next_: Annotated[str, typer.Option("--next", help="Day of the next look; without it there is none.")] = "",
    by: By = "",
    json: _Json = False,
) -> None:
    """Say that you have looked at a decision again and that it holds."""

    def enter(services: Services, who: str) -> str:
        from fairlead.governance.deciding import review as reviewed
        from fairlead.governance.entering import moment

        return reviewed(services, decision, who, moment(next_))

    _do(enter, by, json)


@APP.command(epilog="Example: fairlead decisions export docs/decisions")
def export(
    folder: Annotated[Path, typer.Argument(help="Folder of a repository.")],
    number: Annotated[list[str] | None, typer.Option(help="Only this one; repeat it.")] = None,
    json: _Json = False,
) -> None:
    """Write decisions as Markdown by the headings of MADR, a file each; a file that is there keeps its name."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.governance.deciding import export as written
    from fairlead.model.counting import counted

    with home.services() as services:
        if home.server_socket() is None:
            services.apply()
        files = [str(path) for path in written(services, folder, number or ())]
    if json:
        show_json({"written": files})
        return
    typer.echo("\n".join([*files, f"{counted(len(files), 'file')} written"]))


@APP.command("import", epilog="Example: fairlead decisions import docs/decisions --by person:maya-torres")
def import_(
    folder: Annotated[Path, typer.Argument(help="Folder with files like 0007-use-queues.md.")],
    by: By = "",
    json: _Json = False,
) -> None:
    """Enter the decisions of a folder of Markdown, by the headings of MADR or Nygard; numbers that are taken stay."""
    from fairlead.cli import home
    from fairlead.cli.acting import enters
    from fairlead.cli.output import say, show_json
    from fairlead.governance.deciding import take_in
    from fairlead.model.counting import counted

    with home.services() as services:
        if home.server_socket() is None:
            services.apply()
        entered, others = take_in(services, folder, enters(services, by))
        if home.server_socket() is None:
            services.apply()
    if json:
        show_json({"entered": entered, "left_out": others})
        return
    typer.echo(f"{counted(len(entered), 'decision')} entered")
    for name in others:
        say(f"{name}: left out, its number is taken or it is no decision")


def _said(
    context: str | None, option: list[str] | None, rationale: str | None, owner: str | None, team: str | None,
    link: list[str] | None, review_at: str | None,
) -> dict[str, Any]:  # fmt: skip
    from fairlead.governance.entering import moment, team_id

    said: dict[str, Any] = {
        "context": context, "options": option, "rationale": rationale, "owner": owner,
        "team": None if team is None else team_id(team), "links": link,
        "review_at": None if review_at is None else moment(review_at) or "",
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def _do(enter: Callable[[Services, str], str], by: str, json: bool) -> None:
    from fairlead.cli.entering import entered
    from fairlead.governance.deciding import told

    entered("decisions", enter, told, lambda row: f"{row['state']}, {row['title']}", by=by, json=json)
