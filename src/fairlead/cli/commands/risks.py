"""The register of risks: proposed from signals or entered, with score, owner and what is done about each.

Example: fairlead risks list
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairlead.cli.asking import By, Team, tell

if TYPE_CHECKING:
    from fairlead.wiring.services import Services

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
_Risk = Annotated[str, typer.Argument(help="Its number or id, like risk:3.")]
_Likelihood = Annotated[int | None, typer.Option(min=1, max=5, help="1 (rare) to 5 (nearly sure).")]
_Impact = Annotated[int | None, typer.Option(min=1, max=5, help="1 (small) to 5 (grave).")]
_Owner = Annotated[str | None, typer.Option(help="Person id of who watches it.")]
_Response = Annotated[str | None, typer.Option(help="avoid, mitigate, transfer or accept.")]
_Mitigation = Annotated[str | None, typer.Option(help="What is done about it.")]
_Review = Annotated[str | None, typer.Option("--review-at", help="Day to look at it again, like 2027-03-01.")]
_Category = Annotated[str | None, typer.Option(help="delivery, quality, operation, security, people or dependency.")]
_Service = Annotated[str | None, typer.Option(help="Service id concerned.")]
_OfTeam = Annotated[str | None, typer.Option("--team", help="Team concerned, by key.")]


@APP.command("list", epilog="Example: fairlead risks list --state proposed")
def list_(
    state: Annotated[
        str, typer.Option(help="proposed, open, accepted, closed or refused; else what is not over.")
    ] = "",
    team: Team = "",
    json: _Json = False,
) -> None:
    """Risks, the highest score first, with the way it goes."""
    tell("risks", {"state": state, "team": team}, json=json)


@APP.command(epilog="Example: fairlead risks show 1")
def show(risk: _Risk, json: _Json = False) -> None:
    """One risk: where it came from, its scores, and what else is hit when it happens."""
    tell("risks", {"risk": risk}, json=json)


@APP.command(epilog="Example: fairlead risks propose")
def propose(json: _Json = False) -> None:
    """Look at the open signals for what adds up to a risk; a server does so each hour."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.model.counting import counted
    from fairlead.wiring.risking import faults
    from fairlead.wiring.risking import propose as proposed

    with home.services() as services:
        if home.server_socket() is None:
            from fairlead.wiring.wishing import judge

            services.catch_up()
            judge(services)
        found, wrong = proposed(services), [str(fault) for fault in faults(services)]
    if json:
        show_json({"proposed": found, "broken": wrong})
        return
    typer.echo("\n".join([*wrong, *found, f"{counted(len(found), 'risk')} proposed or grown"]))


@APP.command(epilog="Example: fairlead risks accept 1 --owner person:maya-torres --response mitigate --likelihood 3")
def accept(
    risk: _Risk,
    owner: _Owner = None,
    likelihood: _Likelihood = None,
    impact: _Impact = None,
    response: _Response = None,
    mitigation: _Mitigation = None,
    review_at: _Review = None,
    until: Annotated[str | None, typer.Option(help="Accept it as it is, until this day.")] = None,
    by: By = "",
    json: _Json = False,
) -> None:
    """Take a proposed risk on: somebody watches it from now on."""
    said = _said(owner, likelihood, impact, response, mitigation, review_at)

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import risking
        from fairlead.governance.entering import moment

        return risking.accept(services, risk, {**said, "accepted_until": moment(until)}, who)

    _do(enter, by, json)


@APP.command(epilog="Example: fairlead risks refuse 2 --reason 'the service is switched off next week'")
def refuse(
    risk: _Risk,
    reason: Annotated[str, typer.Option(help="Why it is none.")],
    by: By = "",
    json: _Json = False,
) -> None:
    """Say that a proposed risk is none; it comes back only if it scores higher."""

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import risking

        return risking.refuse(services, risk, reason, who)

    _do(enter, by, json)


@APP.command(epilog="Example: fairlead risks add 'The supplier stops, and payments fail' --likelihood 2 --impact 5")
def add(
    title: Annotated[str, typer.Argument(help="Cause, event and effect in a sentence.")],
    likelihood: _Likelihood = None,
    impact: _Impact = None,
    category: _Category = None,
    owner: _Owner = None,
    team: _OfTeam = None,
    service: _Service = None,
    response: _Response = None,
    mitigation: _Mitigation = None,
    review_at: _Review = None,
    by: By = "",
    json: _Json = False,
) -> None:
    """Enter a risk by hand."""
    said = _said(owner, likelihood, impact, response, mitigation, review_at, category, team, service)

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import risking

        return risking.add(services, {**said, "title": title}, who)

    _do(enter, by, json)


@APP.command(epilog="Example: fairlead risks edit 1 --impact 4")
def edit(
    risk: _Risk,
    title: Annotated[str | None, typer.Option(help="Cause, event and effect in a sentence.")] = None,
    likelihood: _Likelihood = None,
    impact: _Impact = None,
    category: _Category = None,
    owner: _Owner = None,
    team: _OfTeam = None,
    service: _Service = None,
    response: _Response = None,
    mitigation: _Mitigation = None,
    review_at: _Review = None,
    by: By = "",
    json: _Json = False,
) -> None:
    """Change a risk: what is not named stays."""
    said = _said(owner, likelihood, impact, response, mitigation, review_at, category, team, service)
    said |= {"title": title} if title else {}

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import risking

        return risking.change(services, risk, said, who)

    _do(enter, by, json)


@APP.command(epilog="Example: fairlead risks review 1 --likelihood 2 --review-at 2027-03-01")
def review(
    risk: _Risk,
    likelihood: _Likelihood = None,
    impact: _Impact = None,
    mitigation: _Mitigation = None,
    review_at: _Review = None,
    by: By = "",
    json: _Json = False,
) -> None:
    """Say that you have looked at a risk again, with the score that it has now."""
    said = _said(None, likelihood, impact, None, mitigation, review_at)

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import risking

        return risking.review(services, risk, said, who)

    _do(enter, by, json)


@APP.command(epilog="Example: fairlead risks close 1 --evidence github:brightwater/payments#210")
def close(
    risk: _Risk,
    evidence: Annotated[list[str], typer.Option(help="Record id or address that shows that it is over; repeat it.")],
    by: By = "",
    json: _Json = False,
) -> None:
    """Say that a risk is over, with what shows it."""

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import risking

        return risking.close(services, risk, evidence, who)

    _do(enter, by, json)


def _said(
    owner: str | None, likelihood: int | None, impact: int | None, response: str | None, mitigation: str | None,
    review_at: str | None, category: str | None = None, team: str | None = None, service: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    from fairlead.governance.entering import moment, team_id

    said: dict[str, Any] = {
        "owner": owner, "likelihood": likelihood, "impact": impact, "response": response, "mitigation": mitigation,
        "review_at": None if review_at is None else moment(review_at) or "", "category": category,
        "team": None if team is None else team_id(team), "service": service,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def _do(enter: Callable[[Services, str], str], by: str, json: bool) -> None:
    from fairlead.cli.entering import entered
    from fairlead.governance.risking import told

    entered(
        "risks", enter, told, lambda row: f"{row['state']}, {row['score'] or 'no score'}, {row['title']}", by=by,
        json=json,
    )  # fmt: skip
