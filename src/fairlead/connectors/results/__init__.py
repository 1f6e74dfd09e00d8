"""Results: reports that test runners and scanners leave behind as files.

Imports: kit, model. Start at `connector.py`.
"""
