"""What is written is true: commands exist, links lead somewhere, made pages are current, nothing is left out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from fairlead.cli.generated import pages
from fairlead.cli.main import APP, Commands
from fairlead.config.load import load
from fairlead.config.settings import Settings
from fairlead.gateway.api.app import create_api
from fairlead.metrics.catalogue import load as catalogue
from fairlead.metrics.marts import marts
from fairlead.ui.registry import pages as ui_pages
from fairlead.wiring.services import Services

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_FENCE = re.compile(r"^ *```.*?$(.*?)^ *```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?((?:fairlead|make)\s.*)$")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(<?([^)>\s]+)>?\)")
_MADE = (
    "configuration.md", "records.md", "metrics.md", "marts.md", "demo.md", "rules.md", "policy.md", "commands.md",
    "connectors/README.md", "acts.md",
)  # fmt: skip


def shown_commands() -> Iterator[tuple[str, str]]:
    """Page and line of each command in a fenced block."""
    for path in PAGES:
        for block in _FENCE.findall(path.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                if found := _COMMAND.match(line):
                    yield path.name, found[1]


def written(words: list[str]) -> list[str]:
    """The words of one command: what follows a pipe, a semicolon or a redirection is another's."""
    ends = [index for index, word in enumerate(words) if word in ("|", ">", ">>", "&&", ";", "||", "&")]
    return words[: ends[0]] if ends else words


def refuse(command: Any, words: list[str], line: str) -> None:
    """Walks a command line through the real parsers; raises where a command or an option is unknown."""
    options = {name: option for option in command.params for name in (*option.opts, *option.secondary_opts)}
    rest = iter(words)
    for word in rest:
        if word.startswith("-"):
            name, equals, _ = word.partition("=")
            assert name in options or name in ("-h", "--help"), f"no option {name}: {line}"
            if name in options and not equals and not getattr(options[name], "is_flag", False):
                next(rest, None)
        elif isinstance(command, Commands) or getattr(command, "commands", None):
            child = command.get_command(None, word)
            assert child is not None, f"no command {word}: {line}"
            refuse(child, list(rest), line)
            return
        else:
            assert [each for each in command.params if each.param_type_name == "argument"], (
                f"no argument {word}: {line}"
            )


@pytest.mark.parametrize(("page", "line"), list(shown_commands()))
def test_each_command_shown_exists(page: str, line: str) -> None:
    # a gloss stands apart by at least three spaces
    program, *words = written(shlex.split(re.split(r"\s{3,}", line)[0], comments=True))
    if program == "make":
        targets = re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert not [word for word in words if "=" not in word and word not in targets], f"{page}: {line}"
    else:
        refuse(typer.main.get_command(APP), words, f"{page}: {line}")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_each_link_leads_somewhere(path: Path) -> None:
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), f"{path.name}: {target}"
        assert not anchor or anchor in anchors(found), f"{path.name}: {target}"


def anchors(path: Path) -> set[str]:
    """Headings as code hosts make addresses of them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_made_pages_are_current() -> None:
    made = pages()
    assert {name for name in made if name.endswith(".md")} == set(_MADE)
    stale = [name for name, text in made.items() if (ROOT / "docs" / name).read_text(encoding="utf-8") != text]
    assert not stale, "run `make docs`"


def test_each_page_of_docs_is_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    new = [ROOT / "README.md"]
    while new:
        page = new.pop()
        if page in seen or page.suffix != ".md" or not page.is_file():
            continue
        seen.add(page)
        for target in _LINK.findall(page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                found = (page.parent / target.partition("#")[0]).resolve()
                new += sorted(found.glob("*.md")) if found.is_dir() else [found]
    assert not sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md") if page not in seen)


def all_docs() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in PAGES)


def test_everything_there_is_is_described() -> None:
    text = all_docs()
    missing = [f"figure {name}" for name in catalogue() if f"`{name}`" not in text]
    missing += [f"mart {mart.name}" for mart in marts().values() if mart.public and f"## {mart.name}\n" not in text]
    missing += [
        f"command {name}" for name in Commands(name="fairlead").list_commands(None) if f"## {name}" not in text
    ]
    missing += [f"section {name}" for name in Settings.__struct_fields__ if f"## [{name}" not in text]
    web = (ROOT / "docs" / "web.md").read_text(encoding="utf-8")
    for page in ui_pages():
        first = "/" + page.path.strip("/").partition("/")[0]
        if not page.development and f"`{first}" not in web:
            missing.append(f"page {page.path}")
    assert not missing


def test_each_route_of_the_api_is_described(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    with Services(load(None, {}), tmp_path / "home", environ={}) as services:
        api: Any = create_api(services, None)  # type: ignore[arg-type]
        routes = sorted(api.openapi()["paths"])
    assert routes
    assert not [route for route in routes if re.sub(r"/\{[^/]*\}", "", route) not in text]
