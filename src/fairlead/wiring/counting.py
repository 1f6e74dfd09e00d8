"""Own counts of the snapshot, tried before anything asks for them: a typing error would else show once a day."""

from __future__ import annotations

from fairlead.config.load import Loaded
from fairlead.metrics.counts import tried
from fairlead.model.errors import ConfigFaults


def check_counts(loaded: Loaded) -> None:
    """Raises `ConfigFaults` with each count whose SQL cannot work, at its line."""
    settings = loaded.settings
    found = tried({key: one.sql for key, one in settings.snapshot.queries.items()}, settings.setup())
    if faults := [loaded.fault(("snapshot", "queries", key, "sql"), said) for key, said in found]:
        raise ConfigFaults(faults)
