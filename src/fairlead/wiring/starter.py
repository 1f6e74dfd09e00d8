"""The first `fairlead.toml` of a team: what was asked, and the defaults worth knowing as comments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import tomlkit
from tomlkit import TOMLDocument, comment, document, inline_table, nl, table

from fairlead.wiring.starting_tools import Connected, section

SCHEMA_NAME = "fairlead.schema.json"
"""File beside the settings by which editors check them."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What `fairlead init` was told."""

    organisation: str
    time_zone: str
    language: str = "en"
    github: tuple[str, ...] = ()
    """`owner` or `owner/repository`."""
    token_variable: str = "GITHUB_TOKEN"  # noqa: S105 - the name of a variable
    webhook_variable: str = ""
    git_paths: tuple[str, ...] = ()
    others: tuple[Connected, ...] = ()
    """GitLab, Jira, PagerDuty."""
    teams: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Team key -> handles or addresses of its members."""


def github_name(text: str) -> str:
    """Owner or repository as people write or paste it; empty if it is none.

    >>> [github_name(text) for text in ("https://github.com/acme/", "acme/payments.git", "acme corp")]
    ['acme', 'acme/payments', '']
    """
    name = re.sub(r"^(https?://[^/]+/|git@[^:]+:)", "", text.strip()).removesuffix("/").removesuffix(".git")
    return name if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*(/[A-Za-z0-9._-]+)?", name) else ""


def starter(answers: Answers) -> str:
    """The text of the file."""
    file = document()
    file.add(comment("Fairlead reads this file at start. `fairlead doctor` checks all that it names."))
    file.add(comment("Every key: docs/configuration.md. Secrets stand elsewhere: { env = ... } or { file = ... }."))
    file.add(nl())
    organisation = table()
    organisation.update({"name": answers.organisation, "time_zone": answers.time_zone, "language": answers.language})
    file["organisation"] = organisation
    # without a header of its own: `[sources.github]` says it all
    sources = table(is_super_table=True)
    if answers.github:
        sources["github"] = _github(answers)
    for one in answers.others:
        sources[one.tool] = section(one)
    for path in answers.git_paths:
        sources[_source_name(path, sources)] = _git(path)
    if sources:
        file["sources"] = sources
    _teams(file, answers)
    _hints(file)
    # The first line is where editors that know TOML look, and no space stands in that comment.
    return f"#:schema ./{SCHEMA_NAME}\n{tomlkit.dumps(file)}"


def _github(answers: Answers) -> tomlkit.items.Table:
    github = table()
    github["tool"] = "github"
    # Owners and repositories are asked in one question and stand under two keys.
    if owners := [name for name in answers.github if "/" not in name]:
        github["organisations"] = owners
    if repositories := [name for name in answers.github if "/" in name]:
        github["repositories"] = repositories
    github["token"] = _from_environment(answers.token_variable)
    if answers.webhook_variable:
        github["webhook_secrets"] = [_from_environment(answers.webhook_variable)]
    return github


def _git(path: str) -> tomlkit.items.Table:
    git = table()
    git["tool"] = "git"
    git["paths"] = [path]
    return git


def _source_name(path: str, taken: tomlkit.items.Table) -> str:
    stem = "".join(letter if letter.isalnum() else "-" for letter in Path(path).resolve().name.lower()).strip("-")
    name = f"git-{stem}" if stem else "git"
    # Two repositories may share a folder's name; the source's name starts the ids, so it must be their own.
    while name in taken:
        name += "-2"
    return name


def _from_environment(variable: str) -> tomlkit.items.InlineTable:
    place = inline_table()
    place["env"] = variable
    return place


def _teams(file: TOMLDocument, answers: Answers) -> None:
    if not answers.teams:
        return
    teams = table(is_super_table=True)
    for key, members in answers.teams.items():
        team = table()
        team["name"] = key.replace("-", " ").capitalize()
        team["members"] = list(members)
        teams[key] = team
    file["teams"] = teams


def _hints(file: TOMLDocument) -> None:
    # As comments: what is stated wins over what is seen, and a guess of ours would hide that the team's data differ.
    file.add(nl())
    for line in (
        "Teams make figures and briefs of their own:",
        "[teams.payments]",
        'members = ["kim", "ana@acme.example"]',
        'repositories = ["github:acme/pay*"]',
        "",
        "What counts is proposed from the data seen: `fairlead doctor` and the Data page show it. To state it:",
        "[deployments]",
        'sources = ["deployment"]          # or workflow, release, tag, merge, cdevents, records',
        "[environments]",
        'production = ["prod*", "live"]',
        "[incidents]",
        'labels = ["incident", "outage"]',
        "[services.payments-api]",
        'repository = "github:acme/payments"',
        'paths = ["api/**"]',
    ):
        file.add(comment(line))
