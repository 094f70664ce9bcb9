"""The purchases that the chaos tests send, and the rules under which they are sent."""

from pathlib import Path

from deploy.demo.cdnow import as_line, events
from streams.domain.instants import parse_instant
from topology.lines import Line

CHAOS_DEFINITIONS = Path(__file__).parent / "definitions"
LAST_DAY = parse_instant("1998-12-31")


def purchases(one_in: int) -> list[Line]:
    """All purchases of one in so many customers, in the order of time."""
    chosen = (event for event in events() if int(event["customer"]["source_id"]) % one_in == 0)
    return [Line(number, as_line(event).encode()) for number, event in enumerate(chosen, start=1)]
