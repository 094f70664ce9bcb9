"""The job of the benchmark as stock Faust would have it: one agent, one table, one output topic.

Nothing is patched and nothing is tuned: aiokafka, the JSON codec and every setting as they come. The job's parameters
stand in the environment (BENCH_*), so that the harness starts every contestant in the same way.
"""

import os
from datetime import UTC, datetime

import faust

app = faust.App(
    os.environ["BENCH_GROUP"],
    broker=f"kafka://{os.environ['BENCH_BOOTSTRAP']}",
    store="rocksdb://",
    datadir=os.environ["BENCH_STATE"],
    processing_guarantee=os.environ["BENCH_GUARANTEE"],
    topic_partitions=int(os.environ["BENCH_PARTITIONS"]),
)
events = app.topic(os.environ["BENCH_INPUT"], key_type=str, value_serializer="json")
changes = app.topic(os.environ["BENCH_OUTPUT"], key_type=str, value_serializer="json")
customers = app.Table("customers")
segment, more_than = os.environ["BENCH_SEGMENT"], int(os.environ["BENCH_MORE_THAN"])


@app.agent(events)
async def count_purchases(stream):
    """Counts, dates, and says who enters the segment."""
    async for event in stream:
        customer = event["customer"]["source_id"]
        occurred_at = int(datetime.fromisoformat(event["occurred_at"]).timestamp() * 1000)
        known = customers.get(customer)
        count, first, last = known or (0, occurred_at, occurred_at)
        customers[customer] = [count + 1, min(first, occurred_at), max(last, occurred_at)]
        if count == more_than:
            await changes.send(key=customer, value=entered(customer, event))


def entered(customer, event):
    """The record of a customer who enters the segment."""
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


if __name__ == "__main__":
    app.main()
