"""The ledger: what was decided and done, in a tree of hashes that a stranger can verify.

Imports `store`, `model` and the libraries for keys and time stamps; everything that decides writes to it.
Start at `book.py` (record, checkpoint), then `tree.py` (the proofs), `checking.py` and `verify.py`.
"""
