"""The committed state of one partition in RocksDB: customers' records, the due index, the position in the changelog.

One write batch per committed transaction moves all of them together, so the store is always the image of some changelog
position. It does not know what is in a record, nor anything that is not committed. A store that cannot be opened, was
found damaged or has another format is moved aside; the changelog rebuilds it.
"""

import logging
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Self

from rocksdict import Checkpoint, DbClosedError, Rdict, RdictIter, ReadOptions, WriteBatch

from streams.domain.instants import Instant
from streams.engine.due_index import PREFIX as DUE
from streams.engine.due_index import due_key, ordered_key, read_due_key
from streams.engine.errors import ConfigurationError, StoreFailed
from streams.engine.state_codec import FORMAT, READABLE
from streams.engine.store_image import RECORD as _RECORD
from streams.engine.store_memory import StoreMemory, unlogged
from streams.engine.store_watch import StoreWatch, damage_note, is_full, space_advice

logger = logging.getLogger(__name__)

_POSITION: Final = b"mposition"
_FORMAT: Final = b"mformat"
_IN_USE: Final = ("While lock file", "lock hold by")
"""How RocksDB says that another process, or this one, has the store open."""


class Changes:
    """What one transaction changes in a store, collected while it runs."""

    def __init__(self) -> None:
        self.batch = WriteBatch(raw_mode=True)

    def put(self, key: bytes, record: bytes | None) -> None:
        """Keep a record, or forget what is kept of the key."""
        if record is None:
            self.batch.delete(_RECORD + key)
        else:
            self.batch.put(_RECORD + key, record)

    def due(self, instant: Instant, customer: bytes) -> None:
        """Enter a customer into the due index."""
        self.batch.put(due_key(instant, customer), b"")

    def due_in_order(self, order: bytes, customer: bytes) -> None:
        """Enter a customer into the due index, by an instant that is written already."""
        self.batch.put(ordered_key(order, customer), b"")

    def taken(self, instant: Instant, customer: bytes) -> None:
        """Remove an entry of the due index."""
        self.batch.delete(due_key(instant, customer))


class StateStore:
    """One partition's RocksDB. Not for use by two threads at once, except ``apply``, ``take_image`` and ``close``.

    Reading and writing raise ``StoreFailed`` when the files are damaged or the disk is full.
    """

    def __init__(self, path: Path, memory: StoreMemory) -> None:
        self.path = path
        self._database = Rdict(str(path), memory.options())
        self._unlogged = unlogged()
        self._watch = StoreWatch(path)
        self._whole = threading.Lock()
        """Held by who needs the store open to the end, and by who closes it."""

    @classmethod
    def open(cls, path: Path, memory: StoreMemory | None = None) -> Self:
        """Open the store at ``path``, or a new one where there is none or none that can be used.

        With ``memory`` it shares what other stores use.
        """
        memory = memory or StoreMemory()
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = _attempt(cls, path, memory)
        if isinstance(opened, cls):
            reason = opened.unfit()
            if reason is None:
                return opened
            opened.close()
        else:
            reason = str(opened)
        if any(words in reason for words in _IN_USE):
            raise ConfigurationError(
                f"the store {path} is in use by another worker: give each its own directory"
            )
        if is_full(reason):
            raise ConfigurationError(space_advice(path, reason))
        logger.warning("store %s is set aside and will be restored: %s", path, reason)
        set_aside(path)
        return cls(path, memory)

    def unfit(self) -> str | None:
        """Why the store is of no use to this version, if so; one that it can read takes on the format."""
        note = damage_note(self.path)
        if note.exists():
            return note.read_text(encoding="utf-8")
        try:
            with self._watch:
                known = self._database.get(_FORMAT)
                new = known is None and self._database.get(_POSITION) is None
                if not new and known not in READABLE:
                    return "it has another format"
                if known != FORMAT:
                    self._database[_FORMAT] = (
                        FORMAT  # before a record of it: earlier versions must not open it
                    )
                return None
        except StoreFailed as failure:
            return str(failure)

    @property
    def position(self) -> int | None:
        """The changelog offset up to which (exclusive) this store is complete; ``None`` for a new store."""
        with self._watch:
            stored = self._database.get(_POSITION)
        return None if stored is None else int.from_bytes(stored, "big")

    def get(self, key: bytes) -> bytes | None:
        """The record of ``key``."""
        with self._watch:
            record: bytes | None = self._database.get(_RECORD + key)
        return record

    def apply(self, changes: Changes, position: int | None) -> None:
        """Write the changes of one committed transaction, and the changelog position behind it, as one."""
        if position is not None:
            changes.batch.put(_POSITION, position.to_bytes(8, "big"))
        with self._watch:
            self._database.write(changes.batch, self._unlogged)

    def due(self, up_to: Instant, after: bytes = DUE) -> Iterator[tuple[bytes, Instant, bytes]]:
        """Entries of the due index up to an instant, in order, behind key ``after``: key, instant, customer."""
        for entries in self._entries(after, DUE):
            key = entries.key()
            instant, customer = read_due_key(key)
            if instant > up_to:
                return
            if key != after:
                yield key, instant, customer

    def records(self, start: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        """All records from key ``start`` on, by key, as they are when the first one is asked for.

        What is read like this takes no room from what is read by key.
        """
        for entries in self._entries(_RECORD + start, _RECORD, _in_passing()):
            yield entries.key()[1:], entries.value()

    def estimated_size(self) -> int:
        """About how many records there are: rather too many, for the due index is counted as well."""
        with self._watch:
            entries = int(self._database.property_int_value("rocksdb.estimate-num-keys") or 0)
        return max(0, entries - len((_POSITION, _FORMAT)))

    def take_image(self, directory: Path) -> bool:
        """Leave an image of what is stored now in a directory that is not there yet; ``False`` if the store is closed.

        The image shares the store's files, so it takes little time, and room only for what the store gives up later.
        """
        try:
            with self._whole, self._watch:
                self._database.flush()  # others go on meanwhile; the checkpoint finds little left, and holds them up
                Checkpoint(self._database).create_checkpoint(str(directory))
        except DbClosedError:
            return False
        return True

    def close(self) -> None:
        """Write what is not in files yet, and close. What cannot be written stands in the changelog."""
        try:
            with self._whole, self._watch:
                self._database.close()
        except StoreFailed as failure:
            logger.warning("%s", failure)

    def _entries(
        self, start: bytes, prefix: bytes, options: ReadOptions | None = None
    ) -> Iterator[RdictIter]:
        """An iterator that stands on one entry after another, from ``start`` to the end of those with ``prefix``."""
        with self._watch:
            entries = self._database.iter(options)
            entries.seek(start)
            while entries.valid() and entries.key().startswith(prefix):
                yield entries
                entries.next()
            entries.status()  # damage looks like the end otherwise


def _in_passing() -> ReadOptions:
    """A reading that pushes nothing out of the cache."""
    options = ReadOptions()
    options.fill_cache(False)  # noqa: FBT003 -- the library's signature
    return options


def _attempt(store: type[StateStore], path: Path, memory: StoreMemory) -> StateStore | BaseException:
    """The store, or why it does not open: the library raises bare ``Exception``, so the failure is taken as a value."""
    with ThreadPoolExecutor(1) as opener:
        attempt = opener.submit(store, path, memory)
        return attempt.exception() or attempt.result()


def set_aside(path: Path) -> None:
    """Move a store out of the way, replacing what was set aside before."""
    aside = path.with_name(path.name + ".aside")
    shutil.rmtree(aside, ignore_errors=True)
    if path.exists():
        path.rename(aside)
    damage_note(path).unlink(missing_ok=True)
