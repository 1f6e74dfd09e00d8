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
    "silent": ("silent sources: {}", "stumme Quellen: {}"),
    "by_devlake_rules": (
        "by the published rules of Apache DevLake",
        "nach den veröffentlichten Regeln von Apache DevLake",
    ),
    "devlake_band": ("Apache DevLake's band ({}): {}", "Stufe von Apache DevLake ({}): {}"),
    "median_per_month": ("days per month, median: {}", "Tage je Monat, Median: {}"),
}


def note(key: str, language: str, *values: object) -> str:
    """One sentence in a language."""
    english, german = _NOTES[key]
    return (german if language == "de" else english).format(*values)
