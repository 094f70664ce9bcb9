"""What it means when RocksDB fails: damaged files, a full disk, or something else, and what the operator is told.

The library raises bare ``Exception`` with RocksDB's words; this is the one place that reads them. Damage is noted in a
file beside the store, so that the next start sets the store aside, whatever it is that first finds it.
"""

from pathlib import Path
from types import TracebackType

from streams.engine.errors import StoreFailed

_DAMAGED = "Corruption"
_FULL = ("No space left", "File too large", "Disk quota exceeded")


class StoreWatch:
    """Surrounds every use of one store; turns the library's exceptions into ``StoreFailed``."""

    def __init__(self, store: Path) -> None:
        self._store = store

    def __enter__(self) -> None:
        """Nothing is kept: uses may overlap."""

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, _: TracebackType | None
    ) -> None:
        """Tell a failure of the library by its kind, which is ``Exception`` itself."""
        if kind is Exception:
            raise StoreFailed(self._told(str(failure))) from failure

    def _told(self, reason: str) -> str:
        if is_full(reason):
            return space_advice(self._store, reason)
        if reason.startswith(_DAMAGED):
            damage_note(self._store).write_text(reason, encoding="utf-8")
            return (
                f"the store {self._store} is damaged, the next start restores it from the changelog: {reason}"
            )
        return f"the store {self._store} cannot be used, the next start goes on from the changelog: {reason}"


def is_full(reason: str) -> bool:
    """Whether RocksDB says that there is no room."""
    return any(words in reason for words in _FULL)


def space_advice(store: Path, reason: str) -> str:
    """What the operator is told about a full disk."""
    return (
        f"the disk of the store {store} is full: make room and start the worker again; "
        f"nothing is lost, the changelog has it all ({reason})"
    )


def damage_note(store: Path) -> Path:
    """The file that says that a store is damaged, and how."""
    return store.with_name(store.name + ".damaged")
