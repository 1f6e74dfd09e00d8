"""Files of a team's own definitions: YAML lists of entries of one kind, each fault with its line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from fairlead.config import check
from fairlead.model.errors import ConfigFault

T = TypeVar("T", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Entries:
    """The files of one kind of definition: ours first, so that a team's own of the same name wins."""

    shipped: Path
    key: str
    """The one key of such a file, with the list of its entries."""

    def files(self, folders: Iterable[Path]) -> Iterator[Path]:
        """All files in the order in which they count."""
        for folder in (self.shipped, *folders):
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
        for path in self.files(folders):
            for index, said in enumerate(self._listed(path, faults)):
                entry = self._entry(path, said, index, kind, faults)
                if entry is not None:
                    found[name(entry)] = entry
        return found, faults

    def fault(self, path: Path, named: Callable[[Any], bool], keys: Sequence[str | int], words: str) -> ConfigFault:
        """A fault at a key of an entry that was read well by itself."""
        places = self._places(path)
        # The last of the name, which is the one that holds.
        index = max(at for at, one in enumerate(places) if isinstance(one, dict) and named(one))
        return ConfigFault(str(path), *_place(places, index, keys), words)

    def _listed(self, path: Path, faults: list[ConfigFault]) -> list[Any]:
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        try:
            said = _parsed(path.read_text(encoding="utf-8"))
        except MarkedYAMLError as fault:
            mark = fault.problem_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            faults.append(ConfigFault(str(path), line, column, str(fault.problem)))
            return []
        # One file that cannot be read must not hide what is wrong with the others.
        except (OSError, UnicodeDecodeError, YAMLError) as fault:
            why = (fault.strerror or "").lower() if isinstance(fault, OSError) else "this is no text in UTF-8"
            faults.append(ConfigFault(str(path), 1, 1, why))
            return []
        listed = said.get(self.key) if isinstance(said, dict) else None
        if not isinstance(listed, list):
            keys = said if isinstance(said, dict) else ()
            meant = [check.did_you_mean(str(key), [self.key], show=0) for key in keys][:1]
            faults.append(ConfigFault(str(path), 1, 1, f"a list `{self.key}` is expected" + "".join(meant)))
            return []
        return listed

    def _entry(self, path: Path, said: Any, index: int, kind: type[T], faults: list[ConfigFault]) -> T | None:
        if isinstance(said, dict):
            said = {**said, "path": str(path)}
        try:
            return msgspec.convert(said, kind)
        except (msgspec.ValidationError, TypeError) as fault:
            # The parser stops at the first fault; whoever writes a file wants to see all of them, with their places.
            found = list(check.faults(said, kind))
            if isinstance(said, dict):
                needed = [field.encode_name for field in msgspec.structs.fields(kind) if field.required]
                found += [((), f"`{missing}` is missing") for missing in needed if missing not in said]
            found = found or [((), str(fault))]
            places = self._places(path)
            faults += [ConfigFault(str(path), *_place(places, index, keys), words) for keys, words in found]
            return None

    def _places(self, path: Path) -> Any:
        """The file with its places; reading it so takes twice as long, so that only a fault asks for it."""
        from ruamel.yaml import YAML

        return YAML(typ="rt").load(path.read_text(encoding="utf-8"))[self.key]


# Ours take a second to parse, and all homes that a process opens read the same ones; nobody changes what is given.
@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(text)


def _place(places: Any, index: int, keys: Sequence[str | int]) -> tuple[int, int]:
    """Line and column of a key below an entry, else of the nearest thing around it."""
    line, column = places.lc.item(index)
    node = places[index]
    for key in keys:
        try:
            line, column = node.lc.item(key) if isinstance(key, int) else node.lc.key(key)
            node = node[key]
        except (AttributeError, KeyError, TypeError, IndexError):
            break
    return line + 1, column + 1
