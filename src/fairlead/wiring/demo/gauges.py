"""The company's Prometheus: three objectives; requests fail while PagerDuty holds an incident of the service."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from fairlead.connectors.kit.connector import Options
from fairlead.connectors.prometheus.connector import CONNECTOR
from fairlead.connectors.prometheus.fake import Curve, FakePrometheus
from fairlead.model.raw import RawEvent
from fairlead.model.times import parse_time
from fairlead.wiring.demo.clock import StoryClock, at
from fairlead.wiring.demo.heard import Span, synced
from fairlead.wiring.demo.pager import Pager

SOURCE = "prometheus"
SITE = "https://prometheus.brightwater.example"
DAYS = 14
"""Of 90 days of samples nobody would see more, and everybody would wait for them."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """One objective and what is measured for it."""

    key: str
    name: str
    service: str
    objective: float
    failing: float
    """Share that fails while an incident of the service is open."""
    ratio: bool = False
    """Measured by a share of errors instead of good and total."""


GAUGES = (
    Gauge("payments-api", "Payments API answers", "payments-api", 0.999, 0.08),
    Gauge("web", "Web shop answers", "web", 0.995, 0.2),
    Gauge("ledger", "Bank files are taken in", "ledger", 0.995, 0.4, ratio=True),
)
_USUAL = 0.0002
"""Share that fails on any day."""
_SILENT = at(-3, "01:00"), at(-3, "07:00")
"""While its exporter was down the web shop was measured by nobody."""


class Gauges:
    """Answers like the Prometheus of the company."""

    def __init__(self, clock: StoryClock, pager: Pager) -> None:
        self._span = clock.end - timedelta(days=DAYS), clock.end
        self._pager = pager
        self.server = FakePrometheus(now=lambda: clock.end)
        self._silent = tuple(clock.real(moment).timestamp() for moment in _SILENT)
        for gauge in GAUGES:
            self._teach(gauge)

    def _teach(self, gauge: Gauge) -> None:
        share = self._failing(gauge)
        if gauge.ratio:
            self.server.teach(_asked(gauge)["error_ratio"].replace("$step", "5m"), share)
            return

        def total(moment: float) -> float | None:
            first, last = self._silent
            silent = gauge.key == "web" and first <= moment < last
            # more by day than by night, as people buy tickets
            return None if silent else round(2000 + 1500 * math.sin(moment / 86_400 * 2 * math.pi))

        def good(moment: float) -> float | None:
            all_of_it = total(moment)
            return None if all_of_it is None else round(all_of_it * (1 - (share(moment) or 0.0)))

        queries = _asked(gauge)
        self.server.teach(queries["good"].replace("$step", "5m"), good)
        self.server.teach(queries["total"].replace("$step", "5m"), total)

    def _failing(self, gauge: Gauge) -> Curve:
        troubled = [
            (_moment(one["created_at"]), _moment(one["last_status_change_at"]))
            for one in self._pager.duty.incidents
            if self._pager.options().get(one["service"]["id"]) == gauge.service
        ]

        def share(moment: float) -> float:
            return gauge.failing if any(start < moment <= end for start, end in troubled) else _USUAL

        return share

    def pages(self) -> list[RawEvent]:
        """What a sync of two weeks reads."""
        settings = {"slos": {gauge.key: {**_asked(gauge), "step_minutes": 5} for gauge in GAUGES}}
        span: Span = self._span
        return synced(CONNECTOR, Options(SOURCE), self.server, SITE, {}, span, settings)


def gauges_setup() -> str:
    """Source and objectives as TOML."""
    # without an address: what it told is in the log, and nothing answers there whom `doctor` could ask
    parts = [f'[sources.{SOURCE}]\ntool = "prometheus"\nevery_minutes = 0\n']
    for gauge in GAUGES:
        queries = "".join(f"{name} = '{query}'\n" for name, query in _asked(gauge).items())
        parts.append(
            f'[slos.{gauge.key}]\nname = "{gauge.name}"\nservice = "{gauge.service}"\nsource = "{SOURCE}"\n'
            f"objective = {gauge.objective}\nwindow_days = {DAYS}\n{queries}"
        )
    return "\n".join(parts)


def _asked(gauge: Gauge) -> Mapping[str, str]:
    if gauge.ratio:
        return MappingProxyType({"error_ratio": f'1 - avg_over_time(probe_success{{job="{gauge.key}"}}[$step])'})
    served = f'http_requests_total{{job="{gauge.key}"'
    return MappingProxyType(
        {"good": f'sum(increase({served},code!~"5.."}}[$step]))', "total": f"sum(increase({served}}}[$step]))"}
    )


def _moment(said: str) -> float:
    found: datetime | None = parse_time(said)
    assert found is not None
    return found.timestamp()
