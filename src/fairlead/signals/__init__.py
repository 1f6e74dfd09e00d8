"""What deserves attention: rules over typed views of the warehouse, and the life of the signals that they raise.

Imports `metrics` and what lies below. Start at `language/` for what a rule may say, at `rules.py` for a file of them.
"""
