"""Load a canned team, print its brief and serve its pages.

Example: fairlead demo --no-serve
"""

from __future__ import annotations

from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead demo --no-serve")
def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the pages after the brief.")] = True,
    as_of: Annotated[str, typer.Option(help="Tell the story up to this moment, like 2026-10-14T09:00Z.")] = "",
    seed: Annotated[int, typer.Option(help="Another seed tells other everyday work.")] = 7,
    keep: Annotated[bool, typer.Option("--keep", help="Use the demo's home as it is.")] = False,
    json: Annotated[bool, typer.Option("--json", help="The brief as JSON.")] = False,
) -> None:
    """Tell ninety days of a fictional company through the real connectors, in a home of its own."""
    from fairlead.cli import home

    # Whatever else is configured: the demo never touches the home or the settings of the team.
    home.use_demo(as_of)
    if not (keep and (home.folder() / "as-of").is_file()):
        _make(seed, json)
    _brief(json)
    if serve:
        from fairlead.cli.serving import serve as run

        with home.services() as services:
            run(services)


def _make(seed: int, quiet: bool) -> None:
    import time

    from fairlead.cli import home
    from fairlead.cli.output import say
    from fairlead.cli.progress import ProgressLine
    from fairlead.model.errors import Abort
    from fairlead.wiring.demo.home import make_home

    # Its files are about to be cleared away under it.
    if home.server_socket():
        raise Abort("a server runs on the demo's home", hint="stop it, or look with `fairlead --demo brief`")
    began = time.monotonic()
    with ProgressLine(quiet=quiet) as line:
        history = make_home(home.folder(), home.demo_moment(), seed, line.report)
    if not quiet:
        say(f"{len(history.deliveries)} events of a canned team in {time.monotonic() - began:.1f} s: {home.folder()}")


def _brief(json: bool) -> None:
    from fairlead.cli.asking import ask
    from fairlead.cli.output import terminal_words

    ask("brief", {"form": "json" if json else "terminal", **terminal_words()})
