"""What may be done to the outside world: Rego over a described input; whatever fails on the way is a no.

May import what governance may. Start at `judge.py`, then `document.py` and the policies in `shipped/`.
"""
