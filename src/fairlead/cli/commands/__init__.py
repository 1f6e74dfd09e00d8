"""One module a command: `APP` is its Typer application, the first line of its docstring the summary.

Imports like `cli`. Add a file and `fairlead --help` lists it.
Start at `brief.py`, the plainest.
"""
