"""Which home, settings and moment a command works with, and who answers: the running server or this process."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fairlead.model.errors import Abort

if TYPE_CHECKING:
    from fairlead.config.load import Loaded
    from fairlead.model.times import Clock
    from fairlead.wiring.services import Services


@dataclass
class _Choice:
    config: Path | None = None
    demo: bool = False
    as_of: str = ""
    """The moment that counts as now: of `--as-of`, or up to which the demo is told."""
    then: str = ""
    """The moment of `--as-of` alone: records that came later are not told."""


_choice = _Choice()


def choose(config: Path | None, demo: bool, as_of: str) -> None:
    """Keeps the options that stand before the command."""
    _choice.config, _choice.demo, _choice.as_of, _choice.then = config, demo, as_of, as_of


def use_settings(config: Path) -> None:
    """The rest of this command reads another file, as if it had been named by `--config`."""
    _choice.config = config


def use_demo(as_of: str) -> None:
    """The rest of this command works on the demo's home."""
    _choice.demo = True
    _choice.as_of = as_of or _choice.as_of


def demo_moment() -> datetime:
    """The moment up to which the demo is told: the one asked for, else now."""
    from fairlead.model.times import SystemClock

    return _asked_moment(_choice.as_of) or SystemClock().now()


def folder() -> Path:
    """The home folder."""
    from fairlead.config.load import home_folder

    # Apart from the team's own home: a demo that could be loaded over real data would be a trap.
    if not _choice.demo:
        return home_folder(os.environ)
    if given := os.environ.get("FAIRLEAD_DEMO_HOME"):
        return Path(given).expanduser().absolute()
    return home_folder(os.environ).with_name(home_folder(os.environ).name + "-demo")


def settings_file() -> Path | None:
    """The settings file that holds here; the demo has its own in its home."""
    from fairlead.config.load import FILE_NAME, find_file

    if _choice.config:
        return _choice.config
    # Never a file upwards of here: the demo must look the same in whatever folder it is asked.
    if _choice.demo:
        own = folder() / FILE_NAME
        return own if own.is_file() else None
    return find_file(Path.cwd(), folder())


def loaded(tools: Collection[str] = (), reports: Collection[str] = (), figures: Collection[str] = ()) -> Loaded:
    """Settings of the file that holds here; with names of what they may name an unknown one is a fault too."""
    from fairlead.config.load import load

    return load(settings_file(), tools=tools, reports=reports, figures=figures)


def clock() -> Clock:
    """The machine's clock, or the moment of `--as-of`, or the one that the demo was told for."""
    from fairlead.model.times import PretendedClock, SystemClock

    moment = _asked_moment(_choice.as_of) or _story_end()
    return PretendedClock(moment) if moment else SystemClock()


def _story_end() -> datetime | None:
    """The demo's present: with the machine's clock all of its waits would grow from day to day."""
    marker = folder() / "as-of"
    if not _choice.demo or not marker.is_file():
        return None
    return _asked_moment(marker.read_text(encoding="utf-8").strip())


def _then() -> datetime | None:
    """The moment of `--as-of` if that is past: nothing is later than the present, so nothing has to be taken back."""
    from fairlead.model.times import SystemClock

    moment = _asked_moment(_choice.then)
    return moment if moment and moment < (_story_end() or SystemClock().now()) else None


def _asked_moment(text: str) -> datetime | None:
    from fairlead.model.times import parse_time

    try:
        return parse_time(text)
    except ValueError as fault:
        raise Abort(f"not a time: {text}", hint="write it like 2026-10-14T09:00Z") from fault


@contextmanager
def services() -> Iterator[Services]:
    """The services of the chosen home, closed afterwards."""
    from fairlead.wiring.services import Services

    if _choice.demo and not (folder() / "as-of").is_file():
        raise Abort("the demo is not loaded", hint="fairlead demo --no-serve")
    # Asked anew by each command: a server may have been started or killed since the last one.
    with Services(loaded(), folder(), clock(), apart=server_socket() is not None, then=_then()) as opened:
        yield opened


def asks_for_then() -> bool:
    """Whether `--as-of` names a moment: a server answers for its own."""
    return bool(_choice.as_of)


def address(services: Services) -> str:
    """Where a browser reaches the pages: as configured, else as the server that runs here says."""
    server = services.settings.server
    if server.public_url:
        return server.public_url.rstrip("/")
    told = folder() / "fairlead.address"
    # Port 0 takes any: only the server knows which it got.
    if server_socket() and told.is_file():
        return told.read_text(encoding="utf-8").strip()
    return f"http://localhost:{server.port}"


def server_socket() -> Path | None:
    """The socket of a server that runs on this home and answers."""
    import socket

    path = folder() / "fairlead.sock"
    if not path.exists():
        return None
    # The file alone says nothing: a server that was killed leaves it behind.
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        probe.settimeout(1.0)
        probe.connect(str(path))
    except OSError:
        return None
    else:
        return path
    finally:
        probe.close()
