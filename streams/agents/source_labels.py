"""Sources as labels of metrics: what senders call themselves is not bounded, labels must be."""

from typing import Final

_MOST: Final = 100


class SourceLabels:
    """The first sources seen go under their own names."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def of(self, source: str | None) -> str:
        """The label of a source."""
        name = source or ""
        if len(self._known) < _MOST:
            self._known.add(name)
        return name if name in self._known else "other"
