package bench;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The job of the benchmark as Kafka Streams would have it: one stateful processor, one output topic, one thread.
 *
 * <p>The job's parameters stand in the environment (BENCH_*), so that the harness starts every contestant in the
 * same way.
 */
public final class Job {
    private static final Map<String, String> SAID = System.getenv();

    private Job() {}

    /** Runs until it is stopped; when its thread fails it says why and ends with code 1. */
    public static void main(String[] arguments) throws InterruptedException {
        KafkaStreams streams = new KafkaStreams(topology(), settings());
        CountDownLatch ended = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        streams.setUncaughtExceptionHandler(thrown -> {
            failure.set(thrown);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.setStateListener((now, before) -> {
            if (now == State.ERROR || now == State.NOT_RUNNING) {
                ended.countDown();
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(10))));
        streams.start();
        ended.await();
        if (failure.get() != null) {
            System.err.println(failure.get());
            System.exit(1);
        }
    }

    private static Properties settings() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, SAID.get("BENCH_GROUP")); // also the consumer group
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, SAID.get("BENCH_BOOTSTRAP"));
        settings.put(StreamsConfig.STATE_DIR_CONFIG, SAID.get("BENCH_STATE"));
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, SAID.get("BENCH_GUARANTEE"));
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, SAID.get("BENCH_COMMIT_MS"));
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        return settings;
    }

    private static Topology topology() {
        String segment = SAID.get("BENCH_SEGMENT");
        long moreThan = Long.parseLong(SAID.get("BENCH_MORE_THAN"));
        return new Topology()
                .addSource("events", new StringDeserializer(), Json.reading(Event.class), SAID.get("BENCH_INPUT"))
                .addProcessor("counter", () -> new PurchaseCounter(segment, moreThan), "events")
                .addStateStore(customers(), "counter")
                .addSink("changes", SAID.get("BENCH_OUTPUT"), new StringSerializer(), Json.writing(), "counter");
    }

    private static StoreBuilder<KeyValueStore<String, Purchases>> customers() {
        return Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(PurchaseCounter.STORE), Serdes.String(), Purchases.SERDE)
                .withCachingEnabled(); // the faster way: without it a million events cost a fifth more CPU time
    }
}
