"""An export: a folder that somebody verifies without us, with the one file that does it.

Entries are lines of exactly the bytes that were hashed. The trailer is signed and says how many there are, their root
and the hash of every file, so that nothing can be cut off unnoticed.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from fairlead.governance.ledger import verify
from fairlead.governance.ledger.keys import Signer
from fairlead.governance.ledger.notes import Note, Statement, read_statement
from fairlead.model.errors import Abort
from fairlead.store import ledger as kept
from fairlead.store.database import Database, Transaction

_VERIFIER = Path(verify.__file__)


def export(database: Database, signer: Signer, note: Note, target: Path, *, personal: bool) -> Note:
    """Writes the entries that a checkpoint covers into a new folder; gives the signed trailer.

    Personal values and names go along only if asked for: without them the entries hold their hashes.
    """
    said = read_statement(note)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Abort(f"{target} exists", hint="name another folder")
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    # made beside its place and renamed: a folder of that name is a whole one
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".fairlead-ledger-") as scratch:
        folder = Path(scratch) / "export"
        folder.mkdir()
        with database.read() as tx:
            files = list(_written(tx, folder, said.size, personal=personal))
        shutil.copyfile(_VERIFIER, folder / "verify.py")
        more = tuple(f"file {name} {digest}" for name, digest in files)
        trailer = signer.sign(said.origin, str(Statement(said.origin, said.size, said.root, more)))
        (folder / verify.TRAILER).write_text(str(trailer), encoding="utf-8")
        if target.exists():
            target.rmdir()
        folder.rename(target)
    return trailer


def _written(tx: Transaction, folder: Path, size: int, *, personal: bool) -> Iterator[tuple[str, str]]:
    """Writes file after file; gives name and hash of each."""
    # twice over the entries: two files at once would be faster and harder to read
    yield _write(folder, verify.ENTRIES, (row.content + b"\n" for row in kept.entries(tx, 0, size)))
    yield _write(folder, verify.LEAVES, (row.leaf for row in kept.entries(tx, 0, size)))
    notes = (one.note for one in kept.checkpoints(tx) if one.size <= size)
    yield _write(folder, verify.CHECKPOINTS, (f"{note}\n".encode() for note in notes))
    if anchors := [one for one in kept.anchors(tx) if one.size <= size]:
        said = ({"size": one.size, "place": one.place, "receipt": one.receipt.hex()} for one in anchors)
        yield _write(folder, "anchors.jsonl", map(_line, said))
    if personal:
        values = ({"index": one.idx, "name": one.name, "salt": one.salt.hex(), "content": one.content.decode()}
                  for one in kept.personal(tx, 0, size))  # fmt: skip
        yield _write(folder, verify.PERSONAL, map(_line, values))
        people = ({"veil": one.veil, "name": one.name, "salt": one.salt.hex()} for one in kept.people(tx))
        yield _write(folder, verify.PEOPLE, map(_line, people))


def _write(folder: Path, name: str, parts: Iterable[bytes]) -> tuple[str, str]:
    digest = sha256()
    with (folder / name).open("wb") as file:
        for part in parts:
            digest.update(part)
            file.write(part)
    return name, digest.hexdigest()


def _line(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"
