"""Asks a verb: of the server that holds the home, else in this process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from fairlead.cli import home
from fairlead.cli.output import show, terminal_words
from fairlead.model.errors import Abort

if TYPE_CHECKING:
    from fairlead.wiring.services import Services

Language = Annotated[Literal["en", "de"] | None, typer.Option(help="en or de; else the organisation's.")]
"""Checked by the command line, so that a language that we do not speak is a wrong call and lists those we do."""

Team = Annotated[str, typer.Option(help="Only this team, by key.")]
By = Annotated[
    str, typer.Option("--by", help="For whom the operator enters it, by person id; a token speaks for its own alone.")
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, each claim with its evidence.")]
AsMarkdown = Annotated[bool, typer.Option("--md", help="As Markdown.")]
AsHtml = Annotated[bool, typer.Option("--html", help="As one HTML page.")]
"""What every report can be asked: a report's own command adds only what is its own."""

SOCKET_PATH = "/local/verbs/"
"""Where the server answers verbs; on its socket only, never on the network."""


def ask(verb: str, words: Mapping[str, str | None]) -> int:
    """Shows the answer and gives its exit code."""
    text, code = answer(verb, words)
    show(text)
    return code


def answer(verb: str, words: Mapping[str, str | None]) -> tuple[str, int]:
    """The answer as text, and its exit code."""
    said = {key: value for key, value in words.items() if value}
    # A server answers for its own moment alone; another one is asked of the same store in this process.
    if (socket := home.server_socket()) and not home.asks_for_then():
        return _ask_server(str(socket), verb, said)
    return _ask_here(verb, said)


def tell(verb: str, words: Mapping[str, str | None], *, json: bool, md: bool = False, html: bool = False) -> NoReturn:
    """Shows a report in the form that was asked for, in the terminal's width if in none, and ends the command."""
    form = "json" if json else "md" if md else "html" if html else "terminal"
    raise typer.Exit(ask(verb, {**words, "form": form, **terminal_words()}))


def rows(services: Services, query: str) -> list[dict[str, Any]]:
    """A query of our own, of the server that holds the home's warehouse, else of the warehouse here."""
    import msgspec

    # The server holds the warehouse's file, and DuckDB lets in nobody beside it.
    if socket := home.server_socket():
        text, _ = _ask_server(str(socket), "sql", {"query": query, "form": "json"})
        return msgspec.json.decode(text, type=list[dict[str, Any]])
    services.warehouse.refresh()
    return services.warehouse.rows(query)


def _ask_server(socket: str, verb: str, words: Mapping[str, str]) -> tuple[str, int]:
    import httpx

    # Two minutes: the first question after an upgrade may wait until all marts are made anew.
    with httpx.Client(transport=httpx.HTTPTransport(uds=socket), base_url="http://fairlead", timeout=120) as client:
        answer = client.post(SOCKET_PATH + verb, json=dict(words))
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        problem = answer.json()
        raise Abort(problem.get("title", "the server could not answer"), problem.get("hint", ""))
    # What is left is a fault of ours, and a traceback is the right thing to see of it.
    answer.raise_for_status()
    return answer.text, int(answer.headers.get("x-exit-code", "0"))


def _ask_here(verb: str, words: Mapping[str, str]) -> tuple[str, int]:
    from fairlead.wiring import verbs

    with home.services() as services:
        services.look()
        reply = verbs.ask(services, verb, words)
    return reply.text, reply.exit_code
