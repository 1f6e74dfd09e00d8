"""The hand-written story lines on top of the everyday work; each is a script that waits and acts.

It may import the demo's director and cast; start at `waiting.py`.
"""
