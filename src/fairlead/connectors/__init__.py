"""One connector a tool: `verify`, `read`, and where it calls out `sync`, `check`, `act`, `fake`.

Imports `model` and `connectors.kit` only; no connector imports another and none holds state.
Start at `kit/connector.py` (what a connector is); `github/` is the largest example, `fairlead.py` the smallest.
"""
