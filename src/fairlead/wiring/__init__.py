"""The one assembly: reads settings, picks implementations, hands over ready services.

Imports everything below; only `cli`, `gateway` and `workers` import it.
Start at `services.py`; `verbs.py` lists what every face can ask for, `demo/` tells the canned team's story.
"""
