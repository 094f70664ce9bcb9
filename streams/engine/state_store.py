"""The committed state of one partition in RocksDB: customers' records, the due index, the position in the changelog.

One write batch per committed transaction moves all of them together, so the store is always the image of some changelog
position. It does not know what is in a record, nor anything that is not committed. A store that cannot be opened, is
damaged or has another format is moved aside; the changelog rebuilds it.
"""

import logging
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Self

from rocksdict import BlockBasedOptions, Cache, DBCompressionType, Options, Rdict, WriteBatch, WriteOptions

from streams.domain.instants import Instant
from streams.engine.due_index import PREFIX as DUE
from streams.engine.due_index import due_key, read_due_key
from streams.engine.errors import ConfigurationError
from streams.engine.state_codec import FORMAT

logger = logging.getLogger(__name__)

_RECORD: Final = b"s"
_POSITION: Final = b"mposition"
_FORMAT: Final = b"mformat"
_MEBIBYTE: Final = 1 << 20
_IN_USE: Final = ("While lock file", "lock hold by")
"""How RocksDB says that another process, or this one, has the store open."""


class Changes:
    """What one transaction changes in a store, collected while it runs."""

    def __init__(self) -> None:
        self.batch = WriteBatch(raw_mode=True)

    def put(self, key: bytes, record: bytes) -> None:
        """Keep a record."""
        self.batch.put(_RECORD + key, record)

    def delete(self, key: bytes) -> None:
        """Forget a record."""
        self.batch.delete(_RECORD + key)

    def due(self, instant: Instant, customer: bytes) -> None:
        """Enter a customer into the due index."""
        self.batch.put(due_key(instant, customer), b"")

    def taken(self, instant: Instant, customer: bytes) -> None:
        """Remove an entry of the due index."""
        self.batch.delete(due_key(instant, customer))


class StateStore:
    """One partition's RocksDB. Not for use by two threads at once, except ``apply``."""

    def __init__(self, path: Path, cache_mebibytes: int = 32) -> None:
        self.path = path
        self._database = Rdict(str(path), _options(cache_mebibytes))
        self._unlogged = WriteOptions()
        self._unlogged.disable_wal = (
            True  # the changelog is the log; what a crash loses is read from there again
        )

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the store at ``path``, or a new one where there is none or none that can be used."""
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = _attempt(cls, path)
        if isinstance(opened, cls):
            if opened.has_current_format():
                return opened
            opened.close()
            reason = "it has another format"
        elif any(words in str(opened) for words in _IN_USE):
            raise ConfigurationError(
                f"the store {path} is in use by another worker: give each its own directory"
            )
        else:
            reason = str(opened)
        logger.warning("store %s is set aside and will be restored: %s", path, reason)
        set_aside(path)
        return cls(path)

    def has_current_format(self) -> bool:
        """Whether the records are of the format that this version reads; a new store takes it on."""
        if self.position is None and self._database.get(_FORMAT) is None:
            self._database[_FORMAT] = FORMAT
        return bool(self._database.get(_FORMAT) == FORMAT)

    @property
    def position(self) -> int | None:
        """The changelog offset up to which (exclusive) this store is complete; ``None`` for a new store."""
        stored = self._database.get(_POSITION)
        return None if stored is None else int.from_bytes(stored, "big")

    def get(self, key: bytes) -> bytes | None:
        """The record of ``key``."""
        record: bytes | None = self._database.get(_RECORD + key)
        return record

    def apply(self, changes: Changes, position: int | None) -> None:
        """Write the changes of one committed transaction, and the changelog position behind it, as one."""
        if position is not None:
            changes.batch.put(_POSITION, position.to_bytes(8, "big"))
        self._database.write(changes.batch, self._unlogged)

    def due(self, up_to: Instant, after: bytes = DUE) -> Iterator[tuple[bytes, Instant, bytes]]:
        """Entries of the due index up to an instant, in order, behind key ``after``: key, instant, customer."""
        entries = self._database.iter()
        entries.seek(after)
        while entries.valid():
            key = entries.key()
            if not key.startswith(DUE):
                return
            instant, customer = read_due_key(key)
            if instant > up_to:
                return
            if key != after:
                yield key, instant, customer
            entries.next()

    def records(self) -> Iterator[tuple[bytes, bytes]]:
        """All records, by key."""
        entries = self._database.iter()
        entries.seek(_RECORD)
        while entries.valid() and entries.key().startswith(_RECORD):
            yield entries.key()[1:], entries.value()
            entries.next()

    def close(self) -> None:
        """Flush and close."""
        self._database.close()


def _attempt(store: type[StateStore], path: Path) -> StateStore | BaseException:
    """The store, or why it does not open: the library raises bare ``Exception``, so the failure is taken as a value."""
    with ThreadPoolExecutor(1) as opener:
        attempt = opener.submit(store, path)
        return attempt.exception() or attempt.result()


def set_aside(path: Path) -> None:
    """Move a store out of the way, replacing what was set aside before."""
    aside = path.with_name(path.name + ".aside")
    shutil.rmtree(aside, ignore_errors=True)
    if path.exists():
        path.rename(aside)


def _options(cache_mebibytes: int) -> Options:
    options = Options(raw_mode=True)
    options.create_if_missing(True)  # noqa: FBT003 -- the library's signature
    options.set_write_buffer_size(16 * _MEBIBYTE)
    options.set_max_write_buffer_number(2)
    options.set_max_open_files(256)
    options.set_compression_type(DBCompressionType.lz4())
    table = BlockBasedOptions()
    table.set_block_cache(Cache(cache_mebibytes * _MEBIBYTE))
    table.set_bloom_filter(10, False)  # noqa: FBT003 -- the library's signature
    options.set_block_based_table_factory(table)
    return options
