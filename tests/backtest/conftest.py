"""The histories that backtests run over."""

import json
import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.cdnow import PurchaseEvent, events

Written = Mapping[str, Any]


def write(path: Path, lines: Iterable[Written]) -> Path:
    """Write NDJSON."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def purchases() -> list[PurchaseEvent]:
    """All purchases of CDNOW."""
    return events()


@pytest.fixture(scope="session")
def cdnow(purchases: list[PurchaseEvent], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """CDNOW as it is: every event at midnight, many at the same instant."""
    return write(tmp_path_factory.mktemp("cdnow") / "events.ndjson", purchases)


@pytest.fixture(scope="session")
def few(purchases: list[PurchaseEvent], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every seventh customer of CDNOW."""
    return write(tmp_path_factory.mktemp("few") / "events.ndjson", _some(purchases, 0))


@pytest.fixture(scope="session")
def scattered(purchases: list[PurchaseEvent], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every seventh customer, each buying at a time of day of their own; the lines are in no order.

    Whole days after a purchase still meet other purchases of the customer, but never midnight. Every third
    purchase has yet another time of day.
    """
    chance = random.Random(1997)
    lines = []
    for event in _some(purchases, 1):
        row = int(event["id"].removeprefix("cdnow-"))
        own = row if row % 3 == 0 else int(event["customer"]["source_id"])
        lines.append(
            {**event, "occurred_at": _later(event["occurred_at"], milliseconds=own * 7_919_003 % 86_400_000)}
        )
    chance.shuffle(lines)
    return write(tmp_path_factory.mktemp("scattered") / "events.ndjson", lines)


@pytest.fixture(scope="session")
def returned(purchases: list[PurchaseEvent], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every seventh customer; every fourth purchase comes back within two weeks, some at the same instant."""
    lines: list[Written] = []
    for event in _some(purchases, 2):
        row = int(event["id"].removeprefix("cdnow-"))
        lines.append(event)
        if row % 4 == 0:
            back = _later(event["occurred_at"], days=row % 15, hours=row % 3)
            lines.append(
                {**event, "event": "return", "id": f"return-{row}", "occurred_at": back, "metadata": {}}
            )
    return write(tmp_path_factory.mktemp("returned") / "events.ndjson", lines)


def _some(purchases: list[PurchaseEvent], remainder: int) -> list[PurchaseEvent]:
    return [event for event in purchases if int(event["customer"]["source_id"]) % 7 == remainder]


def _later(instant: str, **by: int) -> str:
    moment = datetime.fromisoformat(instant) + timedelta(**by)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
