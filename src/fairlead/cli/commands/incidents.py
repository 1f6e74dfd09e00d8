"""Incidents: which deployment each counts for and why, and how a person corrects it.

Example: fairlead incidents list
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from fairlead.cli.asking import By, Language, Team, tell

if TYPE_CHECKING:
    from fairlead.model.raw import RawEvent
    from fairlead.wiring.services import Services

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
_Incident = Annotated[str, typer.Argument(help="Incident id; `fairlead incidents list --json` shows them.")]


@APP.command("list", epilog="Example: fairlead incidents list --team payments --json")
def list_(
    team: Team = "",
    language: Language = None,
    json: _Json = False,
) -> None:
    """Incidents of the last 90 days, each with the deployment that it counts for and the parts of the score."""
    tell("incidents", {"team": team, "language": language}, json=json)


@APP.command(epilog="Example: fairlead incidents explain pagerduty:P000072")
def explain(incident: _Incident, language: Language = None, json: _Json = False) -> None:
    """One incident: its verdict, the score and each of its parts."""
    tell("incidents", {"incident": incident, "language": language}, json=json)


@APP.command(
    "caused-by",
    epilog="Example: fairlead incidents caused-by pagerduty:P000092 "
    "github:brightwater/payments/deployment/1930002261",
)
def caused_by(
    incident: _Incident,
    deployment: Annotated[str, typer.Argument(help="Id of the deployment, or of the release, run or merge.")],
    by: By = "",
    json: _Json = False,
) -> None:
    """State which deployment caused an incident; it holds until withdrawn, whatever the score."""
    from fairlead.ingest.attributing import stated_cause
    from fairlead.model.times import entered_at

    _state(
        lambda services, who: stated_cause(services.database, incident, deployment, who, entered_at(services.clock)),
        {"incident": incident, "deployment": deployment},
        f"{incident}: caused by {deployment}",
        by,
        json,
    )


@APP.command(
    "not-deployment",
    epilog="Example: fairlead incidents not-deployment pagerduty:P000092 --reason 'the bank was down'",
)
def not_deployment(
    incident: _Incident,
    reason: Annotated[str, typer.Option(help="What caused it instead, in a few words.")],
    by: By = "",
    json: _Json = False,
) -> None:
    """State that no deployment caused an incident, and why."""
    from fairlead.ingest.attributing import stated_no_cause
    from fairlead.model.times import entered_at

    _state(
        lambda services, who: stated_no_cause(services.database, incident, reason, who, entered_at(services.clock)),
        {"incident": incident, "deployment": None, "reason": reason},
        f"{incident}: caused by no deployment",
        by,
        json,
    )


@APP.command(epilog="Example: fairlead incidents withdraw pagerduty:P000092")
def withdraw(incident: _Incident, by: By = "", json: _Json = False) -> None:
    """Take back what was stated about an incident: the score decides again."""
    from fairlead.ingest.attributing import withdrawn_cause
    from fairlead.model.times import entered_at

    _state(
        lambda services, who: withdrawn_cause(services.database, incident, who, entered_at(services.clock)),
        {"incident": incident, "withdrawn": True},
        f"{incident}: withdrawn, the score decides",
        by,
        json,
    )


def _state(
    event: Callable[[Services, str], RawEvent], said: dict[str, object], text: str, by: str, json: bool
) -> None:
    from fairlead.cli import home
    from fairlead.cli.acting import speaks
    from fairlead.cli.output import show_json

    with home.services() as services:
        if home.server_socket() is None:
            services.apply()
        who = speaks(services, by)
        services.log.append([event(services, who)])
        if home.server_socket() is None:
            services.catch_up()
    if json:
        show_json({**said, "by": who})
    else:
        typer.echo(text)
