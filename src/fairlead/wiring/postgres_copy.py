"""Calls PostgreSQL's own tools to copy a database out and in; they know its every type, we would not."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from fairlead.model.errors import Abort


def dump(url: str, target: Path) -> None:
    """Writes one consistent copy of the database, also while servers write to it."""
    _run(url, "pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def fill(url: str, source: Path, *, force: bool) -> None:
    """Fills a database, all or nothing; what it holds already is replaced only by force."""
    replace = ("--clean", "--if-exists") if force else ()
    try:
        _run(url, "pg_restore", "--no-owner", "--single-transaction", "--exit-on-error", *replace, str(source))
    except Abort as fault:
        if force or "already exists" not in fault.message:
            raise
        raise Abort(
            "the database of [store] url holds tables already", hint="name an empty one, or add --force"
        ) from fault


def without_password(url: str) -> tuple[str, str]:
    """The address as libpq reads it without its password, and the password.

    >>> without_password("postgresql+psycopg://kim:p%40ss@db.example:5433/fairlead?sslmode=require")
    ('postgresql://kim@db.example:5433/fairlead?sslmode=require', 'p@ss')
    """
    parts = urlsplit(url)
    login, at, place = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    password = options.pop("password", unquote(password))
    # quote_via keeps `%20`: libpq takes a plus for a plus.
    query = urlencode(options, safe="/", quote_via=lambda text, safe, *_: _quoted(text, safe))
    return parts._replace(scheme="postgresql", netloc=user + at + place, query=query).geturl(), password


def _quoted(text: str, safe: str) -> str:
    from urllib.parse import quote

    return quote(text, safe=safe)


def _run(url: str, *command: str) -> None:
    if not shutil.which(command[0]):
        raise Abort(f"{command[0]} is not installed", hint="install the PostgreSQL client, of the server's version")
    address, password = without_password(url)
    # By the environment: every user of the machine reads a command line.
    environ = os.environ | ({"PGPASSWORD": password} if password else {})
    done = subprocess.run(
        [*command, f"--dbname={address}"], capture_output=True, text=True, check=False, env=environ, errors="replace"
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Abort(f"{command[0]} failed: {said[0] if said else f'exit code {done.returncode}'}")
