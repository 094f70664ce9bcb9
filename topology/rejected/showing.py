"""One rejected event in full: why, by whom, where, and the original in a form that a person can read.

JSON is laid out, Avro of a known event is shown as JSON, other text as it is, anything else in hexadecimal. Judges
nothing: what a worker would say today is handed in.
"""

from collections.abc import Iterable, Iterator

import msgspec

from schemas.avro_wire import EventWire
from schemas.catalog import Catalog
from schemas.instants import EARLIEST, LATEST, format_instant
from schemas.rejections import REASONS
from schemas.single_object import HEADER, MAGIC, MALFORMED
from topology.printable import printable
from topology.rejected.marks import Mark
from topology.rejected.rejected_event import RejectedEvent
from topology.rejected.replay import Replay

_HEX_WIDTH = 64
_MOST_HEX = 4_096
"""Bytes that are shown in hexadecimal; who needs more takes the raw value."""


def shown_event(rejected: RejectedEvent, mark: Mark | None, replay: Replay, catalog: Catalog) -> str:
    """Everything about a rejected event, as text."""
    body = rejected.body
    meaning = next((text for code, text in REASONS.items() if code == body["reason"]), "")
    lines = [
        f"id           {rejected.id}",
        f"rejected at  {body['rejected_at']}",
        f"reason       {body['reason']}. {meaning}".rstrip(),
        f"event        {body['event'] or '-'}",
        f"source       {body['source'] or '-'}",
        f"customer     {body['customer_id'] or '-'}",
        f"received at  {body['topic']}, partition {body['partition']}, offset {body['offset']}",
        f"timestamp    {body['timestamp'] or '-'}",
        f"replayed     {_replayed(mark)}",
        "",
        "faults:",
        *(
            f"  {fault['path']}: expected {fault['expected']}, found {fault['found']}"
            for fault in body["faults"]
        ),
        *_indented("traceback:", body["traceback"]),
        "",
        *_original(rejected, catalog),
        "",
        *_today(replay),
    ]
    return printable("\n".join(lines))


def _replayed(mark: Mark | None) -> str:
    if mark is None:
        return "no"
    return f"at {mark.replayed_at}{', with another value' if mark.edited else ''}"


def _original(rejected: RejectedEvent, catalog: Catalog) -> Iterator[str]:
    if rejected.left_out:
        yield "The original was too large to be kept here."
        return
    yield f"key: {_readable(rejected.key, catalog)}"
    if rejected.headers:
        yield "headers:"
        yield from (f"  {name}: {_readable(value, catalog)}" for name, value in rejected.headers)
    yield "value:"
    yield from ("  " + line for line in _readable(rejected.value, catalog).splitlines())


def _today(replay: Replay) -> Iterable[str]:
    if replay.impossible:
        return (f"A replay is impossible: {replay.impossible}.",)
    if not replay.faults:
        return ("By the definitions that are live now it would be accepted.",)
    again = "By the definitions that are live now it would be rejected again:"
    return (again, *(f"  {fault}" for fault in replay.faults))


def _readable(value: bytes | None, catalog: Catalog) -> str:
    """Bytes as a person can read them, whatever they are."""
    if not value:
        return "null" if value is None else "(empty)"
    if value.startswith(MAGIC):
        decoded = _avro(value, catalog)
        if decoded is not None:
            return f"{decoded}\n(shown as JSON; it is Avro of {len(value):,} bytes)"
    try:
        if value[:1] in {b"{", b"["}:
            return msgspec.json.format(value, indent=2).decode()
        text = value.decode()
    except (ValueError, RecursionError):
        return value.decode(errors="replace") if value[:1] == b"{" else _hexadecimal(value)
    return text if text.isprintable() or "\n" in text else _hexadecimal(value)


def _avro(value: bytes, catalog: Catalog) -> str | None:
    wires = map(EventWire, catalog.definitions.values())
    wire = next((wire for wire in wires if wire.fingerprint == value[len(MAGIC) : HEADER]), None)
    try:
        body = None if wire is None else wire.decode(value)
    except MALFORMED:
        return None
    if body is None:
        return None
    at = body["occurred_at"]
    if isinstance(at, int):
        body["occurred_at"] = format_instant(at) if EARLIEST <= at <= LATEST else int(at)
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode()


def _hexadecimal(value: bytes) -> str:
    shown = value[:_MOST_HEX].hex()
    lines = [shown[at : at + _HEX_WIDTH] for at in range(0, len(shown), _HEX_WIDTH)]
    more = [f"… {len(value):,} bytes in all"] if len(value) > _MOST_HEX else []
    return "\n".join([*lines, *more])


def _indented(title: str, text: str | None) -> Iterable[str]:
    return ("", title, *("  " + line for line in text.splitlines())) if text else ()
