package bench;

import java.util.Map;

/** A custom event, as much of it as the others decode: all. */
record Event(
        String id, String event, Customer customer, String occurredAt, String source, Map<String, Object> metadata) {
    record Customer(String sourceId) {}
}
