"""The schemas of a registry by id, as far as they are known: what an id means never changes, so it is kept for ever.

Decides what happens while something is unknown: whoever asks is told to come back, and the registry is asked in a
thread meanwhile, again and again with growing pauses. Whether a registry that is away is waited for, or makes a
rejection, is said by whoever makes this. How a registry is asked is others' business; nothing here blocks.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Protocol

from schemas.rejections import Fault

logger = logging.getLogger(__name__)

SchemaKey = int | bytes
"""The id of a schema, or the sixteen bytes of its GUID."""

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 15.0
"""Seconds for which a registry that is away is not asked."""
_UNKNOWN_SECONDS = 30.0
"""How long an id that the registry does not have is taken for one that it will not have."""
_MOST_UNKNOWN = 10_000


class UnknownSchema(Exception):  # noqa: N818 -- says what happened
    """The registry has no schema of this id; the text is its answer."""


class SchemaAwaited(Exception):  # noqa: N818 -- says what happened
    """A schema is not known yet; ``ready`` says when it is worth to ask again."""

    def __init__(self, key: SchemaKey, ready: Callable[[], bool]) -> None:
        super().__init__(f"schema {shown_key(key)} is not known yet")
        self.ready = ready


class RegistryWatch(Protocol):
    """Who is told how the registry answers."""

    def __call__(self, outcome: str) -> None:
        """``found``, ``unknown`` or ``away``."""


class WriterSchemas:
    """What is known of a registry. Asked by one thread."""

    def __init__(
        self,
        fetch: Callable[[SchemaKey], str],
        executor: Executor,
        *,
        waits: bool,
        watch: RegistryWatch | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``fetch`` gives the text of a schema, or raises ``UnknownSchema``, or anything else if it cannot be asked."""
        self._fetch = fetch
        self._executor = executor
        self._waits = waits
        self._watch: RegistryWatch = watch or (lambda _: None)
        self._clock = clock
        self._texts: dict[SchemaKey, str] = {}
        self._unknown: dict[SchemaKey, float] = {}
        """Ids that the registry does not have, and until when that is believed."""
        self._asked: dict[SchemaKey, Future[str]] = {}
        self._away_until = 0.0
        """The registry is not asked before; 0 while it answers."""
        self._pause = _FIRST_PAUSE

    def get(self, key: SchemaKey) -> str | Fault:
        """The text of the schema, or why there is none. Raises ``SchemaAwaited``."""
        text = self._texts.get(key)
        if text is not None:
            return text
        if not self.ready(key):
            raise SchemaAwaited(key, partial(self.ready, key))
        if key in self._texts:
            return self._texts[key]
        if key in self._unknown:
            return Fault("unknown_schema_id", "value", "the id of a schema in the registry", shown_key(key))
        found = f"schema {shown_key(key)}, for which the registry could not be asked"
        return Fault("registry_away", "value", "a schema that is known", found)

    def ready(self, key: SchemaKey) -> bool:
        """Whether ``get`` would answer; sees to it that one day it does."""
        asked = self._asked.get(key)
        if asked is not None:
            if not asked.done():
                return False
            del self._asked[key]
            self._settle(key, asked)
        now = self._clock()
        if key in self._texts or now < self._unknown.get(key, now):
            return True
        if now < self._away_until:
            return not self._waits
        self._unknown.pop(key, None)
        self._asked[key] = self._executor.submit(self._fetch, key)
        return False

    def _settle(self, key: SchemaKey, asked: Future[str]) -> None:
        error = asked.exception()
        if error is None:
            self._texts[key] = asked.result()
        elif isinstance(error, UnknownSchema):
            if len(self._unknown) >= _MOST_UNKNOWN:  # whoever makes up ids must not fill the memory
                self._unknown.clear()
            self._unknown[key] = self._clock() + _UNKNOWN_SECONDS
        else:
            self._put_off(key, error)
            return
        self._away_until, self._pause = 0.0, _FIRST_PAUSE
        self._watch("found" if error is None else "unknown")

    def _put_off(self, key: SchemaKey, error: BaseException) -> None:
        """The registry could not be asked: all that is unknown waits for it, or is refused meanwhile."""
        text = f"{type(error).__name__}: {error}"
        logger.warning("the schema registry cannot be asked for schema %s: %s", shown_key(key), text)
        self._watch("away")
        if self._clock() >= self._away_until:
            self._away_until = self._clock() + self._pause
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)


def shown_key(key: SchemaKey) -> str:
    """The id as a number, or the GUID as it is written."""
    if isinstance(key, int):
        return str(key)
    digits = key.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
