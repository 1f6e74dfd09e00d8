"""Verifies an export of a Fairlead ledger: one file for a bare Python from 3.8 on, without anything of Fairlead's.

    python3 verify.py                       the folder that this file lies in
    python3 verify.py --key KEY             KEY had from elsewhere, as `fairlead ledger show` prints it
    python3 verify.py --since EARLIER       nothing of an earlier export or checkpoint was taken back

Exit code 0: all of it holds. 1: it does not, and the first line says from which entry on. 2: called in a wrong way.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# --- Ed25519, verification only, by RFC 8032, 5.1 -------------------------------------------------------------------

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT_OF_MINUS_1 = pow(2, (_P - 1) // 4, _P)


def _recover(y: int, odd: int) -> int | None:
    """The x of a point with this y, even or odd."""
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_1 % _P
    if (x * x - square) % _P or (x == 0 and odd):
        return None
    return _P - x if x & 1 != odd else x


def _point(raw: bytes) -> tuple[int, int, int, int] | None:
    """A point in extended coordinates (x, y, 1, xy) from its 32 bytes."""
    number = int.from_bytes(raw, "little")
    y = number & ((1 << 255) - 1)
    x = _recover(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % _P)


def _plus(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


_BASE_Y = 4 * pow(5, _P - 2, _P) % _P
_BASE = _point(_BASE_Y.to_bytes(32, "little")) or (0, 0, 0, 0)


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature is that of the key: [s]B = R + [k]A, with both multiplications in one pass."""
    key = _point(public) if len(public) == 32 and len(signature) == 64 else None
    scalar = int.from_bytes(signature[32:], "little")
    # a scalar beyond the order would make a second signature of the first
    if key is None or scalar >= _ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    times = int.from_bytes(digest, "little") % _ORDER
    minus = (_P - key[0], key[1], 1, _P - key[3])
    steps = {1: _BASE, 2: minus, 3: _plus(_BASE, minus)}
    found = (0, 1, 1, 0)
    for bit in range(max(scalar.bit_length(), times.bit_length()) - 1, -1, -1):
        found = _plus(found, found)
        step = (scalar >> bit & 1) | (times >> bit & 1) << 1
        if step:
            found = _plus(found, steps[step])
    inverse = pow(found[2], _P - 2, _P)
    x, y = found[0] * inverse % _P, found[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# --- The tree of RFC 6962 -------------------------------------------------------------------------------------------


def leaf_hash(content: bytes) -> bytes:
    """Hash of an entry."""
    return hashlib.sha256(b"\0" + content).digest()


class Tree:
    """Grows leaf by leaf, and has its root at any moment."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Takes one more leaf."""
        size = self.size
        while size & 1:
            leaf = hashlib.sha256(b"\1" + self.peaks.pop() + leaf).digest()
            size >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Root over all leaves so far."""
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        found = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            found = hashlib.sha256(b"\1" + peak + found).digest()
        return found


# --- Signed notes (C2SP) --------------------------------------------------------------------------------------------


class Unreadable(Exception):  # noqa: N818 - as in the rest of Fairlead
    """A file is not what it should be."""


class NotWhole(Unreadable):
    """The folder itself is not an export that can be read to its end."""


class Key:
    """A public key, from `<name>+<8 hex digits>+<base64>`."""

    def __init__(self, text: str) -> None:
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _unb64(encoded)
        self.text, self.name, self.raw = text.strip(), name, raw[1:]
        self.id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if len(raw) != 33 or raw[:1] != b"\1" or self.id.hex() != key_id:
            raise Unreadable("not a key of a ledger: " + text.strip()[:80])

    def signed(self, note: Note) -> bool:
        """Whether the note bears a signature of this key."""
        mine = [one[4:] for name, one in note.signatures if (name, one[:4]) == (self.name, self.id)]
        return any(ed25519(self.raw, note.text.encode(), one) for one in mine)


class Note:
    """A text with signatures; origin, size and root of the tree are its first three lines."""

    def __init__(self, text: str) -> None:
        said, blank, below = text.rpartition("\n\n")
        self.text = said + "\n"
        self.signatures = []
        for line in below.splitlines():
            name, _, encoded = line[2:].partition(" ")
            self.signatures.append((name, _unb64(encoded)))
            if line[:2] != "— ":
                raise Unreadable("not a signed note")
        if not blank or not self.signatures:
            raise Unreadable("not a signed note")

    def statement(self) -> tuple[str, int, bytes, list[str]]:
        """Origin, size, root and what follows."""
        lines = self.text.splitlines()
        if len(lines) < 3 or not lines[1].isascii() or not lines[1].isdigit() or len(lines[1]) > 18:
            raise Unreadable("a note that is no checkpoint")
        return lines[0], int(lines[1]), _unb64(lines[2]), lines[3:]


def _unb64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


# --- The folder -----------------------------------------------------------------------------------------------------

ENTRIES, LEAVES, CHECKPOINTS, TRAILER = "entries.jsonl", "leaves.sha256", "checkpoints.txt", "trailer.txt"
PERSONAL, PEOPLE = "personal.jsonl", "people.jsonl"


class Folder:
    """One pass over an export, with all that was found."""

    def __init__(self, folder: Path, keys: list[Key], earlier: list[tuple[str, Note]]) -> None:
        self.folder, self.known, self.earlier = folder, keys, earlier
        self.faults: list[tuple[int, str]] = []
        self.gaps: list[str] = []
        self.announced: list[tuple[int, Key, str, str]] = []
        self.roots: dict[int, bytes] = {}
        self.found = bytearray()
        self.origin_of_entries = ""
        self.disclosed = self.sealed = 0
        self.trailer = Note(self.read(TRAILER))
        self.origin, self.size, self.root, self.more = self.trailer.statement()
        self.checkpoints = _notes(self.read(CHECKPOINTS))

    def read(self, name: str) -> str:
        """A file as text."""
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            raise Unreadable(name + " cannot be read, so the export is not whole: " + str(fault)) from fault

    def fault(self, index: int, what: str) -> None:
        """Notes a fault at an entry."""
        self.faults.append((index, what))

    def verify(self) -> None:
        """Everything; where the entries are not those that were signed, only where: the rest follows from that."""
        self.read_entries()
        if not self.whole():
            self.locate()
            return
        self.check_keys()
        self.check_checkpoints()
        self.check_earlier()
        self.check_files()

    def whole(self) -> bool:
        """Whether the entries are those that the trailer speaks of, no more and no less."""
        return len(self.found) == 32 * self.size and self.roots.get(self.size) == self.root

    def read_entries(self) -> None:
        """Hashes the lines, and picks out keys, gaps and commitments."""
        wanted = {note.statement()[1] for note in self.checkpoints}
        wanted |= {note.statement()[1] for _, note in self.earlier} | {self.size}
        held = self.personal()
        tree = Tree()
        with (self.folder / ENTRIES).open("rb") as file:
            for number, line in enumerate(file):
                content = line[:-1] if line.endswith(b"\n") else line
                leaf = leaf_hash(content)
                self.found += leaf
                tree.add(leaf)
                if tree.size in wanted:
                    self.roots[tree.size] = tree.root()
                self.look_into(number, content, held)
        for index, left in held.items():
            for name in left:
                self.fault(index, f"personal.jsonl speaks of `{name}`, which the entry does not hold")

    def look_into(self, number: int, content: bytes, held: dict[int, dict[str, bytes]]) -> None:
        """What an entry says that verification needs."""
        try:
            whole = json.loads(content)
            index, kind, said = whole["index"], whole["kind"], whole["said"]
            if number == 0:
                self.origin_of_entries = said.get("origin", "")
            if kind == "ledger.key":
                self.announced.append((number, Key(said["key"]), said["why"], said["handed_over"]))
            if kind == "ledger.restored":
                self.gaps.append(f"entry {number}: signed after a restore; what the store had lost is not here")
        except (ValueError, KeyError, TypeError, AttributeError, Unreadable):
            self.fault(number, f"line {number + 1} cannot be read as an entry")
            return
        if index != number:
            self.fault(number, f"line {number + 1} holds an entry that calls itself {index}")
        mine = held.pop(number, {})
        sealed = whole.get("personal", {})
        for name, commitment in sealed.items() if isinstance(sealed, dict) else ():
            self.sealed += 1
            if name in mine:
                self.disclosed += 1
                if hashlib.sha256(mine.pop(name)).hexdigest() != commitment:
                    self.fault(number, f"what personal.jsonl tells as its `{name}` is not what was hashed")
        if mine:
            held[number] = mine

    def personal(self) -> dict[int, dict[str, bytes]]:
        """What was handed along of personal values: salt and bytes by entry and name."""
        found: dict[int, dict[str, bytes]] = {}
        for number, one in self.rows(PERSONAL):
            try:
                said = bytes.fromhex(one["salt"]) + one["content"].encode()
                found.setdefault(int(one["index"]), {})[str(one["name"])] = said
            except (ValueError, KeyError, TypeError, AttributeError):
                self.fault(0, f"line {number} of {PERSONAL} holds no value of an entry")
        for number, one in self.rows(PEOPLE):
            try:
                said = bytes.fromhex(one["salt"]) + json.dumps(one["name"], ensure_ascii=False).encode()
                good = one["veil"] == "who:" + hashlib.sha256(said).hexdigest()
            except (ValueError, KeyError, TypeError):
                self.fault(0, f"line {number} of {PEOPLE} holds nobody")
                continue
            if not good:
                self.fault(0, "people.jsonl names somebody else behind " + str(one["veil"])[:20])
        return found

    def rows(self, name: str) -> Iterator[tuple[int, Any]]:
        """Lines of a file that need not be there, from 1 on."""
        if (self.folder / name).exists():
            for number, line in enumerate(self.read(name).splitlines(), 1):
                try:
                    yield number, json.loads(line)
                except ValueError:
                    yield number, None

    def locate(self) -> None:
        """Says which entry is not as it was signed: by the hashes handed along, if those are the signed ones."""
        # what entries say of themselves is no evidence once they are not those that were signed
        said, self.faults = self.faults, []
        if self.origin_of_entries != self.origin:
            whose = self.origin_of_entries or "nobody"
            self.fault(0, f"the entries are those of {whose}, and the trailer speaks of {self.origin}")
            return
        told = (self.folder / LEAVES).read_bytes()
        count = len(self.found) // 32
        if count > self.size and self.roots.get(self.size) == self.root:
            self.fault(self.size, "lines were added after the last entry that the trailer speaks of")
            return
        tree = Tree()
        for at in range(0, len(told) - 31, 32):
            tree.add(told[at : at + 32])
        if (tree.size, tree.root()) == (self.size, self.root):
            self.fault(*_difference(told, bytes(self.found)))
            return
        good = 0
        for note in self.checkpoints:
            _, size, root, _ = note.statement()
            if size > count:
                at = good if size <= self.size else count
                self.fault(at, f"{size} entries were signed, the file ends after {count}")
                return
            if self.roots.get(size) != root:
                at = min((index for index, _ in said if good <= index < size), default=good)
                self.fault(at, f"not the entries that were signed: some from {good} to {size - 1}")
                return
            good = size
        what = f"the trailer speaks of {self.size} entries with another root, here are {count}"
        self.fault(min(good, count), what)

    def key_of(self, size: int) -> Key | None:
        """The key that signed trees of a size: the last one announced in it."""
        return next((key for index, key, _, _ in reversed(self.announced) if index < size), None)

    def check_keys(self) -> None:
        """Each key is vouched for by the one before, and the last one by those that were had from elsewhere."""
        last_known = -1
        for at, (index, key, why, handed_over) in enumerate(self.announced):
            if key.text in [one.text for one in self.known]:
                last_known = at
            if why == "lost":
                self.gaps.append(f"entry {index}: the key was lost, and no key before vouches for the next")
                if self.known and last_known < at:
                    self.fault(index, "the key was lost here: nothing ties what follows to the key given")
            elif at and not self.vouched(self.announced[at - 1][1], index, key, handed_over):
                self.fault(index, "the key before has not signed the one that is announced here")
        if self.known and last_known < 0:
            told = ", ".join(key.text for _, key, _, _ in self.announced) or "none"
            self.fault(0, "signed with another key than the one given; the keys here: " + told)
        last = self.key_of(self.size)
        if last is None or not last.signed(self.trailer):
            self.fault(self.size, "trailer.txt is not signed by the key of the ledger")
        if not any(line.startswith("file ") for line in self.more):
            self.fault(self.size, "trailer.txt is a checkpoint and no trailer: the export was cut")

    def vouched(self, before: Key, index: int, key: Key, handed_over: str) -> bool:
        """Whether a key has signed its follower, for this place of this ledger."""
        try:
            note = Note(handed_over)
        except Unreadable:
            return False
        said = f"fairlead ledger key\n{self.origin}\n{index}\n{key.text}\n"
        return note.text == said and before.signed(note)

    def check_checkpoints(self) -> None:
        """Signatures and roots; consistent among each other are those that fit one list of entries."""
        good = 0
        for note in self.checkpoints:
            origin, size, root, _ = note.statement()
            key = self.key_of(size)
            if origin != self.origin or key is None or not key.signed(note):
                self.fault(good, f"the checkpoint of {size} entries is not signed by the ledger's key")
            elif self.roots.get(size) != root:
                self.fault(good, f"the checkpoint of {size} entries has another root")
            else:
                good = size

    def check_earlier(self) -> None:
        """Nothing that somebody has seen before may be gone or other."""
        for name, note in self.earlier:
            origin, size, root, _ = note.statement()
            if origin != self.origin:
                self.fault(0, f"{name} is of another ledger, {origin}")
            elif size > self.size:
                self.fault(self.size, f"rolled back: {name} knows {size} entries, here are {self.size}")
            elif self.roots.get(size) != root:
                self.fault(0, f"{name} knows other entries among the first {size}")

    def check_files(self) -> None:
        """The files that the trailer lists are those that were exported."""
        listed = [line.split(" ") for line in self.more if line.startswith("file ")]
        for name, digest in [(one[1], one[2]) for one in listed if len(one) == 3]:
            try:
                with (self.folder / Path(name).name).open("rb") as file:
                    found = hashlib.sha256()
                    for block in iter(lambda: file.read(1 << 20), b""):
                        found.update(block)
            except OSError:
                self.fault(self.size, name + " is missing")
                continue
            if found.hexdigest() != digest:
                self.fault(self.size, name + " is not the file that was exported")


def _difference(told: bytes, found: bytes) -> tuple[int, str]:
    """The first place where lines differ from the signed hashes, and in what way."""
    signed = [told[at : at + 32] for at in range(0, len(told), 32)]
    lines = [found[at : at + 32] for at in range(0, len(found), 32)]
    pairs = enumerate(zip(signed, lines))  # noqa: B905 - `strict` came with 3.10
    at = next((one for one, pair in pairs if pair[0] != pair[1]), min(len(signed), len(lines)))
    if at == len(lines):
        return at, f"truncated: entries {at} to {len(signed) - 1} are missing at the end"
    places = {leaf: index for index, leaf in enumerate(signed)}
    place = places.get(lines[at])
    if place is None:
        added = at + 1 < len(lines) and lines[at + 1] == signed[at]
        return at, f"line {at + 1} was inserted" if added else f"entry {at} was changed"
    if place < at:
        return at, f"line {at + 1} repeats entry {place}"
    if signed[at] in lines[at:]:
        return at, f"the order was changed: line {at + 1} holds entry {place}, entry {at} comes later"
    return (
        at,
        f"deleted: of the entries from {at} to {place - 1} there is none"
        if place - at > 1
        else f"deleted: entry {at}",
    )


def _notes(text: str) -> list[Note]:
    """The checkpoints: texts and signatures in turn, with an empty line after each."""
    parts = text.split("\n\n")
    if len(parts) % 2 == 0 or parts.pop():
        raise Unreadable("checkpoints.txt is not whole")
    notes = [Note(said + "\n\n" + below + "\n") for said, below in zip(parts[::2], parts[1::2])]  # noqa: B905
    return sorted(notes, key=lambda note: note.statement()[1])


def _earlier(path: str) -> tuple[str, Note]:
    """What an earlier export, or the file of a single checkpoint, states."""
    place = Path(path, TRAILER) if Path(path).is_dir() else Path(path)
    try:
        note = Note(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise Unreadable(str(fault)) from fault
    note.statement()
    return path, note


def verify(folder: str, keys: list[str], earlier: list[str]) -> dict[str, Any]:
    """Everything that is found out about an export, as plain values."""
    known, before = [Key(one) for one in keys], [_earlier(one) for one in earlier]
    try:
        export = Folder(Path(folder), known, before)
        export.verify()
    except Exception as fault:
        words = str(fault) if isinstance(fault, (Unreadable, OSError)) else f"it cannot be read: {fault!r}"
        raise NotWhole(words) from fault
    key = export.key_of(export.size)
    # the sort is stable: of two faults at one entry the one found first explains the other
    faults = sorted(export.faults, key=lambda one: one[0])
    return {
        "ok": not faults, "origin": export.origin, "entries": export.size, "root": export.root.hex(),
        "checkpoints": len(export.checkpoints), "key": key.text if key else "",
        "faults": [{"entry": index, "what": what} for index, what in faults[:50]],
        "gaps": export.gaps, "personal": {"sealed": export.sealed, "disclosed": export.disclosed},
        "key_given": bool(keys),
    }  # fmt: skip


def lines(result: dict[str, Any]) -> Iterator[str]:
    """The findings in words."""
    for one in result["faults"]:
        yield "NOT OK at entry {entry}: {what}".format(**one)
    if result["ok"]:
        yield "OK: {entries} entries of {origin}, {checkpoints} checkpoints".format(**result)
    yield "root " + result["root"]
    yield "key  " + result["key"]
    for gap in result["gaps"]:
        yield "gap: " + gap
    withheld = result["personal"]["sealed"] - result["personal"]["disclosed"]
    if withheld:
        yield f"{withheld} personal values are withheld or erased; their hashes stand"
    if not result["key_given"]:
        yield "Without --key this shows only that the folder agrees with itself: anybody can make such a folder with"
        yield "a key of their own. Compare the key above with one had from elsewhere, or give that one with --key."


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Verifies an export of a Fairlead ledger.")
    parser.add_argument("folder", nargs="?", default=str(Path(__file__).resolve().parent))
    parser.add_argument(
        "--key", action="append", default=[], help="key had from elsewhere; may be given several times"
    )
    parser.add_argument("--since", action="append", default=[], help="folder of an earlier export, or a checkpoint")
    parser.add_argument("--json", action="store_true", help="as JSON")
    said = parser.parse_args(arguments)
    try:
        result = verify(said.folder, said.key, said.since)
    except NotWhole as fault:
        sys.stdout.write(f"NOT OK: {fault}\n")
        return 1
    except Unreadable as fault:
        sys.stdout.write(f"NOT OK: what --key or --since names: {fault}\n")
        return 2
    told = json.dumps(result, indent=1) if said.json else "\n".join(lines(result))
    sys.stdout.write(told + "\n")
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
