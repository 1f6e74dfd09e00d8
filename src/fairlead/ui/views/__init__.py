"""View models: frozen values that templates show, made from figures, evidence and rows; nothing is computed here.

Imports `model`, `reports` and this room's `scope`, `shown`, `words`.
Start at `cards.py`, which turns a figure into what its card says.
"""
