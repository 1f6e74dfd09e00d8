"""Absences, holidays and times on call from calendars in the iCalendar format: files, or feeds by address.

Imports `model` and the connector kit. Start at `connector.py`; `read.py` and `times.py` are pure.
"""
