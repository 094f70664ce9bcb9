"""The purchases that the chaos tests send, and the rules under which they are sent."""

import json
from pathlib import Path

from deploy.demo.cdnow import events

CHAOS_DEFINITIONS = Path(__file__).parent / "definitions"
LAST_DAY = "1998-12-31"


def write_purchases(path: Path) -> Path:
    """Write every purchase as an event, a line each."""
    with path.open("w") as lines:
        for event in events():
            lines.write(json.dumps(event) + "\n")
    return path
