"""A workflow with `actions/stale`: what nobody touched for so many days, without the closing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.signals.importing.translated import Translated, listed, quoted, table

_KINDS = {"pr": ("change", "change"), "issue": ("work_item", "issue")}
_SHARED = ("days-before-{}stale", "stale-{}message", "stale-{}label", "exempt-{}labels", "only-{}labels",
           "any-of-{}labels")  # fmt: skip
_USUAL_DAYS = 60
_KNOWN = {form.format(kind) for form in _SHARED for kind in ("", "pr-", "issue-")} | {"exempt-draft-pr", "repo-token"}


def steps(said: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The steps of a workflow that use it."""
    for job in table(said.get("jobs")).values():
        for step in table(job).get("steps") or ():
            if str(table(step).get("uses", "")).startswith("actions/stale"):
                yield step


def translate(said: Mapping[str, Any]) -> Translated:
    """A rule for changes and one for issues of each step."""
    made = Translated()
    for step in steps(said):
        given = table(step.get("with"))
        for kind in _KINDS:
            _kind(made, given, kind)
        for name in given:
            if name in _KNOWN:
                continue
            closing = "close" in name or "delete" in name
            made.leave(name, "Fairlead closes nothing by itself" if closing else "no counterpart")
    return made


def _kind(made: Translated, given: Mapping[str, Any], kind: str) -> None:
    def option(form: str) -> Any:
        own = given.get(form.format(f"{kind}-"))
        return own if own not in (None, "") else given.get(form.format(""))

    subject, called = _KINDS[kind]
    days = option("days-before-{}stale")
    days = _USUAL_DAYS if days in (None, "") else days
    if not str(days).isdigit():
        made.leave(f"days-before-{kind}-stale: {days}", "none of these are looked at")
        return
    where = [f"time_since(updated_at) > {days}d"]
    if kind == "issue":
        where.append("repository is known")
    where += [f"has(labels, {quoted(label)})" for label in listed(option("only-{}labels"))]
    if some := listed(option("any-of-{}labels")):
        where.append(f"has(labels, {', '.join(map(quoted, some))})")
    unless = (
        [f"has(labels, {', '.join(map(quoted, spared))})"] if (spared := listed(option("exempt-{}labels"))) else []
    )
    if kind == "pr" and str(given.get("exempt-draft-pr", "")).lower() == "true":
        unless.append("why = 'draft'")
    message = str(option("stale-{}message") or "")
    label = str(option("stale-{}label") or "Stale")
    propose = (
        {"kind": "comment", "subject": "{id}", "body": message.replace("{", "(").replace("}", ")")}
        if message else {"kind": "label", "subject": "{id}", "add": [label]}
    )  # fmt: skip
    made.add(f"stale-{called}", f"Was not touched for {days} days", subject, where, unless=unless,
             then={"propose": propose})  # fmt: skip
