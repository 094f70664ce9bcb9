"""The memory that all stores of a worker share, so that it does not grow with the partitions that the worker owns.

Decides how much RocksDB may keep in memory, how its files are laid out, and that tidying them up (compaction) leaves
the cores to the stream; what has to be written for the stream to go on (flushes) does not wait. One cache holds blocks,
indexes and filters of every store; one budget holds what is not yet written to files. It does not know what is stored.
"""

from typing import Final

from rocksdict import (
    BlockBasedIndexType,
    BlockBasedOptions,
    Cache,
    DBCompressionType,
    Env,
    Options,
    WriteBufferManager,
    WriteOptions,
)

_MEBIBYTE: Final = 1 << 20
_CACHED: Final = 96 * _MEBIBYTE
_UNWRITTEN: Final = 64 * _MEBIBYTE
_UNWRITTEN_OF_ONE: Final = 16 * _MEBIBYTE
_PAGE: Final = 4096
"""Bytes of a part of an index or a filter, as of a block of records."""
_NO_LOGS: Final = 2
"""RocksDB keeps its own diary beside the data: the one that it writes, and the one before."""


class StoreMemory:
    """Shared by the stores that are opened with it."""

    def __init__(self) -> None:
        self._cache = Cache(_CACHED)
        self._unwritten = WriteBufferManager(_UNWRITTEN, False)  # noqa: FBT003 -- the library's signature
        self._threads = Env()
        self._threads.lower_thread_pool_cpu_priority()

    def options(self) -> Options:
        """How a store is opened."""
        options = Options(raw_mode=True)
        options.create_if_missing(True)  # noqa: FBT003 -- the library's signature
        options.set_write_buffer_size(_UNWRITTEN_OF_ONE)
        options.set_max_write_buffer_number(2)
        options.set_write_buffer_manager(self._unwritten)
        options.set_max_open_files(256)
        options.set_keep_log_file_num(_NO_LOGS)
        options.set_compression_type(DBCompressionType.lz4())
        options.set_block_based_table_factory(self._table())
        options.set_env(self._threads)
        return options

    def _table(self) -> BlockBasedOptions:
        """How a file is laid out.

        Indexes and filters are kept in the cache by the page. As a whole, those of millions of customers push one
        another out of it, and reading one record takes twenty times as long.
        """
        table = BlockBasedOptions()
        table.set_block_cache(self._cache)
        table.set_cache_index_and_filter_blocks(True)
        table.set_pin_l0_filter_and_index_blocks_in_cache(True)
        table.set_bloom_filter(10, False)  # noqa: FBT003 -- the library's signature
        table.set_index_type(BlockBasedIndexType.two_level_index_search())
        table.set_partition_filters(True)
        table.set_metadata_block_size(_PAGE)
        table.set_pin_top_level_index_and_filter(True)
        return table


def unlogged() -> WriteOptions:
    """Writes without RocksDB's own log: the changelog is the log, what a crash loses is read from there again."""
    options = WriteOptions()
    options.disable_wal = True
    return options
