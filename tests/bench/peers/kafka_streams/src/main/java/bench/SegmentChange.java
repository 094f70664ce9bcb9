package bench;

import java.time.Instant;

/** The record of a customer who enters or leaves a segment. */
record SegmentChange(
        String id,
        long sequence,
        String customerId,
        String segmentId,
        int segmentVersion,
        String change,
        String cause,
        String occurredAt,
        String emittedAt,
        String eventId) {

    static SegmentChange entered(String segment, Event event) {
        String customer = event.customer().sourceId();
        return new SegmentChange(
                segment + ":1:" + customer + ":" + event.id(),
                1,
                customer,
                segment,
                1,
                "entered",
                "event",
                event.occurredAt(),
                Instant.now().toString(),
                event.id());
    }
}
