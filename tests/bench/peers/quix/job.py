"""The job of the benchmark as Quix Streams would have it: one stateful step, one output topic, exactly once.

Everything is as it comes but the commit interval, which is the harness's (``BENCH_COMMIT_SECONDS``). The job's
parameters stand in the environment (BENCH_*), so that the harness starts every contestant in the same way.
"""

import os
from datetime import UTC, datetime

from quixstreams import Application

segment, more_than = os.environ["BENCH_SEGMENT"], int(os.environ["BENCH_MORE_THAN"])


def count_purchase(event, state):
    """Counts, dates, and says who enters the segment."""
    occurred_at = int(datetime.fromisoformat(event["occurred_at"]).timestamp() * 1000)
    count, first, last = state.get("purchase") or (0, occurred_at, occurred_at)
    state.set("purchase", [count + 1, min(first, occurred_at), max(last, occurred_at)])
    return entered(event) if count == more_than else None


def entered(event):
    """The record of a customer who enters the segment."""
    customer = event["customer"]["source_id"]
    return {
        "id": f"{segment}:1:{customer}:{event['id']}",
        "sequence": 1,
        "customer_id": customer,
        "segment_id": segment,
        "segment_version": 1,
        "change": "entered",
        "cause": "event",
        "occurred_at": event["occurred_at"],
        "emitted_at": datetime.now(UTC).isoformat(),
        "event_id": event["id"],
    }


def main():
    """Runs until it is stopped."""
    app = Application(
        broker_address=os.environ["BENCH_BOOTSTRAP"],
        consumer_group=os.environ["BENCH_GROUP"],
        state_dir=os.environ["BENCH_STATE"],
        processing_guarantee=os.environ["BENCH_GUARANTEE"],
        commit_interval=float(os.environ["BENCH_COMMIT_SECONDS"]),
        auto_offset_reset="earliest",
    )
    events = app.topic(os.environ["BENCH_INPUT"], key_deserializer="str", value_deserializer="json")
    changes = app.topic(os.environ["BENCH_OUTPUT"], key_serializer="str", value_serializer="json")
    decided = app.dataframe(events).apply(count_purchase, stateful=True)
    decided.filter(lambda change: change is not None).to_topic(changes)
    app.run()


if __name__ == "__main__":
    main()
