"""Tree, paths, notes and canonical bytes against those who wrote them before us, on values of any kind."""

from __future__ import annotations

import base64
from hashlib import sha256

import pymerkle
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from fairlead.governance.ledger import tree
from fairlead.governance.ledger.entries import canonical, people_in, plain, veiled
from fairlead.governance.ledger.notes import (
    Note,
    PublicKey,
    Signature,
    Statement,
    read_key,
    read_note,
    read_statement,
)
from fairlead.model.errors import Unreadable

LEAVES = st.lists(st.binary(max_size=40), min_size=1, max_size=70)
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
VECTORS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
"""Leaves and roots of the reference implementation of Certificate Transparency."""


def subtrees(leaves: list[bytes]) -> tree.Subtree:
    """Full subtrees, computed from scratch."""
    hashes = [tree.leaf_hash(leaf) for leaf in leaves]
    return lambda height, idx: tree.fold(hashes[idx << height : (idx + 1) << height])


@pytest.mark.parametrize("size", ROOTS)
def test_the_roots_of_certificate_transparency(size: int) -> None:
    leaves = [bytes.fromhex(one) for one in VECTORS[:size]]
    assert tree.root(size, subtrees(leaves)).hex() == ROOTS[size]
    assert tree.grown(map(tree.leaf_hash, leaves)).root().hex() == ROOTS[size]


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    assert tree.Frontier().root() == sha256(b"").digest() == tree.root(0, subtrees([]))


@given(LEAVES)
def test_the_same_roots_as_pymerkle(leaves: list[bytes]) -> None:
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        theirs.append_entry(leaf)
    for size in range(1, len(leaves) + 1):
        assert tree.root(size, subtrees(leaves)) == theirs.get_state(size)


@given(LEAVES, st.data())
def test_a_path_leads_to_its_root_and_to_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    of = subtrees(leaves)
    path, leaf, root = tree.inclusion(index, size, of), tree.leaf_hash(leaves[index]), tree.root(size, of)
    assert tree.root_by_inclusion(leaf, index, size, path) == root
    assert tree.root_by_inclusion(tree.leaf_hash(leaves[index] + b"!"), index, size, path) != root
    assert tree.root_by_inclusion(leaf, size, size, path) is None
    assert tree.root_by_inclusion(leaf, index, size, [*path, root]) is None
    if path:
        assert tree.root_by_inclusion(leaf, index, size, path[:-1]) != root


@given(LEAVES, st.data())
def test_growth_is_proved_between_any_two_sizes(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(leaves)))
    old = data.draw(st.integers(1, size))
    of = subtrees(leaves)
    before, after, path = tree.root(old, of), tree.root(size, of), tree.consistency(old, size, of)
    assert tree.roots_by_consistency(old, size, before, path) == (before, after)
    assert tree.roots_by_consistency(old, size, before, [*path, after]) != (before, after)
    if path:
        assert tree.roots_by_consistency(old, size, before, [after, *path[1:]]) != (before, after)


FRACTIONS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | FRACTIONS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_canonical_bytes_are_those_of_rfc_8785(value: object) -> None:
    clean = plain(value)
    assert canonical(clean) == rfc8785.dumps(clean)
    assert veiled(clean, {}) == clean


def test_whom_a_text_names() -> None:
    """People, accounts and addresses; not teams, commits, or texts in which one is mentioned."""
    named = ["person:kim", "github:@kim", "email:kim@acme.example", "kim@acme.example"]
    others = [
        "github:@acme/pay",
        "github:acme/pay@3f2a",
        "rule:x",
        "operator",
        "ask person:kim",
        "git:a/b.c@d",
        "a@b",
    ]
    assert list(people_in({"a": [*named, *others], "b": 3})) == named


def test_a_note_is_read_as_it_is_written() -> None:
    key = PublicKey("fairlead/ab", bytes(range(32)))
    note = Note(str(Statement("fairlead/ab", 5, b"r" * 32)), (Signature("fairlead/ab", key.id, b"s" * 64),))
    assert read_note(str(note)) == note and read_statement(note).size == 5 and read_key(str(key)) == key
    assert not key.signed(note)
    lines = str(note).splitlines()
    assert lines[3] == "" and lines[4].startswith("\u2014 fairlead/ab ")
    assert base64.b64decode(lines[4].rpartition(" ")[2])[:4] == key.id
    # as golang.org/x/mod/sumdb/note has it
    known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert str(read_key(known)) == known
    for broken in (
        "",
        "x",
        f"{known[:-1]}X",
        "a+b+c",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ):
        with pytest.raises(Unreadable):
            read_key(broken)
    for broken in ("", "text\n", "text\n\nno dash\n"):
        with pytest.raises(Unreadable):
            read_note(broken)
