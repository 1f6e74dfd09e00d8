"""The demo team: a fictional company whose ninety days are played through FakeGitHub, with a story worth reading.

It may import everything below `wiring`; start at `story.py`.
"""
