"""The job of the benchmark with nothing but confluent-kafka: the smallest program that does it right.

Its state is a dict without a changelog, so it is no contestant; it is what the harness itself is tried on. It stops
by itself after ``BENCH_STOP_AFTER`` records, where that is set.
"""

import json
import os
import time

from confluent_kafka import Consumer, Producer

segment, more_than = os.environ["BENCH_SEGMENT"], int(os.environ["BENCH_MORE_THAN"])
stop_after = int(os.environ.get("BENCH_STOP_AFTER", "0"))


def main():
    """One transaction per batch, until it is stopped."""
    client = {"bootstrap.servers": os.environ["BENCH_BOOTSTRAP"]}
    group = os.environ["BENCH_GROUP"]
    consumer = Consumer({**client, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False})
    producer = Producer({**client, "transactional.id": group})
    producer.init_transactions()
    consumer.subscribe([os.environ["BENCH_INPUT"]])
    customers, done = {}, 0
    while not stop_after or done < stop_after:
        batch = consumer.consume(200, 0.1)
        if batch:
            producer.begin_transaction()
            for message in batch:
                count_purchase(json.loads(message.value()), customers, producer)
            positions = consumer.position(consumer.assignment())
            producer.send_offsets_to_transaction(positions, consumer.consumer_group_metadata())
            producer.commit_transaction()
            done += len(batch)
    time.sleep(0.2)  # long enough for the harness to see the last commit
    raise SystemExit("enough")


def count_purchase(event, customers, producer):
    """Counts, dates, and says who enters the segment."""
    customer, occurred_at = event["customer"]["source_id"], event["occurred_at"]
    count, first, last = customers.get(customer, (0, occurred_at, occurred_at))
    customers[customer] = (count + 1, min(first, occurred_at), max(last, occurred_at))
    if count == more_than:
        change = {
            "customer_id": customer,
            "segment_id": segment,
            "change": "entered",
            "occurred_at": occurred_at,
            "event_id": event["id"],
        }
        producer.produce(os.environ["BENCH_OUTPUT"], json.dumps(change), customer)


if __name__ == "__main__":
    main()
