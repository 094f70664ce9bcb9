package bench;

import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** The state of one customer: how many purchases, and the first and last in milliseconds since 1970. */
record Purchases(long count, long first, long last) {
    /** Three long integers, 24 bytes. */
    static final Serde<Purchases> SERDE =
            Serdes.serdeFrom((topic, value) -> value == null ? null : value.bytes(), (topic, bytes) -> of(bytes));

    static Purchases first(long occurredAt) {
        return new Purchases(1, occurredAt, occurredAt);
    }

    Purchases and(long occurredAt) {
        return new Purchases(count + 1, Math.min(first, occurredAt), Math.max(last, occurredAt));
    }

    private byte[] bytes() {
        return ByteBuffer.allocate(3 * Long.BYTES).putLong(count).putLong(first).putLong(last).array();
    }

    private static Purchases of(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Purchases(buffer.getLong(), buffer.getLong(), buffer.getLong());
    }
}
