"""The events that only Tidemark tells of: whoever else sends one is mistaken.

Decides which they are. All other ``customer.*`` events may come in from the services that own them.
"""

from typing import Final

RESERVED: Final = frozenset(
    {
        "customer.created",
        "customer.updated",
        "customer.deleted",
        "customer.custom_event",
        "customer.segment.entered",
        "customer.segment.left",
    }
)
"""Names of events that are rejected when they come in."""
