"""Images of the stores in service, for as long as a question is looked into.

Decides where they stand, on the disk of the stores, and that none is left over. What a crash left behind is removed by
the next start.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from streams.engine.state_store import StateStore


class Images:
    """Makes images in a directory of one worker's own. For any thread."""

    def __init__(self, room: Path) -> None:
        self._room = room
        shutil.rmtree(room, ignore_errors=True)

    @contextmanager
    def of(self, stores: Mapping[int, StateStore]) -> Iterator[Mapping[int, Path]]:
        """The image of each store that is open, by number, until the context is left. Raises ``StoreFailed``."""
        self._room.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._room, ignore_cleanup_errors=True) as directory:
            paths = {number: Path(directory) / str(number) for number in stores}
            yield {number: path for number, path in paths.items() if stores[number].take_image(path)}
