package bench;

import java.time.Instant;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Counts, dates, and says who enters the segment. */
final class PurchaseCounter implements Processor<String, Event, String, SegmentChange> {
    static final String STORE = "customers";

    private final String segment;
    private final long moreThan;
    private ProcessorContext<String, SegmentChange> context;
    private KeyValueStore<String, Purchases> customers;

    PurchaseCounter(String segment, long moreThan) {
        this.segment = segment;
        this.moreThan = moreThan;
    }

    @Override
    public void init(ProcessorContext<String, SegmentChange> context) {
        this.context = context;
        this.customers = context.getStateStore(STORE);
    }

    @Override
    public void process(Record<String, Event> record) {
        Event event = record.value();
        String customer = event.customer().sourceId();
        long occurredAt = Instant.parse(event.occurredAt()).toEpochMilli();
        Purchases known = customers.get(customer);
        Purchases counted = known == null ? Purchases.first(occurredAt) : known.and(occurredAt);
        customers.put(customer, counted);
        if (counted.count() == moreThan + 1) {
            context.forward(record.withKey(customer).withValue(SegmentChange.entered(segment, event)));
        }
    }
}
