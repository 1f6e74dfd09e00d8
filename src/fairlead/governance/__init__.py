"""What leaves the program: one outbox of messages, and the ways that they travel.

Imports `store`, `model` and the floors between; `reports` is above it: messages come here ready made.
Start at `outbox.py` (what is to be sent, once), then `carrier.py` (who sends it) and `mail.py`.
"""
