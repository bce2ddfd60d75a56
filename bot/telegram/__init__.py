"""Telegram as a front end: updates in, messages out."""
