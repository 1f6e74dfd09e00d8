"""Objectives and key results: what they are worth today, what works towards them, how dates were kept.

May import metrics and below; neither planning nor signals. Start at `goals/facts.py`.
"""
