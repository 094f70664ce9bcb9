"""Errors that are not the sender's: the process refuses to start or to go on, and the message says what to do."""


class ConfigurationError(Exception):
    """Settings, topics or stored state do not fit together. The text tells the operator how to mend it."""


class StoreFailed(Exception):  # noqa: N818 -- says what happened
    """A store cannot be read or written any more. The worker must end; the text says what the next start will do."""
