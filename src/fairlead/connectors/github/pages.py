"""Pages of the API: which reader takes which path."""

from __future__ import annotations

from fairlead.connectors.kit.connector import Delivery, Options, Reading


def read_page(delivery: Delivery, options: Options) -> Reading:
    """Page."""
    raise NotImplementedError
