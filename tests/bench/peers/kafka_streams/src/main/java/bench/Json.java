package bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** Records to and from JSON by Jackson, with names in snake case. */
final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

    private Json() {}

    static <T> Deserializer<T> reading(Class<T> type) {
        ObjectReader reader = MAPPER.readerFor(type);
        return (topic, bytes) -> {
            try {
                return bytes == null ? null : reader.readValue(bytes);
            } catch (IOException fault) {
                throw new SerializationException(fault);
            }
        };
    }

    static Serializer<SegmentChange> writing() {
        ObjectWriter writer = MAPPER.writerFor(SegmentChange.class);
        return (topic, change) -> {
            try {
                return writer.writeValueAsBytes(change);
            } catch (JsonProcessingException fault) {
                throw new SerializationException(fault);
            }
        };
    }
}
