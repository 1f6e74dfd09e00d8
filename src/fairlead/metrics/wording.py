"""The few sentences that a figure says of itself, in both languages."""

from __future__ import annotations

_NOTES: dict[str, tuple[str, str]] = {
    "partial_left_out": ("left out as incomplete: {}", "als unvollständig weggelassen: {}"),
    "no_data_before": ("no data before {}", "keine Daten vor {}"),
    "too_little_data_one": (
        "too little data: 1 row, at least {1} are wanted",
        "zu wenig Daten: 1 Zeile, mindestens {1} sind gewünscht",
    ),
    "too_little_data": (
        "too little data: {} rows, at least {} are wanted",
        "zu wenig Daten: {} Zeilen, mindestens {} sind gewünscht",
    ),
    "gaps_one": (
        "1 item has gaps in its history: its start and time at work are as good as what is left of that",
        "1 Vorgang hat Lücken im Verlauf: Beginn und Arbeitszeit sind so gut wie das, was davon da ist",
    ),
    "gaps": (
        "{} items have gaps in their history: their start and time at work are as good as what is left of that",
        "{} Vorgänge haben Lücken im Verlauf: Beginn und Arbeitszeit sind so gut wie das, was davon da ist",
    ),
    "unknown_statuses_one": (
        "1 item stood in a status that no source explains, as one that was deleted: that time counts as no work",
        "1 Vorgang stand in einem unbekannten Status, etwa einem gelöschten: Diese Zeit zählt nicht als Arbeit",
    ),
    "unknown_statuses": (
        "{} items stood in a status that no source explains, as one that was deleted: that time counts as no work",
        "{} Vorgänge standen in einem unbekannten Status, etwa einem gelöschten: Diese Zeit zählt nicht als Arbeit",
    ),
    "silent": ("silent sources: {}", "stumme Quellen: {}"),
    "by_devlake_rules": (
        "by the published rules of Apache DevLake",
        "nach den veröffentlichten Regeln von Apache DevLake",
    ),
    "devlake_band": ("Apache DevLake's band ({}): {}", "Stufe von Apache DevLake ({}): {}"),
    "median_per_month": ("days per month, median: {}", "Tage je Monat, Median: {}"),
}


def counted_note(key: str, language: str, n: int) -> str:
    """A sentence that is another for one than for several."""
    return note(f"{key}_one" if n == 1 else key, language, n)


def note(key: str, language: str, *values: object) -> str:
    """One sentence in a language."""
    english, german = _NOTES[key]
    return (german if language == "de" else english).format(*values)
