"""The files of a partition's store as they were at one moment, opened to be read, by whatever process.

Decides how customers' records are told from the other entries of a store. It does not know how an image comes to be,
nor what is in a record.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from rocksdict import AccessType, Options, Rdict, RdictIter

from streams.domain.identities import CustomerId

RECORD: Final = b"s"
"""What the key of every record begins with, before the customer's id."""
_FIRST: Final = RECORD + b"\x01"
"""Ids begin with no control character, so what stands before this is something else that a partition remembers."""
_AT_A_TIME: Final = 1_024


class StoreImage:
    """One image. Raises bare ``Exception``, as the library does, for files that are damaged."""

    def __init__(self, path: Path) -> None:
        self._database = Rdict(str(path), Options(raw_mode=True), access_type=AccessType.read_only())

    def customers(self) -> Iterator[Sequence[tuple[bytes, bytes]]]:
        """All customers by id, some thousand at a time: the key, which ends in the id, and the record."""
        entries, last = iter(self._database.items(from_key=_FIRST)), _FIRST
        while last.startswith(RECORD) and (batch := list(islice(entries, _AT_A_TIME))):
            last = batch[-1][0]
            yield batch if last.startswith(RECORD) else [each for each in batch if each[0].startswith(RECORD)]
        self._expect_the_end(last)

    def close(self) -> None:
        """Let go of the files."""
        self._database.close()

    def _expect_the_end(self, key: bytes) -> None:
        """Look once more behind the last entry: to the faster way of reading, damage looks like the end."""
        entries: RdictIter = self._database.iter()
        entries.seek(key)
        if entries.valid():
            entries.next()
        entries.status()


def customer_of(key: bytes) -> CustomerId:
    """The customer whose record stands under this key."""
    return CustomerId(key[len(RECORD) :].decode())
