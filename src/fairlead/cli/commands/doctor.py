"""Check everything that the configuration names, and say what to type.

Example: fairlead doctor
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from fairlead.connectors.kit.connector import Finding
    from fairlead.wiring.services import Services

APP = typer.Typer(rich_markup_mode=None, add_completion=False)
_SIGNS = {True: "ok     ", False: "fault  ", None: "note   "}


@APP.command(epilog="Example: fairlead doctor --json")
def doctor(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Check settings, home, store and every source; exit code 1 if something is wrong."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.wiring.checkup import checkup
    from fairlead.wiring.unseen import unseen

    faulty = False
    shown = []
    with home.services() as services:
        # Shown one by one: a source that does not answer takes half a minute, and silence looks like a hang.
        for finding in chain(checkup(services), unseen(services), _by_rows(services)):
            faulty = faulty or finding.ok is False
            if json:
                shown.append({name: getattr(finding, name) for name in ("what", "ok", "detail", "remedy")})
                continue
            typer.echo(f"{_SIGNS[finding.ok]}{finding.what}: {finding.detail}")
            if finding.remedy:
                typer.echo(f"         type: {finding.remedy.replace(chr(10), chr(10) + ' ' * 15)}")
    if json:
        show_json({"ok": not faulty, "findings": shown})
    raise typer.Exit(1 if faulty else 0)


def _by_rows(services: Services) -> Iterator[Finding]:
    """What only the warehouse tells: when sources were heard of, and what counts as long as nobody states it."""
    from fairlead.cli import asking
    from fairlead.connectors.kit.connector import Finding
    from fairlead.metrics.proposals import proposals
    from fairlead.model.errors import Fault
    from fairlead.wiring.standing import standing
    from fairlead.wiring.unseen import HEARD, heard

    def rows(query: str) -> Sequence[Mapping[str, Any]]:
        return asking.rows(services, query)

    try:
        # Without data every proposal would be a guess.
        if not services.log.latest():
            return
        yield from heard(services, rows(HEARD))
        yield from standing(services, rows)
        for proposal in proposals(rows, services.setup):
            remedy = proposal.lines and f"to state it, add to fairlead.toml\n{proposal.lines}"
            yield Finding(f"what counts: {proposal.section}", None, proposal.seen, remedy)
    except Fault as fault:
        yield Finding("what counts", None, fault.message, fault.hint)
