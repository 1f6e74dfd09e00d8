"""Pages made from the catalogue and the schema files: `docs/metrics.md` and `docs/marts.md`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fairlead.metrics.catalogue import Entry
from fairlead.metrics.marts import Mart

_MADE = "<!-- Made by `python -m fairlead.metrics.reference`; a test says when it is out of date. -->"


def metrics_page(entries: Mapping[str, Entry]) -> str:
    """Every figure with its definition, source, caveats and SQL."""
    lines = ["# Figures", "", _MADE, "", _METRICS_HEAD, ""]
    for group in dict.fromkeys(entry.group for entry in entries.values()):
        lines += [f"## Group `{group}`", ""]
        for entry in entries.values():
            if entry.group == group:
                lines += _figure(entry)
    return "\n".join(lines).rstrip() + "\n"


_METRICS_HEAD = """A figure is defined once, here, and every page, report and answer uses it.
`fairlead metrics NAME` prints it with its number of rows, what was left out and why, freshness, and the query that
gives its rows. Percentiles interpolate. What cannot be known is empty and counted with its reason, never zero.
`--compatible devlake` computes the DORA figures by Apache DevLake's published rules. Your own YAML file of the same
shape adds figures, or replaces one by its name."""


def _figure(entry: Entry) -> Iterator[str]:
    yield from (f"### {entry.title.en} (`{entry.name}`)", "", entry.definition.en, "")
    yield f"- unit: {entry.unit}; better: {entry.direction}; version: {entry.version}; trend by {entry.grain}"
    yield f"- source: {entry.source}"
    if entry.mark:
        yield f"- usual mark: {entry.mark.en}"
    yield f"- can be limited by: {', '.join(entry.segments)}"
    if entry.guardrail:
        yield f"- read it beside: `{entry.guardrail}`"
    if entry.parts:
        yield f"- parts: {', '.join(f'`{part}`' for part in entry.parts)}"
    if entry.people:
        yield "- tells of people: suppressed for groups smaller than `[privacy] minimum_group`"
    if entry.doubts:
        yield f"- counts in a note: {', '.join(f'`{holds}`' for holds in entry.doubts.values())}"
    for caveat in entry.caveats:
        yield f"- mind: {caveat.en}"
    rows = (entry.shown or entry.rows).strip()
    yield from ("", f"Value: `{entry.value}` over `value` of these rows:", "", "```sql", rows, "```", "")
    for key, select in entry.rows_by.items():
        yield from (f"Limited by {key}, of these:", "", "```sql", select.strip(), "```", "")


def marts_page(found: Mapping[str, Mart]) -> str:
    """Every mart with its columns."""
    lines = ["# Marts", "", _MADE, "", _MARTS_HEAD, ""]
    for mart in sorted(found.values(), key=lambda mart: mart.name):
        if mart.public:
            lines += [f"## {mart.name}", "", mart.doc, "", "| column | meaning |", "|---|---|"]
            for column in mart.columns:
                lines.append(f"| `{column.name}` | {column.doc}{' *Owner only.*' if column.person else ''} |")
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


_MARTS_HEAD = """Tables that Fairlead makes from the records, for `fairlead sql "select ..."` beside the tables of
[records.md](records.md). Times are UTC without zone, lengths of time are seconds. The models are a dbt project,
`src/fairlead/metrics/models`. Quote the column `"at"`: DuckDB has the word for itself.

Our own executor runs them. dbt 1.11 on DuckDB builds the same tables from the same folder, row by row
(`FAIRLEAD_DBT=path/to/dbt .venv/bin/pytest -m servers tests/metrics/test_dbt_parity.py`). They have not been run by
dbt on PostgreSQL: some use words that only DuckDB has."""


def main() -> None:
    """Writes both pages into `docs/`."""
    from pathlib import Path

    from fairlead.metrics.catalogue import load
    from fairlead.metrics.marts import marts

    Path("docs/metrics.md").write_text(metrics_page(load()), encoding="utf-8")
    Path("docs/marts.md").write_text(marts_page(marts()), encoding="utf-8")


if __name__ == "__main__":
    main()
