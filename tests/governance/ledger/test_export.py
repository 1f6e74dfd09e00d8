"""The tampering table: what is done to an export, and what the file in it says, run by another interpreter.

Nothing but that file and the standard library: `-I -S` keeps every installed package away from it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from tests.clocks import SteppedClock
from tests.governance.ledger.conftest import entry, fill

from fairlead.governance.ledger import verify
from fairlead.governance.ledger.book import Ledger
from fairlead.governance.ledger.keys import KEY
from fairlead.store.database import Database

PYTHON = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable


def run(folder: Path, *words: str) -> tuple[int, str]:
    """What the export says of itself."""
    command = [PYTHON, "-I", "-S", "verify.py", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[dict[str, Path | str]]:
    """An export of 600 entries with two keys and a gap-free past, an earlier one, and one of somebody else."""
    folder = tmp_path_factory.mktemp("exports")
    found: dict[str, Path | str] = {"folder": folder}
    for name in ("ours", "theirs"):
        shutil.copy(sqlite_template, folder / f"{name}.db")
        database = Database.open(f"sqlite:///{folder / name}.db")
        ledger = Ledger(database, SteppedClock(), folder / f"{name}-keys")
        fill(ledger, 250)
        ledger.export(folder / f"{name}-earlier", personal=True)
        ledger.rotate("operator")
        fill(ledger, 200)
        ledger.checkpoint()
        fill(ledger, 147)
        ledger.export(folder / name, personal=True)
        found[f"{name} key"] = ledger.verify().key
        database.close()
    yield found


@pytest.fixture
def folder(world: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of our export to do things to."""
    return Path(shutil.copytree(world["folder"] / "ours", tmp_path / "export"))


def entries(folder: Path) -> list[str]:
    """The lines of an export."""
    return (folder / "entries.jsonl").read_text().splitlines()


def write(folder: Path, lines: list[str]) -> None:
    """Other lines in their place."""
    (folder / "entries.jsonl").write_text("".join(f"{line}\n" for line in lines))


def change(folder: Path, world: dict[str, Path]) -> None:
    lines = entries(folder)
    lines[123] = lines[123].replace("approved", "refused!")
    write(folder, lines)


def change_with_hash(folder: Path, world: dict[str, Path]) -> None:
    """The hash handed along is changed as well: the signed roots say between which checkpoints."""
    change(folder, world)
    hashes = bytearray((folder / "leaves.sha256").read_bytes())
    hashes[123 * 32 : 124 * 32] = hashlib.sha256(b"\0" + entries(folder)[123].encode()).digest()
    (folder / "leaves.sha256").write_bytes(hashes)


def delete(folder: Path, world: dict[str, Path]) -> None:
    lines = entries(folder)
    write(folder, lines[:300] + lines[301:])


def delete_and_renumber(folder: Path, world: dict[str, Path]) -> None:
    """As somebody would who has read how it works; the hashes are made anew, too."""
    lines = entries(folder)
    left = [line.replace(f'"index":{at + 1}', f'"index":{at}') for at, line in enumerate(lines[301:], 300)]
    write(folder, lines[:300] + left)
    hashes = (hashlib.sha256(b"\0" + line.encode()).digest() for line in entries(folder))
    (folder / "leaves.sha256").write_bytes(b"".join(hashes))


def insert(folder: Path, world: dict[str, Path]) -> None:
    lines = entries(folder)
    write(folder, [*lines[:40], lines[40].replace("approved", "rejected"), *lines[40:]])


def repeat(folder: Path, world: dict[str, Path]) -> None:
    lines = entries(folder)
    write(folder, [*lines[:40], lines[39], *lines[40:]])


def reorder(folder: Path, world: dict[str, Path]) -> None:
    lines = entries(folder)
    lines[70], lines[90] = lines[90], lines[70]
    write(folder, lines)


def truncate(folder: Path, world: dict[str, Path]) -> None:
    write(folder, entries(folder)[:590])


def truncate_all(folder: Path, world: dict[str, Path]) -> None:
    """Entries, hashes and checkpoints cut at one that was really signed, which takes the trailer's place."""
    notes = (folder / "checkpoints.txt").read_text().split("\n\n")
    size = int(notes[0].split("\n")[1])
    write(folder, entries(folder)[:size])
    (folder / "leaves.sha256").write_bytes((folder / "leaves.sha256").read_bytes()[: 32 * size])
    (folder / "checkpoints.txt").write_text("\n\n".join(notes[:2]) + "\n\n")
    (folder / "trailer.txt").write_text("\n\n".join(notes[:2]) + "\n")
    for name in ("personal.jsonl", "people.jsonl"):
        (folder / name).unlink()


def append(folder: Path, world: dict[str, Path]) -> None:
    lines = entries(folder)
    write(folder, [*lines, lines[-1].replace('"index":599', '"index":600')])


def drop_checkpoint(folder: Path, world: dict[str, Path]) -> None:
    notes = (folder / "checkpoints.txt").read_text().split("\n\n")
    (folder / "checkpoints.txt").write_text("\n\n".join(notes[2:]))


def forge_checkpoint(folder: Path, world: dict[str, Path]) -> None:
    """A signature of another checkpoint under this one."""
    notes = (folder / "checkpoints.txt").read_text().split("\n\n")
    notes[1] = notes[3]
    (folder / "checkpoints.txt").write_text("\n\n".join(notes))


def swap_entries(folder: Path, world: dict[str, Path]) -> None:
    shutil.copy(world["folder"] / "theirs" / "entries.jsonl", folder)


def swap_trailer(folder: Path, world: dict[str, Path]) -> None:
    shutil.copy(world["folder"] / "theirs" / "trailer.txt", folder)


def mix_times(folder: Path, world: dict[str, Path]) -> None:
    """The trailer of an earlier export of the same ledger."""
    shutil.copy(world["folder"] / "ours-earlier" / "trailer.txt", folder)


def tell_other_payload(folder: Path, world: dict[str, Path]) -> None:
    lines = (folder / "personal.jsonl").read_text().splitlines()
    lines[8] = lines[8].replace("why", "who")
    (folder / "personal.jsonl").write_text("".join(f"{line}\n" for line in lines))


def tell_foreign_payloads(folder: Path, world: dict[str, Path]) -> None:
    shutil.copy(world["folder"] / "theirs" / "personal.jsonl", folder)


def tell_other_name(folder: Path, world: dict[str, Path]) -> None:
    said = (folder / "people.jsonl").read_text()
    (folder / "people.jsonl").write_text(said.replace("person:kim", "person:lee"))


def no_trailer(folder: Path, world: dict[str, Path]) -> None:
    (folder / "trailer.txt").unlink()


def change_trailer(folder: Path, world: dict[str, Path]) -> None:
    said = (folder / "trailer.txt").read_text()
    (folder / "trailer.txt").write_text(said.replace("file people.jsonl", "file peoples.jsonl"))


TABLE: list[tuple[Callable[[Path, dict[str, Path]], None], int, str]] = [
    (change, 123, "entry 123 was changed"),
    (change_with_hash, 0, "not the entries that were signed: some from 0 to 251"),
    (delete, 300, "deleted: entry 300"),
    (delete_and_renumber, 300, "some from 253 to 452"),
    (insert, 40, "line 41 was inserted"),
    (repeat, 40, "line 41 repeats entry 39"),
    (reorder, 70, "the order was changed: line 71 holds entry 90"),
    (truncate, 590, "truncated: entries 590 to 599 are missing"),
    (truncate_all, 252, "the export was cut"),
    (append, 600, "lines were added"),
    (drop_checkpoint, 600, "checkpoints.txt is not the file that was exported"),
    (forge_checkpoint, 0, "the checkpoint of 252 entries is not signed"),
    (swap_entries, 0, "the entries are those of fairlead/"),
    (swap_trailer, 0, "and the trailer speaks of fairlead/"),
    (mix_times, 252, "lines were added"),
    (tell_other_payload, 9, "is not what was hashed"),
    (tell_foreign_payloads, 1, "is not what was hashed"),
    (tell_other_name, 0, "people.jsonl names somebody else"),
    (change_trailer, 600, "trailer.txt is not signed"),
]


@pytest.mark.parametrize(("work", "index", "what"), TABLE, ids=[case[0].__name__ for case in TABLE])
def test_tampering_is_found_and_located(
    folder: Path,
    world: dict[str, Path],
    work: Callable[[Path, dict[str, Path]], None],
    index: int,
    what: str,
) -> None:
    work(folder, world)
    code, said = run(folder)
    assert code == 1 and said.startswith(f"NOT OK at entry {index}: ") and what in said.splitlines()[0], said


def test_a_sound_export_says_so(folder: Path, world: dict[str, Path]) -> None:
    """With the key, with an earlier export, and in words that say what that does not prove."""
    code, said = run(folder)
    assert code == 0 and said.startswith("OK: 600 entries of fairlead/") and "agrees with itself" in said
    code, said = run(folder, "--key", str(world["ours key"]), "--since", str(world["folder"] / "ours-earlier"))
    assert code == 0 and "agrees with itself" not in said
    code, said = run(world["folder"] / "ours-earlier", "--json")
    told = json.loads(said)
    assert (told["ok"], told["entries"], told["personal"]) == (True, 252, {"sealed": 250, "disclosed": 250})
    assert code == 0 and told["key"] in (folder / "entries.jsonl").read_text()


def test_a_missing_file_is_told(folder: Path, world: dict[str, Path]) -> None:
    """Without its trailer an export is not whole."""
    no_trailer(folder, world)
    code, said = run(folder)
    assert code == 1 and "trailer.txt" in said and "not whole" in said


def test_a_roll_back_is_found_by_who_has_seen_more(world: dict[str, Path]) -> None:
    """An earlier export is sound by itself; whoever holds a later one sees what is gone."""
    earlier = world["folder"] / "ours-earlier"
    assert run(earlier)[0] == 0
    code, said = run(earlier, "--since", str(world["folder"] / "ours"))
    assert code == 1 and said.startswith("NOT OK at entry 252: rolled back")
    code, said = run(world["folder"] / "theirs", "--since", str(earlier))
    assert code == 1 and "of another ledger" in said


def test_another_key_is_found_by_who_knows_the_right_one(world: dict[str, Path]) -> None:
    """The other's export is sound by itself, and so would be one made up with a key of the forger's."""
    theirs = world["folder"] / "theirs"
    assert run(theirs)[0] == 0
    code, said = run(theirs, "--key", str(world["ours key"]))
    assert code == 1 and said.startswith("NOT OK at entry 0: signed with another key than the one given")
    # the first key is enough: it has signed the second
    first = json.loads(run(world["folder"] / "ours-earlier", "--json")[1])["key"]
    assert first != world["ours key"] and run(world["folder"] / "ours", "--key", first)[0] == 0


def test_a_lost_key_is_a_gap(file_ledger: Ledger, tmp_path: Path) -> None:
    """Told to everybody; an error for those who hold a key from before it."""
    ledger = file_ledger
    fill(ledger, 3)
    ledger.checkpoint()
    old = ledger.verify().key
    (ledger.ring.folder / KEY).unlink()
    ledger.rotate("operator", lost=True)
    ledger.export(tmp_path / "export")
    code, said = run(tmp_path / "export")
    assert code == 0 and "gap: entry 5: the key was lost" in said
    code, said = run(tmp_path / "export", "--key", old)
    assert code == 1 and "nothing ties what follows" in said
    assert run(tmp_path / "export", "--key", old, "--key", ledger.verify().key)[0] == 0


def test_nothing_personal_goes_along_unasked(file_ledger: Ledger, tmp_path: Path) -> None:
    """What was erased is in no export, and what is held goes along for those who ask."""
    ledger = file_ledger
    with ledger.database.begin() as tx:
        ledger.record(tx, entry(1, by="person:noor", personal={"reason": "because of Noor"}))
        ledger.record(tx, entry(2, personal={"reason": "because of Kim"}))
    ledger.export(tmp_path / "plain")
    whole = b"".join(path.read_bytes() for path in (tmp_path / "plain").iterdir())
    assert b"noor" not in whole and b"because" not in whole
    ledger.forget(["person:noor"], "operator")
    ledger.export(tmp_path / "full", personal=True)
    whole = b"".join(path.read_bytes() for path in (tmp_path / "full").iterdir())
    assert b"noor" not in whole and b"Noor" not in whole and b"because of Kim" in whole
    assert "1 personal values are withheld or erased" in run(tmp_path / "full")[1]
    with ledger.database.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM ledger_personal")).scalar() == 1


VECTORS = (
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     ("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
     "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     ("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     ("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")),
    ("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf", hashlib.sha512(b"abc").hexdigest(),
     ("dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
     "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704")),
)  # fmt: skip
"""RFC 8032, 7.1: tests 1, 2, 3 and SHA(abc)."""


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_rfc_8032(public: str, message: str, signature: str) -> None:
    key, said, signed = map(bytes.fromhex, (public, message, signature))
    assert verify.ed25519(key, said, signed)
    assert not verify.ed25519(key, said + b"!", signed)
    # the same signature with the order added to its scalar: 8032 has it refused
    scalar = int.from_bytes(signed[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    assert not verify.ed25519(key, said, signed[:32] + scalar.to_bytes(32, "little"))
    assert not verify.ed25519(key, said, signed[:-1]) and not verify.ed25519(b"\xff" * 32, said, signed)


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=99), bit=st.integers(0, 511))
def test_signatures_are_taken_as_the_library_takes_them(seed: bytes, message: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signed = private.public_key().public_bytes_raw(), private.sign(message)
    assert verify.ed25519(public, message, signed)
    broken = (int.from_bytes(signed, "little") ^ 1 << bit).to_bytes(64, "little")
    assert not verify.ed25519(public, message, broken)
