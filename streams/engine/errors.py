"""Errors of the operator: the process refuses to start, and the message says what to do."""


class ConfigurationError(Exception):
    """Settings, topics or stored state do not fit together. The text tells the operator how to mend it."""
