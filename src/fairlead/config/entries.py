"""Files of a team's own definitions: YAML lists of entries of one kind, each fault with its line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from fairlead.config import check, placed
from fairlead.model.errors import ConfigFault

T = TypeVar("T", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it was written, with its places."""

    file: placed.Placed
    node: Any
    said: Any
    """Nothing where it cannot be read."""
    faults: tuple[ConfigFault, ...] = ()
    """Why, or what it says twice."""

    @property
    def path(self) -> Path:
        """File that it stands in."""
        return self.file.path

    def fault(
        self, keys: Sequence[str | int], words: str, *, value: bool = True, offset: int | None = None
    ) -> ConfigFault:
        """A fault at a key or at its value, else at the nearest thing around it."""
        return self.file.at(self.node, keys, words, value=value, offset=offset)


@dataclass(frozen=True, slots=True)
class Entries:
    """The files of one kind of definition: ours first, so that a team's own of the same name wins."""

    shipped: Path | None
    """Folder of ours; nothing where only a team has some."""
    key: str
    """The one key of such a file, with the list of its entries."""

    def files(self, folders: Iterable[Path]) -> Iterator[Path]:
        """All files in the order in which they count."""
        for folder in (*([self.shipped] if self.shipped else []), *folders):
            yield from sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])

    def fingerprint(self, folders: Iterable[Path], code: bytes) -> str:
        """Changes with any byte of any of these files, and with the code that reads them."""
        digest = blake2b(code, digest_size=16)
        for path in self.files(folders):
            # The path belongs to it: entries tell where they were read, and a file that moves may override another.
            digest.update(f"\0{path}\0".encode())
            try:
                digest.update(path.read_bytes())
            except OSError as fault:
                # reading it says so with its place
                digest.update(str(fault).encode())
        return digest.hexdigest()

    def read(
        self, folders: Iterable[Path], kind: type[T], name: Callable[[T], str]
    ) -> tuple[Mapping[str, T], list[ConfigFault]]:
        """The entries that are whole, by name, and what is wrong with the others."""
        found: dict[str, T] = {}
        faults: list[ConfigFault] = []
        for entry in self.written(self.files(folders), faults):
            faults += entry.faults
            if entry.faults:
                continue
            said = {**entry.said, "path": str(entry.path)} if isinstance(entry.said, dict) else entry.said
            try:
                whole = msgspec.convert(said, kind)
            except (msgspec.ValidationError, TypeError) as fault:
                # The parser stops at the first fault; whoever writes a file wants to see all of them.
                told = list(check.faults(said, kind)) or [((), str(fault))]
                faults += [entry.fault(keys, words, value=False) for keys, words in told]
            else:
                found[name(whole)] = whole
        return found, faults

    def written(self, files: Iterable[Path], faults: list[ConfigFault]) -> Iterator[Entry]:
        """Each entry of these files as it was written; faults of whole files are added to the faults."""
        for path in files:
            yield from self._of(path, faults)

    def fault(self, path: Path, named: Callable[[Any], bool], keys: Sequence[str | int], words: str) -> ConfigFault:
        """A fault at a key of an entry that was read well by itself."""
        # The last of the name, which is the one that holds.
        [*_, entry] = (one for one in self._of(path, []) if isinstance(one.said, dict) and named(one.said))
        return entry.fault(keys, words, value=False)

    def _of(self, path: Path, faults: list[ConfigFault]) -> Iterator[Entry]:
        file = placed.placed(path)
        faults += file.faults
        for node in self._listed(file, faults):
            said, wrong = placed.value_of(file, node)
            yield Entry(file, node, said, tuple(wrong))

    def _listed(self, file: placed.Placed, faults: list[ConfigFault]) -> Sequence[Any]:
        listed = placed.below(file.root, self.key)
        if not file.faults and getattr(listed, "id", "") != "sequence":
            meant = [check.did_you_mean(key, [self.key], show=0) for key in placed.keys_of(file.root)][:1]
            faults.append(file.fault(None, f"a list `{self.key}` is expected" + "".join(meant)))
        return placed.items(listed)
