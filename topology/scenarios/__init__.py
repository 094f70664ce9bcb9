"""Scenarios: given definitions, when these events come and time passes, then these records."""
